"""A frame in a sentence, for whoever listens or reads a printout, and every word that the player shows. Only this package imports it."""
from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

UNITS = ((86400, _l("%(n)s 天")), (3600, _l("%(n)s 小时")), (60, _l("%(n)s 分钟")), (1, _l("%(n)s 秒")))


def span(seconds: int | None) -> str:
    """How long something took in its two biggest units: 3 天 4 小时; "" where it is not known."""
    if seconds is None:
        return ""
    parts, rest = [], seconds
    for size, words in UNITS:
        if rest >= size:
            parts.append(str(words) % {"n": rest // size})
            rest %= size
    return " ".join(parts[:2]) or _("不到 1 秒")


def moment(at: str) -> str:
    """An instant of a frame for reading: 2026-03-02 09:00:05."""
    return at[:19].replace("T", " ")


def sentence(frame: dict, total: int, name: Callable[[str], str]) -> str:
    """What happened, who did it, how it ended and where the case then stood. `name` gives the name of an element."""
    who = _("%(who)s（代 %(whom)s）", who=frame["who"], whom=frame["who_for"]) if frame["who_for"] else frame["who"]
    said = [_("第 %(n)s 步，共 %(all)s 步", n=frame["seq"], all=total), f"{moment(frame['at'])}，{who}", _what(frame)]
    if frame["waited_seconds"]:
        said.append(_("等了 %(time)s", time=span(frame["waited_seconds"])))
    if frame["reason"]:
        said.append(_("理由：%(why)s", why=frame["reason"]))
    said += _loops(frame, name)
    if frame["changes"]:
        said.append(_("表单改动 %(n)s 处", n=len(frame["changes"])))
    said.append(_("现在停在：%(places)s", places="、".join(dict.fromkeys(map(name, frame["tokens"])))) if frame["tokens"] else _("没有环节在等待"))
    return "。".join(said) + "。"


def _what(frame: dict) -> str:
    what = f"{frame['kind_label']}“{frame['element_name']}”" if frame["element_name"] else frame["kind_label"]
    if frame["handed_to"]:
        return _("%(what)s，转交给 %(to)s", what=what, to=frame["handed_to"])
    shown = frame["outcome_label"] and frame["outcome_label"] != frame["element_name"]
    return _("%(what)s，结果：%(result)s", what=what, result=frame["outcome_label"]) if shown else what


def _loops(frame: dict, name: Callable[[str], str]) -> list[str]:
    """What was entered again with this event."""
    again = [each for each in dict.fromkeys(frame["entered"]) if frame["loops"].get(each, 0) > 1]
    return [_("第 %(n)s 次到“%(step)s”", n=frame["loops"][each], step=name(each)) for each in again if name(each) != each]


def labels() -> dict[str, str]:
    """Every word that the player itself shows, by key; `%` stands for what is put in."""
    return {
        "player": _("播放"), "diagram": _("流程图；右边的步骤列表有同样的内容"), "noDiagram": _("流程图画不出来，步骤列表和细节不受影响"), "steps": _("步骤"), "step": _("第 % 步"),
        "of": _("共 % 步"), "first": _("第一步"), "previous": _("上一步"), "next": _("下一步"), "last": _("最后一步"), "play": _("播放"), "pause": _("暂停"), "speed": _("速度"),
        "position": _("位置"), "keys": _("快捷键"), "close": _("关闭"), "in": _("放大"), "out": _("缩小"), "whole": _("显示全图"), "here": _("回到当前环节"),
        "show": _("显示"), "all": _("全部步骤"), "people": _("人的办理和操作"), "acts": _("行政操作"), "marked": _("有提示的"), "none": _("没有这样的步骤"),
        "empty": _("这件事项还没有任何事件。"), "waited": _("等了 %"), "for": _("代 %"), "handed": _("转交给 %"), "administrative": _("行政操作"), "reason": _("理由"),
        "why": _("为什么走这条路"), "because": _("条件"), "otherwise": _("其他条件都不成立（默认）"), "values": _("当时的取值"), "unknown": _("此事件不能重新运行，当时的取值未知"),
        "ways": _("全部去路"), "taken": _("走的是这条"), "table": _("决策表“%”"), "row": _("符合第 % 行"), "noRow": _("没有符合的行"), "outputs": _("得出"),
        "changes": _("与上一次提交相比"), "same": _("与上一次提交相比没有改动"), "firstTime": _("第一次提交"), "field": _("栏目"), "before": _("修改前"), "after": _("修改后"), "rowNumber": _("第 % 行"),
        "added": _("（新增）"), "removed": _("（已删除）"), "moved": _("移了位置，内容未变"), "nothing": _("无"), "form": _("当时的表单"), "revision": _("第 % 次提交"), "materials": _("材料"),
        "newMaterial": _("本次新交"), "digest": _("摘要"), "marks": _("标注"), "reports": _("打印的报表"), "version": _("第 % 版"), "code": _("核对码"), "messages": _("消息和通知"),
        "received": _("收到消息“%”"), "from": _("来自 %"), "to": _("给 %"), "read": _("已读 %"), "unread": _("未读"), "mail": _("邮件：%"), "mailNew": _("待发送"), "mailSent": _("已发送"),
        "mailLate": _("已过时未发"), "mailAside": _("发送失败"), "timers": _("计时"), "timerSet": _("开始计时"), "timerFired": _("到时"), "timerCancelled": _("取消计时"), "due": _("到期 %"),
        "late": _("晚了 %"), "payments": _("缴费"), "ordered": _("生成缴费单"), "paid": _("到账"), "refunded": _("退款"), "ballots": _("投票（只有票数）"), "ballotOpen": _("开始投票，结束前不显示票数"),
        "ballotClosed": _("投票结束"), "links": _("通到别处"), "called": _("被调用的流程"), "batch": _("所在批次"), "sitting": _("所在会议或上级事项"), "member": _("批内或会上的事项"), "move": _("迁移"),
        "open": _("在那里接着播放"), "findings": _("提示"), "dismissed": _("审计人员已排除：%"), "alsoHere": _("记号也在"), "loading": _("正在取当时的表单……"), "failed": _("没有取到，请重试"), "wentTo": _("到了"), "nowAt": _("现在停在"),
        "release": _("第 % 版流程"), "times": _("第 % 次"), "keySpace": _("空格：播放或暂停"), "keyArrows": _("← →：上一步、下一步"), "keyEnds": _("Home、End：第一步、最后一步"), "keySpeed": _("+ −：加快、放慢"),
        "keyHelp": _("?：显示或关闭这些说明"), "ended": _("播放完了"), "who": _("谁"), "when": _("何时"), "task": _("办理"), "admin": _("行政操作标为方块"),
    }
