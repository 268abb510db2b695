"""The functions that expressions may call, each with its gloss, and the words they may use.

The linter and the guides read the glosses. No function may read a clock, a random source, a file or the database.
Unless its gloss says otherwise a function gives null when its first argument is null: nothing has been filled in yet.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from . import calendar, checks
from .errors import Refusal
from .values import MAX_STRING, less, number, said, size

VOCABULARY = {
    "form": "各表最近一次提交的内容：form.表.字段",
    "case": "事项：number 编号，process 流程，title 标题，starter 发起人，tab 所在页签，visits.环节 到达次数，parties.名称 当事方，started_at 发起时间",
    "task": "当前环节：element 环节，opened 到达时间，taken 领取时间，assignee 办理人",
    "actor": "当前操作人：ref 标识，name 姓名，roles 角色",
    "outcome": "办理结果，例如 outcome == \"return\"",
    "vars": "脚本、决策表、服务和消息写入的变量：vars.名称",
    "now": "当前时间（北京时间），例如 2026-03-02T09:00:00+08:00",
    "today": "当天日期，例如 2026-03-02",
    "item": "多实例环节中的当前成员",
    "index": "多实例环节中当前成员的序号，从 0 开始",
    "result": "服务任务返回的内容（仅用于输出参数）",
    "answers": "正在填写的表的字段（仅用于表单）：answers.字段",
    "row": "正在填写的行的字段（仅用于表格）：row.字段",
    "cell": "决策表单元格所判断的输入值，也可写作 ?",
}

CASE_MEMBERS = frozenset("number process title starter tab visits parties started_at".split())
TASK_MEMBERS = frozenset("element opened taken assignee".split())
ACTOR_MEMBERS = frozenset("ref name roles".split())


@dataclass(frozen=True)
class Function:
    """`run` None: the CEL library has it. `arguments` is the least and the greatest number of them."""
    gloss: str
    arguments: tuple[int, int]
    run: Callable | None = None
    method: bool = False       # written `a.f(b)` rather than `f(a, b)`


def _day(value) -> date:
    if not isinstance(value, str):
        raise Refusal(f"需要日期（YYYY-MM-DD），而不是{said(value)}")
    try:
        return calendar.as_day(value)
    except ValueError as cause:
        raise Refusal("不是日期：应写成 YYYY-MM-DD") from cause


def _count(value) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refusal(f"需要整数，而不是{said(value)}")
    return value


def _members(value) -> list:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refusal(f"需要列表，而不是{said(value)}")
    return value


def _text(value) -> str:
    if not isinstance(value, str):
        raise Refusal(f"需要文字，而不是{said(value)}")
    return value


def _nothing_from_nothing(run: Callable) -> Callable:
    """Null in, null out; a date out of Python's range is a refusal and not a crash."""
    def call(*arguments):
        if any(argument is None for argument in arguments):
            return None
        try:
            return run(*arguments)
        except (ValueError, OverflowError) as cause:
            raise Refusal(str(cause) if isinstance(cause, ValueError) else "日期超出范围") from cause
    return call


def _length(value) -> int:
    return 0 if value is None else len(_text(value))


def _add_months(day: str, months: int) -> str:
    start = _day(day)
    years, month = divmod(start.year * 12 + start.month - 1 + _count(months), 12)
    for last in (start.day, 30, 29, 28):     # the 31st of January plus one month is the last of February
        try:
            return date(years, month + 1, min(last, start.day)).isoformat()
        except ValueError:
            continue
    raise Refusal("日期超出范围")


def _at(day: str, time: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", _text(time)):
        raise Refusal("时刻应写成 \"17:00\"")
    return f"{_day(day).isoformat()}T{time if len(time) == 8 else time + ':00'}+08:00"


def _money(fen: int) -> str:
    fen = _count(fen)
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def _distinct(values) -> list:
    found = []
    for value in _members(values):
        if value not in found:
            found.append(value)
    return found


def _without(values, others) -> list:
    others = _members(others)
    return [value for value in _members(values) if value not in others]


def _pluck(rows, field: str) -> list:
    return [row.get(field) for row in _members(rows) if isinstance(row, dict)]


def _join(values, separator: str) -> str:
    parts = [_string(value) for value in _members(values) if value is not None]
    if sum(map(len, parts)) + len(_text(separator)) * (len(parts) - 1) > MAX_STRING:   # before it is built: 5000 long separators are gigabytes
        raise Refusal(f"文字超过{MAX_STRING}个字符")
    return separator.join(parts)


def _greatest(values):
    best = None
    for value in _members(values):
        if value is not None and (best is None or less(best, value)):
            best = value
    return best


def _least(values):
    best = None
    for value in _members(values):
        if value is not None and (best is None or less(value, best)):
            best = value
    return best


def _sum(values):
    numbers = [value for value in _members(values) if value is not None]
    if not all(map(number, numbers)):
        raise Refusal("sum_of 只能用于数的列表")
    return sum(numbers)


def _lookup(table, key):
    return table.get(key) if isinstance(table, dict) and isinstance(key, str) else None


def _string(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, dict)):
        raise Refusal(f"{said(value)}不能变成文字")
    return str(value)


def _int(value) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as cause:
        raise Refusal(f"{said(value)}不能变成整数") from cause


def _double(value) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as cause:
        raise Refusal(f"{said(value)}不能变成小数") from cause


def _of(gloss: str, *arguments: int, run: Callable, null: bool = False) -> Function:
    return Function(gloss, (arguments[0], arguments[-1]), run if null else _nothing_from_nothing(run))


TABLE: dict[str, Function] = {
    "length": _of("length(文字)：字数，一个汉字算一个；空为 0", 1, run=_length, null=True),
    "trimmed": _of("trimmed(文字)：去掉首尾空白", 1, run=lambda s: _text(s).strip()),
    "days_between": _of("days_between(a, b)：从 a 到 b 相差几天", 2, run=lambda a, b: (_day(b) - _day(a)).days),
    "add_days": _of("add_days(日期, n)：n 天以后的日期", 2,
                    run=lambda d, n: (_day(d) + timedelta(days=_count(n))).isoformat()),
    "add_months": _of("add_months(日期, n)：n 个月以后的日期，月末不溢出", 2, run=_add_months),
    "year": _of("year(日期)：年份", 1, run=lambda d: _day(d).year),
    "at": _of("at(日期, \"17:00\")：那一天的那个时刻（北京时间）", 2, run=_at),
    "workdays_after": _of("workdays_after(日期, n)：第 n 个工作日，当天是工作日则算第 1 个", 2,
                          run=lambda d, n: calendar.workdays_after(_day(d), _count(n)).isoformat()),
    "workdays_following": _of("workdays_following(日期, n)：其后第 n 个工作日，当天不算", 2,
                              run=lambda d, n: calendar.workdays_following(_day(d), _count(n)).isoformat()),
    "workdays_between": _of("workdays_between(a, b)：从 a 到 b 有几个工作日，首尾都算", 2,
                            run=lambda a, b: calendar.workdays_between(_day(a), _day(b))),
    "is_workday": _of("is_workday(日期)：是不是工作日", 1, run=lambda d: calendar.is_workday(_day(d))),
    "cn_date": _of("cn_date(日期)：2026年3月2日", 1,
                   run=lambda d: "{0.year}年{0.month}月{0.day}日".format(_day(d))),
    "money": _of("money(分)：¥450.00", 1, run=_money),
    "coalesce": _of("coalesce(a, b)：a 为空时取 b", 2, run=lambda a, b: b if a is None else a, null=True),
    "distinct": _of("distinct(列表)：去掉重复的成员", 1, run=_distinct, null=True),
    "without": _of("without(列表, 列表)：去掉第二个列表里有的成员", 2, run=_without, null=True),
    "pluck": _of("pluck(列表, \"字段\")：每行取一个字段", 2, run=_pluck, null=True),
    "join": _of("join(列表, 分隔符)：连成一段文字，空的略去", 2, run=_join, null=True),
    "max_of": _of("max_of(列表)：最大的成员，没有时为空", 1, run=_greatest, null=True),
    "min_of": _of("min_of(列表)：最小的成员，没有时为空", 1, run=_least, null=True),
    "sum_of": _of("sum_of(列表)：合计，空的略去", 1, run=_sum, null=True),
    "lookup": _of("lookup(对象, 键)：对象中该键的值，没有时为空", 2, run=_lookup, null=True),
    "string": _of("string(值)：变成文字；空为空文字", 1, run=_string, null=True),
    "int": _of("int(值)：变成整数", 1, run=_int),
    "double": _of("double(值)：变成小数", 1, run=_double),
    "size": _of("size(列表)：列表有几项；文字请用 length", 1, run=size, null=True),
    "calendar_known": _of("calendar_known(年)：国务院办公厅是否已公布该年的放假安排", 1, run=lambda y: calendar.calendar_known(_count(y))),
    "issn_ok": _of("issn_ok(文字)：其中的 ISSN 校验位是否正确；没有 ISSN 时为 true", 1, run=lambda s: checks.issn_ok(_text(s))),
    "isbn_ok": _of("isbn_ok(文字)：ISBN 校验位是否正确", 1, run=lambda s: checks.isbn_ok(_text(s))),
    "patent_ok": _of("patent_ok(文字)：专利号校验位是否正确（ZL 加 12 位数字和校验位）", 1, run=lambda s: checks.patent_ok(_text(s))),
    "diploma_ok": _of("diploma_ok(文字)：像学历证书编号；像学位证书编号时为 false", 1, run=lambda s: checks.diploma_ok(_text(s))),
    "repetitive": _of("repetitive(文字)：是否主要由重复的字句凑成", 1, run=lambda s: checks.repetitive(_text(s))),
    "birth_of": _of("birth_of(证件号码)：18 位身份证件号码中的出生日期，不是时为空", 1, run=lambda s: checks.birth_of(_text(s))),
    "sex_of": _of("sex_of(证件号码)：18 位身份证件号码表示的性别，“1”男“2”女，不是时为空", 1, run=lambda s: checks.sex_of(_text(s))),
    "document_fault": _of("document_fault(证件类型, 证件号码)：号码哪里不对，没有不对时为空文字", 2,
                          run=lambda kind, number: checks.document_fault(_text(kind), _text(number))),
    "gaps": _of("gaps(各行, \"开始\", \"结束\", 天数, 至今的日期)：相隔超过天数或互相重叠的时段，文字列表", 5,
                run=lambda rows, first, last, days, until: checks.gaps(_members(rows), _text(first), _text(last), _count(days), _text(until)), null=True),
    "has": Function("has(路径)：该处有没有值", (1, 1)),
    "startsWith": Function("文字.startsWith(\"…\")：是否以此开头", (1, 1), method=True),
    "endsWith": Function("文字.endsWith(\"…\")：是否以此结尾", (1, 1), method=True),
    "contains": Function("文字.contains(\"…\")：是否含有此文字", (1, 1), method=True),
    "matches": Function("文字.matches(\"正则\")：是否符合正则表达式", (1, 1), method=True),
    "filter": Function("列表.filter(x, 条件)：符合条件的成员", (2, 2), method=True),
    "exists": Function("列表.exists(x, 条件)：是否有一个符合", (2, 2), method=True),
    "exists_one": Function("列表.exists_one(x, 条件)：是否恰有一个符合", (2, 2), method=True),
    "all": Function("列表.all(x, 条件)：是否全部符合", (2, 2), method=True),
    "map": Function("列表.map(x, 值)：每个成员换成一个值；可加条件 map(x, 条件, 值)", (2, 3), method=True),
}

_DAY = 3  # what looking up one day costs: as much as walking three members


def _days_apart(first, last) -> int:
    try:
        return _DAY * max(0, (calendar.as_day(last) - calendar.as_day(first)).days)
    except (TypeError, ValueError):
        return 0


def _pairs(values, others) -> int:
    return len(values or ()) * len(others or ()) // 50 if isinstance(values, list | None) and isinstance(others, list | None) else 0


# What a function works beyond what it is handed, in the units of the budget: days that are counted, members that are compared.
COSTS: dict[str, Callable[..., int]] = {
    "workdays_after": lambda _day, count: _DAY * count if isinstance(count, int) else 0,
    "workdays_following": lambda _day, count: _DAY * count if isinstance(count, int) else 0,
    "workdays_between": _days_apart, "without": _pairs, "distinct": lambda values: _pairs(values, values),
}
FUNCTIONS: dict[str, str] = {name: function.gloss for name, function in TABLE.items()}
MACROS = frozenset({"filter", "exists", "exists_one", "all", "map"})
TEXT_TESTS = frozenset({"startsWith", "endsWith", "contains", "matches"})
