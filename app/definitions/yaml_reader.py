"""YAML with line numbers: plain values that know where they stood, and a record of every fault.

Only `app/definitions` imports this. Words such as `no` and dates stay text (YAML 1.2); anchors and tags are refused.
"""
from __future__ import annotations

import re

import yaml

from .errors import DefinitionError, Problem, near_miss
from .yaml_words import in_words

MAX_BYTES = 2_000_000
MAX_DEPTH = 30

DEEPEST = 200  # nodes inside of each other that are read at all; what is deeper than MAX_DEPTH is refused with its line


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Stops in time: the C reader goes down by calling itself, and a text of brackets alone would end the whole process."""

    _deep = 0

    def descend_resolver(self, current_node, current_index):
        self._deep += 1
        if self._deep > DEEPEST:
            raise RecursionError
        super().descend_resolver(current_node, current_index)

    def ascend_resolver(self):
        self._deep -= 1
        super().ascend_resolver()


_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False, "True": True, "False": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+([eE][-+]?\d+)?")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in "str int float bool null timestamp map seq value".split())


class Mapped(dict):
    """A mapping with `line` and the line of each key in `lines`."""

    def __init__(self, line: int):
        super().__init__()
        self.line, self.lines = line, {}


class Listed(list):
    """A list with `line` and the line of each member in `lines`."""

    def __init__(self, line: int):
        super().__init__()
        self.line, self.lines = line, []


class Reading:
    """One file being read: the faults found so far and the checks that find them."""

    def __init__(self, path: str):
        self.path = path
        self.problems: list[Problem] = []

    def fault(self, line: int, why: str, code: str = "definition") -> None:
        self.problems.append(Problem(line, why, code))

    def finish(self) -> None:
        """Raises DefinitionError when there were faults."""
        if self.problems:
            raise DefinitionError(self.path, sorted(self.problems, key=lambda problem: problem.line))

    def stop(self, line: int, why: str):
        """A fault after which there is no point in reading on."""
        self.fault(line, why)
        self.finish()

    def parse(self, text: str | bytes):
        """The values of the file. Raises DefinitionError."""
        text = self._decoded(text)
        try:
            node = yaml.compose(text, Loader=Loader)
        except yaml.YAMLError as cause:
            mark = getattr(cause, "problem_mark", None)
            self.stop(mark.line + 1 if mark else 0, f"不是合法的 YAML：{in_words(str(cause))}")
        except RecursionError:
            self.stop(0, "嵌套过深")
        return None if node is None else self._value(node, set(), 0)

    def _decoded(self, text: str | bytes) -> str:
        if len(text) > MAX_BYTES:
            self.stop(0, "文件超过 2 MB")
        if isinstance(text, str):
            return text
        try:
            return text.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.stop(0, "文件不是 UTF-8 编码")

    def _value(self, node, seen: set[int], depth: int):
        line = node.start_mark.line + 1
        if id(node) in seen:
            self.stop(line, "不支持 YAML 锚点（& 和 *），请写完整")
        seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            self.stop(line, f"不支持 YAML 标签 {node.tag}")
        if depth > MAX_DEPTH:
            self.stop(line, "嵌套过深")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, seen, depth)
        return self._mapping(node, seen, depth)

    def _scalar(self, node):
        text = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def _sequence(self, node, seen, depth) -> Listed:
        result = Listed(node.start_mark.line + 1)
        for child in node.value:
            result.append(self._value(child, seen, depth + 1))
            result.lines.append(child.start_mark.line + 1)
        return result

    def _mapping(self, node, seen, depth) -> Mapped:
        result = Mapped(node.start_mark.line + 1)
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.stop(line, "键必须是文字")
            if key in result:
                self.fault(line, f"“{key}”写了两次", "duplicate-key")
            result[key] = self._value(child, seen, depth + 1)
            result.lines[key] = line
        return result

    # -- checks on values that were read

    def mapping(self, value, line: int, what: str) -> Mapped:
        """The value when it is a mapping; otherwise a fault and an empty one."""
        if isinstance(value, Mapped):
            return value
        self.fault(line, f"{what}应是“键: 值”的形式")
        return Mapped(line)

    def sequence(self, value, line: int, what: str) -> Listed:
        if isinstance(value, Listed):
            return value
        self.fault(line, f"{what}应是列表")
        return Listed(line)

    def known_keys(self, value: Mapped, known, what: str) -> None:
        for key in value:
            if key not in known:
                self.fault(value.lines[key], f"{what}没有“{key}”这个属性{near_miss(key, known)}", "unknown-key")

    def needed_keys(self, value: Mapped, needed, what: str) -> None:
        for key in needed:
            if value.get(key) is None:
                self.fault(value.line, f"{what}缺少“{key}”", "missing-key")

    def text(self, value: Mapped, key: str, default: str = "") -> str:
        found = value.get(key)
        if found is None:
            return default
        if not isinstance(found, str):
            self.fault(value.lines[key], f"“{key}”应是文字；数字和 true/false 请加引号")
            return str(found)
        return found

    def flag(self, value: Mapped, key: str) -> bool:
        found = value.get(key)
        if found is None or isinstance(found, bool):
            return bool(found)
        self.fault(value.lines[key], f"“{key}”应是 true 或 false，而不是“{found}”")
        return False

    def texts(self, value: Mapped, key: str) -> tuple[str, ...]:
        if value.get(key) is None:
            return ()
        members = self.sequence(value[key], value.lines[key], f"“{key}”")
        for member, line in zip(members, members.lines):
            if not isinstance(member, str):
                self.fault(line, f"“{key}”的每一项应是文字")
        return tuple(map(str, members))
