"""The kinds of findings: what each is called, how it is found, and what innocent reasons there are. Words for auditors, no rule of any procedure."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

SEVERITIES = {"serious": _l("须查清"), "warn": _l("请留意"), "note": _l("供参考")}


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `seq` is the event (0: the whole case); `words` name nobody: `person_id` says whose act it was."""

    code: str
    severity: str
    seq: int
    element: str
    words: str
    person_id: str = ""
    dismissed: str = ""  # why an auditor set it aside; "": nobody has


@dataclass(frozen=True)
class Kind:
    """A kind of finding: `how` it is found, and `innocent` reasons for it. `limits` are the thresholds it goes by."""

    code: str
    label: str
    severity: str
    how: str
    innocent: str
    limits: tuple[str, ...] = ()


_ALL = (
    Kind("off-diagram", _l("与流程图不符"), "serious", _l("把办理记录按当时的流程图重走一遍，走的路或结果与记录的不同。"),
         _l("程序升级后行为有变，或者从别的系统导入的旧记录。")),
    Kind("same-person", _l("应当分开的环节由同一人办理"), "serious", _l("流程图写明某一环节不能由办过另一环节的人办理，记录里却是同一人。"),
         _l("迁移到新版本以前，旧的流程图没有这条要求。")),
    Kind("own-case", _l("本人办理了自己的事项"), "serious", _l("发起人又办理了并非交给他本人的环节。"), _l("单位只有一名经办人，又没有人替他办。")),
    Kind("two-roles", _l("一人在同一事项中任两种角色"), "warn", _l("同一人在一件事项里先后以两种角色办理。"), _l("岗位调动，或者小单位一人多岗。")),
    Kind("clock-back", _l("时间倒退"), "serious", _l("一个事件的时间早于前一个事件。"), _l("服务器校时，或者几台服务器的时钟不一致。")),
    Kind("changed-after", _l("审核之后内容又改过"), "warn", _l("别人审核过以后，没有被退回，同一张表又交了新的内容。"),
         _l("审核之后本人撤回补正，后面的环节会重新看到。")),
    Kind("against-rule", _l("办理结果与规则表给出的不同"), "warn", _l("规则表算出的结果是这一步可选的一个决定，经办人选了另一个。"),
         _l("规则表只作提示，经办人另有依据，应当写在理由里。")),
    Kind("skipped", _l("迁移时跳过或改到别的环节"), "warn", _l("迁移到新版本时，正在办的环节被放弃，或者从别的环节继续。"), _l("新版本合并了环节，迁移方案里写有理由。")),
    Kind("moved", _l("迁移到别的版本"), "note", _l("事项在办理中换了发布版本，或者换了又退回来。"), _l("制度更新时批量迁移。")),
    Kind("by-hand", _l("人工干预"), "note", _l("管理员让停下的环节重新尝试，或者有平常办理以外的操作。"), _l("外部系统一时不通，恢复后重试。")),
    Kind("deputy", _l("代他人办理"), "note", _l("记录写明是代另一人办理的。"), _l("请假、出差时按规定代办。")),
    Kind("done-late", _l("超过期限才办"), "warn", _l("环节的办理时间晚于它的期限。"), _l("期限内收到补充材料，或者遇到系统停机。"), ("late_minutes",)),
    Kind("still-open", _l("超过期限还没有办"), "warn", _l("环节的期限已过，现在还开着。"), _l("正在等别的单位答复。"), ("late_minutes",)),
    Kind("timer-late", _l("到期自动办理晚了"), "note", _l("定时到了以后，过了很久才自动办理。"), _l("服务停机，恢复后补办。"), ("timer_minutes",)),
    Kind("quick", _l("打开后几秒就作决定"), "warn", _l("从打开办理页面到作出决定，不到规定的秒数。"), _l("事先看过材料，或者线下已经审完，只在系统里点选。"), ("quick_seconds",)),
    Kind("many-at-once", _l("短时间内作很多决定"), "note", _l("同一人在规定的秒数里办了很多件。"), _l("用批量办理，一次选定很多件。"), ("many_count", "many_seconds")),
    Kind("odd-hour", _l("在不寻常的时间办理"), "note", _l("在夜间，或者按工作日历不上班的日子作决定。"), _l("加班，或者评审期间集中办理。"), ("night_from", "night_until", "free_days")),
    Kind("new-address", _l("从没有见过的地址登录后办理"), "note", _l("作决定时的那次登录，来自此人以前没有用过的网络地址。"), _l("换了办公地点、网络或者手机。"), ("known_sign_ins",)),
    Kind("sent-back", _l("多次退回"), "warn", _l("同一人的同一张表，被退回修改的次数达到规定的次数。"), _l("材料确实多次不齐。"), ("sent_back",)),
    Kind("favours", _l("对一个单位通过得特别多"), "warn", _l("同一人在同一环节，对一个单位作出肯定决定的比例，比对其他单位高出很多，而且不像是偶然。"),
         _l("这个单位的材料本来就好，或者分工只办这一类。"), ("favour_cases", "favour_points")),
)
KINDS = {kind.code: kind for kind in _ALL}
