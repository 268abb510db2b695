"""Goes through all files of two contents and gives each to whoever can read it. What nobody can read is shown by its lines."""
from __future__ import annotations

from pathlib import PurePosixPath

from flask_babel import gettext as _
from lxml import etree

from app.definitions import Procedure, load_code_table, load_form
from app.definitions.diagrams import parse_xml
from app.definitions.registers import load_registers
from app.definitions.supplements import load_reports, load_roles

from .diagrams import DiagramChanges
from .drawing import read_drawing
from .forms import FormChanges, code_changes
from .note import GROUPS, Block, Change, ChangeNote
from .others import entry_changes, file_changes, plain_changes, read_plain
from .reading import Readable
from .reports import template_changes
from .summary import affected, workers
from .tables import TableChanges, read_decision_tables, rest_changes
from .words import Words


def change_note(old: Procedure | None, new: Procedure) -> ChangeNote:
    """What `new` has that `old` has not, in words: nothing that differs is left out. `old` None: a new procedure."""
    return _Comparison(old, new).note()


class _Comparison:
    def __init__(self, old: Procedure | None, new: Procedure):
        self.digests = (old.digest if old else "", new.digest)
        self.old, self.new = Readable(old), Readable(new)
        self.words = Words(self.new, self.old)
        self.workers = workers(self.old, self.new)

    def note(self) -> ChangeNote:
        paths = [path for path in sorted({*self.old.files, *self.new.files}) if self.old.files.get(path) != self.new.files.get(path)]
        moved = self._moved(paths)
        blocks = [self._renamed(was, now) for was, now in moved.items()]
        blocks += [self._block(path) for path in paths if path not in moved and path not in moved.values()]
        blocks.sort(key=lambda block: (GROUPS.index(block.group), block.path))
        return ChangeNote(self.new.name or self.old.name, *self.digests, tuple(blocks), affected(blocks, self.words))

    # -- files that only changed their names

    def _moved(self, paths: list[str]) -> dict[str, str]:
        gone = {path: self.old.files[path] for path in paths if path not in self.new.files}
        came = {path: self.new.files[path] for path in paths if path not in self.old.files}
        found = {}
        for path, content in gone.items():
            same = [other for other, text in came.items() if text == content and PurePosixPath(other).parent == PurePosixPath(path).parent]
            if len(same) == 1 and sum(text == content for text in gone.values()) == 1:
                found[path] = same[0]
        return found

    def _renamed(self, was: str, now: str) -> Block:
        names = [PurePosixPath(path).name for path in (was, now)]
        text = _("改了标识：由 %(old)s 改为 %(new)s（内容不变）", old=names[0], new=names[1])
        return Block(self._group(now), now, self._title(now), (Change("renamed", text),))

    # -- one file

    def _group(self, path: str) -> str:
        top, _procedure, rest = path.split("/", 2) if path.count("/") > 1 else ("", "", path)
        if top == "processes":
            return "process" if rest.endswith(".bpmn") else "tables" if rest.endswith(".dmn") else "roles" if rest == "roles.yml" else "others"
        if top == "forms":
            return "codes" if rest.startswith("codes/") else "forms" if rest.endswith(".yml") else "others"
        return "reports" if top == "reports" else "others"

    def _title(self, path: str) -> str:
        stem, name = PurePosixPath(path).stem, PurePosixPath(path).name
        side = self.new if path in self.new.files else self.old
        if path.endswith(".bpmn"):
            drawn = next((diagram for diagram in side.diagrams if diagram.path == path), None)
            names = [process.name or process.id for process in drawn.processes] if drawn else []
            return "、".join(names) or name
        known = {"roles.yml": _("角色"), "registers.yml": _("台账"), "reports.yml": _("报表清单"), "demo.yml": _("演示数据")}
        if name in known:
            return known[name]
        if path.endswith(".dmn"):
            return "、".join(side.named_decisions(path)) or name
        if "/codes/" in path:
            return _("代码表 %(name)s", name=stem) + side.users_of(stem)
        if path.endswith(".html"):
            return self.words.report(stem)
        if self._group(path) == "forms":
            return self.words.form_title(stem)
        if "/samples/" in path:
            return _("样本 %(name)s", name=stem)
        return _("情景用例 %(name)s", name=stem) if "/scenarios/" in path else name

    def _block(self, path: str) -> Block:
        return self._diagram(path) or Block(self._group(path), path, self._title(path), tuple(self._changes(path)))

    def _diagram(self, path: str) -> Block | None:
        """A diagram with what is marked on it; None for other files, and for one that cannot be read."""
        drawings = [side.read(read_drawing, path) for side in (self.old, self.new) if path.endswith(".bpmn")]
        if not any(drawings) or any(found is None and path in side.files for found, side in zip(drawings, (self.old, self.new))):
            return None
        found = DiagramChanges(*drawings, self.words)
        changes = found.of() or [self._same(path)]
        return Block("process", path, self._title(path), tuple(changes), True, found.marks(changes))

    def _changes(self, path: str) -> list[Change]:
        """What the file's reader finds; where it cannot be read, its lines; where it says nothing new, that."""
        compare = self._comparer(path)
        both = [side.files.get(path) for side in (self.old, self.new)]
        if compare is None:
            return file_changes(path, *both)
        reader, changes = compare
        found = [side.read(reader, path) for side in (self.old, self.new)]
        if any(value is None and content is not None for value, content in zip(found, both)):
            faulty = Change("changed", _("文件 %(name)s 有错误，不能读成文字说明，逐行对照如下", name=PurePosixPath(path).name))
            return [faulty, *file_changes(path, *both)]
        return list(changes(*found)) or [self._same(path)]

    def _same(self, path: str) -> Change:
        if path.endswith((".bpmn", ".dmn")) and _pictures(self.old.files[path], path) != _pictures(self.new.files[path], path):
            return Change("layout", _("只调整了图形位置，办理上没有变化"))
        return Change("same", _("只改了文件的写法（排版、注释、先后或编辑工具留下的标记），含义没有变化"))

    def _comparer(self, path: str):
        """(reader, what finds the changes of two read values); None for a file of no known kind."""
        stem, name = PurePosixPath(path).stem, PurePosixPath(path).name
        if path.endswith(".bpmn"):
            return read_drawing, lambda old, new: DiagramChanges(old, new, self.words).of()
        if path.endswith(".dmn"):
            return read_decision_tables, self._tables
        if path.endswith(".html"):
            return (lambda content, _path: content.decode("utf-8")), lambda old, new: self._template(stem, old, new)
        if not path.endswith(".yml"):
            return None
        entries = {"roles.yml": (load_roles, _("角色"), _role_codes), "registers.yml": (load_registers, _("台账"), _managers),
                   "reports.yml": (lambda content, where: load_reports(content, where, {}), _("报表"), _printers)}
        if name in entries:
            reader, what, roles = entries[name]
            return reader, lambda old, new: entry_changes(what, old or {}, new or {}, self.words, roles_of=roles)
        if "/codes/" in path:
            return load_code_table, lambda old, new: code_changes(old, new)
        if self._group(path) == "forms":
            return load_form, lambda old, new: FormChanges(old, new, self.words, self.workers.get(stem, frozenset())).of()
        return read_plain, lambda old, new: self._plain(path, old, new)

    def _tables(self, old, new) -> list[Change]:
        (before, rest_before), (after, rest_after) = (found or ({}, {}) for found in (old, new))
        found = [change for key in dict.fromkeys((*after, *before)) for change in TableChanges(before.get(key), after.get(key), self.words).of()]
        return found + rest_changes(rest_before, rest_after)

    def _template(self, key: str, old: str | None, new: str | None) -> list[Change]:
        roles = frozenset().union(*(frozenset(side.reports[key].roles) for side in (self.old, self.new) if key in side.reports))
        title = self.words.report(key)
        if old is None or new is None:
            text = (_("增加报表模板「%(title)s」") if old is None else _("取消报表模板「%(title)s」")) % {"title": title}
            path = next(path for side in (self.new, self.old) for path in side.below("reports", f"/{key}.html"))
            lines = file_changes(path, *(side.files.get(path) for side in (self.old, self.new)))[0].lines
            return [Change("added" if old is None else "removed", text, roles=roles, subject=title, lines=lines)]
        return template_changes(old, new, self.words, title, roles)

    def _plain(self, path: str, old, new) -> list[Change]:
        name = self._title(path)
        titles = [value["title"] for value in (new, old) if isinstance(value, dict) and isinstance(value.get("title"), str)]
        name = f"{name}「{titles[0]}」" if titles else name
        if path not in self.old.files or path not in self.new.files:
            kind = "added" if path in self.new.files else "removed"
            return [Change(kind, (_("增加%(name)s") if kind == "added" else _("取消%(name)s")) % {"name": name}, subject=name,
                           lines=file_changes(path, self.old.files.get(path), self.new.files.get(path))[0].lines)]
        return plain_changes(name, old, new, self.words)


def _pictures(content: bytes, path: str) -> bytes:
    """The part of a diagram that says where things are drawn."""
    return b"".join(etree.tostring(node, method="c14n") for node in parse_xml(content, path) if "DI" in etree.QName(node).localname or "Diagram" in etree.QName(node).localname)


def _role_codes(role) -> frozenset[str]:
    return frozenset({role.code})


def _managers(register) -> frozenset[str]:
    return frozenset((*register.managed_by, *register.seen_by))


def _printers(report) -> frozenset[str]:
    return frozenset(report.roles)
