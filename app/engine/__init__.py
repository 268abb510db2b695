"""Runs diagrams: plain facts in, plain facts out. The only importer of SpiffWorkflow.

Operations import it through this module. No database, no people, no clock of its own, and no name of any procedure.
"""
from .errors import EngineError, NotWaiting, NoWayOut, TaskNotOpen, UnknownOutcome
from .model import Decision, Element, Ended, Facts, Flow, OpenTask, Request, Step, Subscription, Timer, Walked
from .process import Process, load_process
from .session import answer, complete, digest_of, fire_timers, look, send, start, variables_of, visits_of

__all__ = [
    "Decision", "Element", "Ended", "EngineError", "Facts", "Flow", "NoWayOut", "NotWaiting", "OpenTask", "Process",
    "Request", "Step", "Subscription", "TaskNotOpen", "Timer", "UnknownOutcome", "Walked", "answer", "complete", "digest_of",
    "fire_timers", "load_process", "look", "send", "start", "variables_of", "visits_of",
]
