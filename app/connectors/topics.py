"""The topics a diagram may name, with their parameters and results; what the linter and the guides read. No logic."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """What a service task says and gets. `external`: it speaks to a system outside the service."""

    name: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    gives: tuple[str, ...]
    gloss: str
    external: bool = False


_TOPICS = (
    Topic("notify", ("to", "title"), ("text", "kind"), ("notified",),
          "给人发消息（站内，并按本人选择发邮件）：to 为人员、单位、其列表，或 {role, scope}；kind 为 duty（须办理，默认）、reminder、progress、result"),
    Topic("message.send", ("to", "message"), ("payload", "each"), ("delivered", "not_waiting"),
          "给其他事项发消息：to 为事项编号（可多个）；payload 人人相同，each 为 {事项编号: 另给这一件的内容}，或各有 case 的列表"),
    Topic("case.list", ("cases",), (), ("cases",), "取各事项在列表里的内容：cases 为 [{case 编号, name 发起人, summary 摘要, place 第几}]"),
    Topic("payment.order", ("subject", "amount", "payer", "message"), ("deadline", "phone", "payee_name", "payee_code", "sponsor"),
          ("order_no", "amount", "pay_url", "payee_name", "payee_code", "notice_no", "created_at", "paid_at",
           "paid_amount", "payer", "phone", "state"), "生成缴费单（amount 为分），支付成功后向本事项发消息 message", external=True),
    Topic("payment.close", ("order",), (), ("order_no", "state"), "关闭缴费单；缴费时间在期限之后或事项已结束的到账款列入待退款", external=True),
    Topic("payment.counter", ("order",), ("slip",), ("order_no", "state"), "缴款人说已在柜台缴费（slip 为回单号），订单显示待确认；不给 slip 则取消"),
    Topic("payment.confirm", ("order", "amount", "paid_on"), (), ("order_no", "state"), "受理单位核对到账：记为已支付，本事项自己继续走"),
    Topic("ballot.open", ("voters", "members"), ("subject", "options", "quorum"), ("ballot", "members", "attending"),
          "开始一次无记名投票：voters 为到会人员，members 为应到人数"),
    Topic("ballot.close", ("ballot",), (), ("members", "attending", "cast", "yes", "no", "abstain"),
          "结束投票并计票；到会未投的计入最后一个选项（默认弃权）"),
    Topic("certificate.issue", ("holder", "title", "report"),
          ("fields", "number", "number_format", "numbers", "numbers_kind", "batch", "hold", "replaces", "reason"),
          ("number", "code", "url", "edition", "issued_on", "held"),
          "颁发证书：编号、验证码、电子签名和 PDF。编号依 number（现成编号），或 numbers（写有 numbering 的台账，numbers_kind 为证书类别），或 number_format；"
          "fields 里的 dates（{名称: 日期}）显示在证书台账；hold 为 true 时待 certificate.push 回写后才可打印"),
    Topic("certificate.find", ("number", "asked_by"), (),
          ("found", "number", "code", "url", "edition", "issued_on", "held", "holder", "title", "fields", "state", "state_words", "current", "case", "parties", "keeper", "document"),
          "按编号查证书：asked_by 是持证人本人或保管证书的岗位才查得到，否则 found 为 false；current 为现行有效，keeper 为 asked_by 是保管岗位"),
    Topic("certificate.correct", ("number", "reason"), ("title", "holder_name", "fields", "new_number", "category", "by"),
          ("number", "code", "url", "edition", "issued_on", "held"), "更正证书：出新的一版，原版显示已更正；不写 new_number 则沿用原编号；空的内容照旧；by 为批准人"),
    Topic("certificate.reissue", ("number", "reason"), ("category", "by"), ("number", "code", "url", "edition", "issued_on", "held"), "补发证书：编号和内容不变，出新的一版，原版显示已补发"),
    Topic("certificate.revoke", ("number", "reason"), ("category", "by"), ("number", "state", "revoked_on"), "撤销证书：公开查询即显示已撤销、日期和原因类别 category；reason 不公开"),
    Topic("certificate.push", ("number",), ("take_number",), ("accepted", "number", "code", "url"),
          "把证书推送给上级系统（设置 PROVINCE_URL），不通时自动重试；take_number 为 true 时启用对方编号，原编号仍可查到；没有上级系统时 accepted 为 false", external=True),
    Topic("file.report", ("report",), ("owner", "name"), ("material", "name"), "生成报表 PDF 并存入事项材料"),
    Topic("batch.number", ("pattern",), ("number", "reason"), ("number",),
          "给本批次编号，一个批次只编一次：pattern 如 \"GC-2026-{seq:2}\"，{seq} 逐号不跳；number 为手工编号（写明 reason），已被别的批次使用时结果为空"),
    Topic("batch.put", ("members",), ("number", "readers", "reason", "note", "by"), ("put", "taken"),
          "把事项编入本批次：一件事项同时只在一个批次里；taken 为已在别的批次的；readers 为办理本批次时可查看批内事项的角色；by 为办理人（不写为本事项最后的办理人），下同"),
    Topic("batch.hold", ("members",), ("reason", "note", "by"), ("members",), "暂缓批内事项，其余的继续"),
    Topic("batch.release", ("members",), ("reason", "note", "by"), ("members",), "解除暂缓，重新随批次办理"),
    Topic("batch.out", (), ("members", "reason", "route", "note", "by"), ("members",), "把事项移出批次，可以另编一批；不写 members 指全部"),
    Topic("batch.done", (), ("members", "reason", "note", "by"), ("members",), "批内事项随批次办结；不写 members 指全部未暂缓的"),
    Topic("pool.prepare", ("register",), ("count", "seats", "criteria", "exclude", "supervisor", "reason", "before"), ("draw", "commitment", "eligible", "pool"),
          "随机抽取的第一步：核对人员库里谁可以抽，封存人员快照和随机数并公布承诺值，还不抽取。seats 为 [{name, count, criteria}]，不分组时写 count；exclude 为不参加的人 [{ref, reason}]；重新抽取的写 reason"),
    Topic("pool.draw", ("register",), ("count", "seats", "criteria", "exclude", "supervisor", "words", "prepared", "reason", "before"),
          ("draw", "drawn", "missing", "seats", "eligible", "pool", "digest", "commitment"),
          "随机抽取：prepared 为 pool.prepare 的结果，words 为监督人员当众给出的文字；不写 prepared 时一步完成。人数不够时 missing 大于 0，由流程图决定怎么办"),
    Topic("pool.panel", ("register",), ("people", "cases", "declared", "groups", "overrides", "minimum"), ("each", "short", "findings"),
          "逐件算出由谁评、谁回避和原因：each 为 {事项编号: {experts, recused, overridden}}，short 为人数少于 minimum 的事项，findings 为逐条列出的回避 [{case, ref, name, reason}]；declared 为本人申请 [{ref, cases, reason}]，overrides 为办公室不采纳自动回避 [{ref, case, reason}]"),
    Topic("pool.record", ("register", "kind"), ("people", "case", "sitting", "note"), ("recorded",),
          "记一笔参与记录：kind 为 drawn、invited、accepted、declined、silent、attended、absent、recused、opinion、voted、replaced"),
    Topic("register.put", ("register", "values"), ("key",), ("key", "fault"), "在台账中新增条目，写 key 时修改该条目；内容不合要求时 key 为空、fault 说明原因"),
    Topic("register.retire", ("register", "key"), ("reason",), ("retired",), "停用台账中的条目"),
    Topic("role.give", ("person", "role"), (), ("roles",), "授予某人一个不属于单位的角色"),
    Topic("role.take", ("person", "role"), (), ("roles",), "收回某人的这个角色"),
)

KNOWN_TOPICS = {topic.name: topic for topic in _TOPICS}
