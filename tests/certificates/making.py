"""Certificates for tests, drawn as a few bytes."""
from app.certificates import Certificate, issue_certificate
from app.certificates.changing import CORRECTED, Wanted, change_certificate


def draw(extra) -> bytes:
    """A PDF that says its number and edition."""
    said = extra["certificate"]
    return f"%PDF- {said['number']} {said['edition']}".encode()


def issue(case, clock, call="call-1", **changes) -> Certificate:
    """A certificate of 李雷雷."""
    facts = {"holder": "person:li", "holder_name": "李雷雷", "title": "高级工程师", "render": draw, "fields": {"major": "机械"}}
    return issue_certificate(call, case.id, clock=clock, **facts | changes)


def change(number: str, clock, /, call="change-1", kind=CORRECTED, render=draw, **wanted) -> Certificate:
    """A later edition of it."""
    said = Wanted(**{"reason": "专业名称有误", "by_name": "高建国"} | wanted)
    return change_certificate(call, number, kind, said, render=lambda _made, extra: render(extra), clock=clock)
