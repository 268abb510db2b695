"""The tables of each page of insight. A page, its charts and its workbooks are made of nothing else. Reads only."""
from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.audit.insight.asking import FLOOR, Asked, Scope, chosen_ids
from app.audit.insight.comparing import BY, Line, lines_by, party_names
from app.audit.insight.course import course_of
from app.audit.insight.facts import second
from app.audit.insight.rework import Rework, repeats, reasons, returns_by_step, rework_of
from app.audit.insight.steps import Step, flow_figures, step_figures
from app.audit.insight.tables import SHARE, SPAN, TEXT, Head, Row, Table, levels
from app.audit.insight.ways import ways_of
from app.audit.insight.words import Names, percent, spoken
from app.people import party_of


def map_tables(asked: Asked, scope: Scope, now: datetime) -> tuple[list[Table], str]:
    """(what is drawn on the diagram, the bottleneck in a sentence)."""
    names, ids = Names(asked), chosen_ids(asked, scope)
    steps = step_figures(asked, ids, second(now))
    drawn = {"waiting": _waiting, "duration": _durations, "frequency": _frequencies}[asked.mode](list(steps.values()), names, asked)
    tables = [drawn, _flows(asked, ids, names)] if asked.mode == "frequency" else [drawn]
    return tables, bottleneck(list(steps.values()), names, asked.worked)


def bottleneck(steps: list[Step], names: Names, worked: bool) -> str:
    """Which step takes longest, where most cases wait, which step leads back most often: in words."""
    real = [step for step in steps if names.is_step(step.element)]
    said = []
    if slowest := max((step for step in real if step.took.count), key=lambda step: (step.took.median, step.took.count), default=None):
        said.append(_("最久的一步是“%(step)s”，中位 %(median)s，十次里九次在 %(most)s 以内（期间 %(n)s 次）。", step=names.element(slowest.element),
                      median=spoken(slowest.took.median, worked), most=spoken(slowest.took.most, worked), n=slowest.took.count))
    if fullest := max((step for step in real if step.waiting.count), key=lambda step: (step.waiting.count, step.oldest), default=None):
        said.append(_("现在等得最多的是“%(step)s”：%(n)s 件，最早的已等 %(oldest)s。", step=names.element(fullest.element), n=fullest.waiting.count,
                      oldest=spoken(fullest.oldest, worked)))
    if strictest := max((step for step in real if step.back), key=lambda step: step.back, default=None):
        said.append(_("退回最多的是“%(step)s”：办理 %(n)s 次，退回 %(back)s 次（%(share)s）。", step=names.element(strictest.element), n=strictest.done,
                      back=strictest.back, share=percent(strictest.back / strictest.done)))
    return "".join(said)


def _waiting(steps: list[Step], names: Names, asked: Asked) -> Table:
    here = sorted((step for step in steps if step.waiting.count), key=lambda step: (-step.waiting.count, step.element))
    marks = levels([step.waiting.count for step in here])
    heads = (Head("step", _("步骤"), TEXT), Head("cases", _("等待")), Head("median", _("已等，中位"), SPAN), Head("oldest", _("已等，最久"), SPAN), Head("overdue", _("已逾期")))
    rows = [Row((names.element(s.element), s.waiting.count, s.waiting.median, s.oldest, s.overdue), s.element, level=mark,
                badge=_("%(n)s 件 · %(span)s", n=s.waiting.count, span=spoken(s.waiting.median, asked.worked))) for s, mark in zip(here, marks)]
    return Table("steps", _("现在等在哪里"), heads, rows, asked.worked, _("数字是现在停在这一步的件数和已等时间的中位数。同一事项可以同时等在几步。"),
                 chart="bars", measures=("cases",), nothing=_("现在没有事项在等。"))


def _durations(steps: list[Step], names: Names, asked: Asked) -> Table:
    here = sorted((step for step in steps if step.took.count), key=lambda step: (-step.took.median, -step.took.count, step.element))
    marks = levels([step.took.median for step in here])
    heads = (Head("step", _("步骤"), TEXT), Head("times", _("次数")), Head("median", _("中位用时"), SPAN), Head("most", _("九成在此以内"), SPAN),
             Head("total", _("合计"), SPAN), Head("interrupted", _("中断")))
    rows = [Row((names.element(s.element), s.took.count, s.took.median, s.took.most, s.took.total, s.interrupted), s.element, level=mark,
                badge=_("%(median)s / %(most)s", median=spoken(s.took.median, asked.worked), most=spoken(s.took.most, asked.worked))) for s, mark in zip(here, marks)]
    return Table("steps", _("每一步用了多久"), heads, rows, asked.worked, _("数字是中位用时 / 九成在此以内。只计期间内离开的；被撤回、终止等中断的不计用时，另列次数。"),
                 chart="ranges", measures=("median", "most"), nothing=_("期间内没有步骤办完。"))


def _frequencies(steps: list[Step], names: Names, asked: Asked) -> Table:
    here = sorted((step for step in steps if step.entered), key=lambda step: (-step.entered, step.element))
    marks = levels([step.entered for step in here])
    heads = (Head("step", _("步骤"), TEXT), Head("entered", _("进入")), Head("done", _("办理")), Head("back", _("退回")), Head("share", _("退回占办理"), SHARE))
    rows = [Row((names.element(s.element), s.entered, s.done, s.back, s.back / s.done if s.done else None), s.element, level=mark, badge=_("%(n)s 次", n=s.entered))
            for s, mark in zip(here, marks)]
    return Table("steps", _("到过多少次"), heads, rows, note=_("数字是期间内进入这一步的次数；线越粗，走过的次数越多。"), chart="bars", measures=("entered",),
                 nothing=_("期间内没有事项到过任何一步。"))


def _flows(asked: Asked, ids: set[int] | None, names: Names) -> Table:
    walked = flow_figures(asked, ids).most_common()
    marks = levels([times for _flow, times in walked])
    rows = [Row((*names.flow(flow), times), flow=flow, level=mark, badge=str(times)) for (flow, times), mark in zip(walked, marks)]
    heads = (Head("from", _("从"), TEXT), Head("to", _("到"), TEXT), Head("name", _("走向"), TEXT), Head("times", _("走过")))
    return Table("flows", _("每条线走过多少次"), heads, rows, nothing=_("期间内没有走过任何一条线。"))


def rework_tables(asked: Asked, scope: Scope) -> tuple[Rework, list[Table]]:
    """(the sums, tables of returns, of steps that came again, and of one step's reasons)."""
    names = Names(asked)
    tables = [_returns(asked, scope, names), _repeats(asked, scope, names)]
    return rework_of(asked, scope), ([_reasons(asked, scope, names)] if asked.step else []) + tables


def _returns(asked: Asked, scope: Scope, names: Names) -> Table:
    kinds = {"message": _("操作或消息"), "timer": _("到期"), "answer": _("系统答复")}
    heads = (Head("by", _("由哪一步"), TEXT), Head("outcome", _("办理结果"), TEXT), Head("to", _("回到"), TEXT), Head("times", _("次数")), Head("cases", _("涉及事项")))
    rows = [Row((names.element(way.by), names.outcome(way.by, way.outcome) or kinds.get(way.kind, way.outcome), names.element(way.to), way.returns, way.cases),
                to={"step": way.by}) for way in returns_by_step(asked, scope)]
    return Table("returns", _("谁退回，回到哪里"), heads, rows, note=_("一次退回：办理、操作或到期以后，这一步还得再做一遍，或者事项去修改已提交的内容。点步骤看理由。"), chart="bars", measures=("times",),
                 nothing=_("期间内没有退回。"))


def _repeats(asked: Asked, scope: Scope, names: Names) -> Table:
    heads = (Head("step", _("步骤"), TEXT), Head("visits", _("进入")), Head("cases", _("事项")), Head("mean", _("平均每件")), Head("most", _("一件最多")),
             Head("again", _("不止一次的事项")), Head("share", _("占比"), SHARE))
    rows = [Row((names.element(r.element), r.visits, r.cases, r.mean, r.most, r.more_than_once, r.more_than_once / r.cases))
            for r in repeats(asked, scope, names.people())]
    return Table("repeats", _("同一步做了几遍"), heads, rows, nothing=_("期间内没有进入过人工步骤。"))


def _reasons(asked: Asked, scope: Scope, names: Names) -> Table:
    counted, read = reasons(asked, scope, asked.step)
    said = {None: _("已依法清除"), "": _("（没有写理由）")}
    rows = [Row((said.get(reason, reason), times, times / read)) for reason, times in counted]
    note = _("最近 %(n)s 次退回的理由，按原文计数。", n=read) + (_("只列出至少 %(n)s 次的理由。", n=FLOOR) if scope.floored else "")
    heads = (Head("reason", _("理由"), TEXT), Head("times", _("次数")), Head("share", _("占比"), SHARE))
    return Table("reasons", _("“%(step)s”退回的理由", step=names.element(asked.step)), heads, rows, note=note, nothing=_("没有可以列出的理由。"))


def ways_table(asked: Asked, scope: Scope, most: int) -> Table:
    """The most frequent ways."""
    names, found = Names(asked), ways_of(asked, scope, most)
    rows = []
    for place, way in enumerate(found.taken, 1):
        steps = tuple(names.element(step) + (f" ×{times}" if times > 1 else "") for step, times in way.runs)
        end = names.element(way.end) if way.end else _("（自然结束）")
        short = " → ".join(steps if len(steps) <= 4 else (*steps[:2], "…", steps[-1])) + f" → {end}"
        rows.append(Row((_("途径 %(n)s", n=place), short, len(way.steps), way.cases, way.share, way.took.median, way.took.most), case=way.example, more=(*steps, end)))
    heads = (Head("way", _("途径"), TEXT), Head("steps", _("走法"), TEXT), Head("count", _("步数")), Head("cases", _("事项")), Head("share", _("占比"), SHARE), Head("median", _("全程中位"), SPAN),
             Head("most", _("九成在此以内"), SPAN))
    note = _("期间内办结 %(cases)s 件，共有 %(different)s 种途径；列出的 %(shown)s 种占 %(share)s。", cases=found.cases, different=found.different, shown=len(rows), share=percent(found.shown))
    return Table("ways", _("最常走的途径"), heads, rows, asked.worked, note, chart="bars", measures=("cases",), nothing=_("期间内没有办结的事项。"))


def compare_table(asked: Asked, scope: Scope) -> Table:
    """Cases by what the question says: group, organisation, year, release or result."""
    by = asked.by if asked.by in BY else BY[0]
    lines = lines_by(asked, scope, by)
    first = Head("name", by_words(asked, scope)[by], TEXT)
    heads = (first, Head("started", _("发起")), Head("ended", _("办结")), Head("running", _("在办")), Head("passed", _("通过率"), SHARE), Head("returned", _("退回过的"), SHARE),
             Head("median", _("全程中位"), SPAN), Head("most", _("九成在此以内"), SPAN))
    floor = FLOOR if by == "party" and scope.floored else 0
    rows = [Row(_line_cells(line, by, floor), to=_narrowed(line, by, scope)) for line in lines]
    note = _("发起、办结在期间内；在办是现在。通过率、退回和用时只看期间内办结的。") + (_("少于 %(n)s 件的不列数字。", n=FLOOR) if floor else "")
    return Table("compare", _("按%(what)s", what=first.label), heads, rows, asked.worked, note, chart="bars", measures=("ended", "median"), nothing=_("没有可以比较的事项。"), floor=floor)


def _line_cells(line: Line, by: str, floor: int) -> tuple:
    names = {"group": _("（没有分组）"), "party": _("（没有单位）"), "result": _("（在办）")}
    name = _("其他（每家不足 %(n)s 件）", n=FLOOR) if line.covered else _("第 %(n)s 版", n=line.name) if by == "release" else line.name or names.get(by, "—")
    told = line.ended >= floor
    return (name, line.started, line.ended, line.running, *((line.passed, line.led_back, line.took.median, line.took.most) if told else (None,) * 4))


def _narrowed(line: Line, by: str, scope: Scope) -> dict[str, str]:
    if not line.key or by not in ("group", "release", "party") or (by == "party" and scope.floored):
        return {}
    return {by: line.key}


def by_words(asked: Asked, scope: Scope) -> dict[str, str]:
    """What cases can be compared by, in words."""
    parties = party_names(asked, scope)
    return {"group": _("评审组织或分组"), "party": Names(asked).party(parties[0]) if parties else _("单位"), "year": _("发起年份"), "release": _("流程版本"), "result": _("办理结果")}


def course_tables(asked: Asked, scope: Scope, now: datetime) -> list[Table]:
    """Throughput and backlog, ages, what completions led to, deadlines."""
    course, names = course_of(asked, scope, now), Names(asked)
    steps = step_figures(asked, chosen_ids(asked, scope), second(now))
    weeks = Table("weeks", _("每周发起、办结和在办"), (Head("week", _("周（周一）"), TEXT), Head("started", _("发起")), Head("ended", _("办结")), Head("open", _("周末在办"))),
                  [Row((week.monday.isoformat(), week.started, week.ended, week.open), badge="" if week.over else _("未完")) for week in course.weeks], chart="weeks", measures=("started", "ended", "open"),
                  note=_("整周统计，周一到周日；最多列出最近 104 周。还没有过完的一周只在表里。"))
    ages = Table("ages", _("在办事项已办了多久"), (Head("age", _("已办"), TEXT), Head("cases", _("件数"))),
                 [Row((_("%(over)s 至 %(upto)s 天", over=age.over, upto=age.upto) if age.upto else _("超过 %(over)s 天", over=age.over), age.cases)) for age in course.ages],
                 asked.worked, _("在办 %(n)s 件，中位已办 %(median)s。", n=course.open.count, median=spoken(course.open.median, asked.worked)), chart="bars", measures=("cases",))
    return [weeks, ages, _passing(list(steps.values()), names), _deadlines(list(steps.values()), names)]


def _passing(steps: list[Step], names: Names) -> Table:
    order = {element: place for place, element in enumerate(names.people())}
    here = sorted((step for step in steps if step.done), key=lambda step: order.get(step.element, len(order)))
    heads = (Head("step", _("步骤"), TEXT), Head("done", _("办理")), Head("passed", _("往下走"), SHARE), Head("back", _("退回")), Head("refused", _("未通过而办结")), Head("outcomes", _("办理结果"), TEXT))
    rows = [Row((names.element(s.element), s.done, 1 - (s.back + s.refused) / s.done, s.back, s.refused, _outcomes(s, names))) for s in here]
    return Table("passing", _("每一步的通过情况"), heads, rows, note=_("期间内由人办理的次数。往下走：没有退回，也没有因此以未通过办结。"), chart="bars", measures=("passed",), nothing=_("期间内没有人办理。"))


def _outcomes(step: Step, names: Names) -> str:
    return "，".join(f"{names.outcome(step.element, outcome) or _('提交')} {times}" for outcome, times in step.outcomes.most_common())


def _deadlines(steps: list[Step], names: Names) -> Table:
    here = sorted((step for step in steps if step.kept + step.late or step.overdue), key=lambda step: (-step.late - step.overdue, step.element))
    heads = (Head("step", _("步骤"), TEXT), Head("due", _("有期限的")), Head("kept", _("按期"), SHARE), Head("late", _("超期办完")), Head("overdue", _("现在逾期")))
    rows = [Row((names.element(s.element), s.kept + s.late, s.kept / (s.kept + s.late) if s.kept + s.late else None, s.late, s.overdue)) for s in here]
    return Table("deadlines", _("期限守住了没有"), heads, rows, note=_("期间内办完、当时有截止时间的步骤。"), chart="bars", measures=("kept",), nothing=_("没有带期限的步骤办完。"))


def party_name(reference: str) -> str:
    """What an organisation is called."""
    return (party_of(reference) or {"name": reference})["name"]
