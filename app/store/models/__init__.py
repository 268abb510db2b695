"""The tables of cases and what moves them. Noun packages have tables of their own beside their code."""
from app.store.models.cases import Answers, Case, CaseParty, Event, Snapshot, Subscription, Task, Timer
from app.store.models.claims import Claim
from app.store.models.groups import CaseGroup
from app.store.models.lives import DataRequest, SavedView, StepDuration
from app.store.models.marks import KeptPage, Mark, MarkReply
from app.store.models.moves import CaseMove
from app.store.models.printings import PaperCode, Printing, PrintingAnswers
from app.store.models.releases import Process, Release, ReleaseFile
from app.store.models.work import Draft, IdempotencyKey, Notice, Outbox, Sequence

__all__ = [
    "Answers", "Case", "CaseGroup", "CaseMove", "CaseParty", "Claim", "DataRequest", "Draft", "Event", "IdempotencyKey", "KeptPage", "Mark", "MarkReply", "Notice", "Outbox", "PaperCode", "Printing", "PrintingAnswers", "Process", "Release",
    "ReleaseFile", "SavedView", "Sequence", "Snapshot", "StepDuration", "Subscription", "Task", "Timer",
]
