"""Runs diagrams: plain facts in, plain facts out. The only importer of SpiffWorkflow.

Operations import it through this module. No database, no people, no clock of its own, and no name of any procedure.
"""
from .errors import EngineError, NotWaiting, NoWayOut, TaskNotOpen, UnknownOutcome
from .model import Decision, Element, Ended, Facts, Flow, OpenTask, Request, Step, Subscription, Timer, Walked
from .moving import Landing, Obstacle, Trial, move, try_move
from .process import Process, load_process
from .session import answer, complete, digest_of, fire_timers, look, resting, send, start, variables_of, visits_of
from .watching import Choice, Chosen, Moment, choices_of, watching
from .ways import places, proposals

__all__ = [
    "Choice", "Chosen", "Decision", "Element", "Ended", "EngineError", "Facts", "Flow", "Landing", "Moment", "NoWayOut", "NotWaiting", "Obstacle", "OpenTask", "Process",
    "Request", "Step", "Subscription", "TaskNotOpen", "Timer", "Trial", "UnknownOutcome", "Walked", "answer", "choices_of", "complete", "digest_of",
    "fire_timers", "load_process", "look", "move", "places", "proposals", "resting", "send", "start", "try_move", "variables_of", "visits_of", "watching",
]
