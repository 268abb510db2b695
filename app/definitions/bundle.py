"""Files of procedures, wherever they come from: a folder or the rows of a release. Named by their digest.

The only reader of processes/, forms/ and reports/. Anybody below `operations` may import it through `app.definitions`.
"""
from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from . import kept
from .decisions import Decision, read_decisions
from .diagrams import Diagram
from .errors import DefinitionError, Problem, near_miss
from .form import Code, Form
from .forms import load_code_table, load_form
from .registers import Register, load_registers
from .scenario import Scenario
from .supplements import Report, Role, load_demo, load_reports, load_roles

TOP = ("forms", "processes", "reports")
MAX_BYTES = 2_000_000        # of one file
MAX_TOTAL = 50_000_000       # of all files
MAX_FILES = 5_000


def digest_of(files: Mapping[str, bytes]) -> str:
    """sha256 over the sorted paths and the sha256 of each content, as 64 hex digits."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()


def read_folder(folder: str | os.PathLike) -> "Bundle":
    """Every file below processes/, forms/ and reports/ of a folder.

    Raises DefinitionError for a link that leaves the folder, a file above 2 MB, and too many files.
    Names that start with a dot or end with `~` are skipped: they belong to editors.
    """
    root = Path(folder).resolve()
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(_paths(root)):
        name = path.relative_to(root).as_posix()
        _ensure_readable(path, root, name)
        files[name] = path.read_bytes()
        total += len(files[name])
        if total > MAX_TOTAL or len(files) > MAX_FILES:
            raise DefinitionError(str(folder), [Problem(0, "文件过多")])
    return Bundle(files)


def _paths(root: Path):
    for top in TOP:
        for folder, folders, names in os.walk(root / top):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            linked = [name for name in folders if Path(folder, name).is_symlink()]
            for name in [*linked, *names]:
                if not name.startswith(".") and not name.endswith("~"):
                    yield Path(folder, name)


def _ensure_readable(path: Path, root: Path, name: str) -> None:
    real = path.resolve()
    if not real.is_relative_to(root):
        raise DefinitionError(name, [Problem(0, "链接指向目录之外", "unsafe-link")])
    if not real.is_file():
        raise DefinitionError(name, [Problem(0, "不是普通文件", "unsafe-link")])
    if real.stat().st_size > MAX_BYTES:
        raise DefinitionError(name, [Problem(0, "文件超过 2 MB", "file-too-big")])


class Bundle:
    """Files of one or more procedures by path (`processes/<procedure>/…`), and their `digest`."""

    def __init__(self, files: Mapping[str, bytes]):
        self.files = MappingProxyType({path: bytes(content) for path, content in files.items()})

    @cached_property
    def digest(self) -> str:
        return digest_of(self.files)

    @cached_property
    def procedures(self) -> tuple[str, ...]:
        """The folder names, sorted; files that lie in no folder belong to no procedure."""
        return tuple(sorted({path.split("/")[1] for path in self.files if path.count("/") > 1 and path.split("/")[0] in TOP}))

    def procedure(self, name: str) -> "Procedure":
        """Raises DefinitionError when there is no such procedure."""
        if name not in self.procedures:
            raise DefinitionError(name, [Problem(0, f"没有名为“{name}”的程序{near_miss(name, self.procedures)}")])
        return self._procedures[name]

    @cached_property
    def _procedures(self) -> dict[str, "Procedure"]:
        return {name: Procedure(name, {path: content for path, content in self.files.items()
                                       if path.count("/") > 1 and path.split("/")[1] == name})
                for name in self.procedures}


class Procedure:
    """One procedure's files, read when asked for. Every property raises DefinitionError when its files are faulty."""

    def __init__(self, name: str, files: Mapping[str, bytes]):
        self.name = name
        self.files = MappingProxyType(dict(files))

    @property
    def content(self) -> Mapping[str, bytes]:
        """What a release of the procedure holds: all its files by path."""
        return self.files

    @cached_property
    def digest(self) -> str:
        return digest_of(self.files)

    def paths(self, top: str, pattern: str) -> list[str]:
        """Paths below `<top>/<name>/` that match a pattern such as `*.bpmn`."""
        folder = f"{top}/{self.name}/"
        return [path for path in sorted(self.files)
                if path.startswith(folder) and PurePosixPath(path[len(folder):]).match(pattern)
                and path[len(folder):].count("/") == pattern.count("/")]

    def file(self, path: str) -> bytes | None:
        return self.files.get(path)

    @cached_property
    def diagrams(self) -> tuple[Diagram, ...]:
        return tuple(kept.diagram(self.files[path], path) for path in self.paths("processes", "*.bpmn"))

    @cached_property
    def processes(self) -> Mapping[str, str]:
        """Process id -> path of its diagram."""
        return {process.id: process.path for diagram in self.diagrams for process in diagram.processes}

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        return {decision.id: decision for path in self.paths("processes", "*.dmn")
                for decision in kept.read(read_decisions, self.files[path], path)}

    @cached_property
    def code_tables(self) -> Mapping[str, tuple[Code, ...]]:
        return {PurePosixPath(path).stem: kept.read(load_code_table, self.files[path], path)
                for path in self.paths("forms", "codes/*.yml")}

    @property
    def form_paths(self) -> list[str]:
        """The files that are forms: all beside the one of the registers."""
        return [path for path in self.paths("forms", "*.yml") if path != self.registers_path]

    @property
    def registers_path(self) -> str:
        return f"forms/{self.name}/registers.yml"

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """Register key -> what its entries are."""
        path = self.registers_path
        return kept.read(load_registers, self.files[path], path) if path in self.files else {}

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """Form key -> form, each with the procedure's code tables."""
        forms = [kept.read(load_form, self.files[path], path) for path in self.form_paths]
        return {form.key: replace(form, code_tables=self.code_tables) for form in forms}

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """Report key -> template text."""
        return {PurePosixPath(path).stem: self.files[path].decode("utf-8", "replace")
                for path in self.paths("reports", "*.html")}

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        path = f"reports/{self.name}/reports.yml"
        return load_reports(self.files[path], path, dict(self.templates)) if path in self.files else {}

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        path = f"processes/{self.name}/roles.yml"
        return kept.read(load_roles, self.files[path], path) if path in self.files else {}

    @cached_property
    def demo(self) -> dict:
        path = f"processes/{self.name}/demo.yml"
        return load_demo(self.files[path], path) if path in self.files else {}

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(self.scenario(path) for path in self.paths("processes", "scenarios/*.yml"))

    def scenario(self, path: str) -> Scenario:
        """One scenario with the samples it names. Raises DefinitionError."""
        return kept.scenario(self.files[path], path, self.files)
