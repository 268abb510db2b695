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
    Topic("message.send", ("to", "message"), ("payload",), ("delivered", "not_waiting"), "给其他事项发消息：to 为事项编号（可多个）"),
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
    Topic("certificate.issue", ("holder", "title", "report"), ("fields", "number", "number_format", "replaces"),
          ("number", "code", "url"), "颁发证书：编号、验证码、电子签名和 PDF"),
    Topic("certificate.revoke", ("number", "reason"), (), ("number", "state"), "撤销证书"),
    Topic("file.report", ("report",), ("owner", "name"), ("material", "name"), "生成报表 PDF 并存入事项材料"),
)

KNOWN_TOPICS = {topic.name: topic for topic in _TOPICS}
