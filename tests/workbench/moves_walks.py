"""Walks of a scenario that stop anywhere, each at a time of its own, and are taken up again. Tests only."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.operations import outbox, releases
from app.operations.timers import fire_timers_of
from app.store import session, transaction
from app.store.models import Claim, Task
from tests.support import builders
from tests.whole.walks import Command, Walk, perform


class Halted(Walk):
    """A walk that stands still after so many commands. Its timers alone fire while it goes; others stand at other times."""

    def __init__(self, path: Path, clock, commands: int):
        super().__init__(path, clock)
        clock.now = self.scenario.clock   # this walk's own time, whatever the one before has come to
        self.start()
        self._commands = self.commands()
        self.over = False
        for _each in range(commands):
            self._next()
        self.at: datetime = clock()

    def go_on(self, added: dict[str, tuple[str, dict]]) -> None:
        """To its end, in whatever release it is by now: `added` are steps that the scenario does not know, with who does
        them and what they answer; what the scenario does at a step that is no more is left out."""
        self.clock.now = self.at
        with transaction():
            session().execute(sa.delete(Claim))  # all walks are played by the same people
        self._added = added
        while not self.over:
            self._next()
        self._do_added()

    def _next(self) -> None:
        self._do_added()
        command = next(self._commands, None)
        if command is None:
            self.over = True
        elif command.target:
            perform(command, self.clock)
            self.settle()

    def _command(self, step) -> Command:
        """What the scenario does next; nothing where its step is no more."""
        if step.kind == "task" and step.task not in releases.process_of(self.case(step.case)).elements:
            return Command("complete", "", element=step.task)
        return super()._command(step)

    def _do_added(self) -> None:
        for element, (by, answers) in getattr(self, "_added", {}).items():
            rows = session().query(Task).filter(Task.case_id.in_(self.cases.values()), Task.element == element, Task.state == "open").all()
            for task in rows:
                builders.complete(self.case(), element, by, answers, clock=self.clock)
                self.settle()

    def settle(self) -> None:
        fired = True
        while fired:
            fired = bool(outbox.drain_outbox(self.clock, dry=True)) | any([fire_timers_of(case, self.clock) for case in self.cases.values()])
