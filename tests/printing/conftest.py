"""The lending library with one more report to sign and a list over several readers, and people who print."""
from __future__ import annotations

import pytest

from app.definitions import Bundle
from tests.support import builders

REPORTS = """
lending_slip: {title: 借阅单, title_en: Lending slip, roles: [member, librarian], available_when: vars.due != null, stage: 借阅}
pledge: {title: 借书保证书, title_en: Pledge, roles: [member, librarian], stage: 申请, stages: {librarian: 审核}}
whole: {title: 借阅全表, title_en: All of it, roles: [member, librarian], stage: 申请}
readers: {title: 读者名单, title_en: Readers, roles: [librarian], available_when: form.request.book != null, stage: 审核, over: cases, ask: notice, offered_at: [check],
  shows: [request.reader_name, request.book]}
"""
PLEDGE = """{% extends "base.html" %}{% import "parts.html" as parts %}{% block content %}<h1>借书保证书</h1>
{{ parts.grid([["读者", labels.request.reader_name], ["书名", labels.request.book]]) }}<p>{{ today | cn_date }}</p>{{ parts.signature(["读者（签名）"]) }}{% endblock %}"""
WHOLE = """{% extends "base.html" %}{% block content %}<h1>借阅全表</h1>
<p>{{ labels.request.book }}</p><p>备注：{{ labels.check.remark | blank }} {{ form.check.remark }}</p>{% endblock %}"""
LIST = """{% extends "base.html" %}{% block content %}<h1>读者名单</h1><p>联系人 {{ asked.contact }}，{{ organisation }}</p><table class="rows">
{% for one in cases %}<tr><td>{{ loop.index }}</td><td>{{ one.labels.request.reader_name }}</td><td>{{ one.labels.request.book }}</td><td>{{ one.labels.request.author }}</td></tr>{% endfor %}
</table>{% endblock %}"""
NOTICE = "title: 打印名单\nsections:\n  - key: who\n    title: 联系\n    fields:\n      - {key: contact, type: text, label: 联系人, required: true, max_length: 20}\n"
SIGNED = "\n      - {key: pledge_signed, type: file, label: 保证书, blank: pledge, max_files: 2}\n"


def bundle() -> Bundle:
    """The library whose request form also takes the signed pledge."""
    files = dict(builders.bundle_of().files)
    form = "forms/lending-library/request.yml"
    files[form] = files[form].rstrip() + SIGNED.encode()
    more = {"reports/lending-library/reports.yml": REPORTS, "reports/lending-library/pledge.html": PLEDGE, "reports/lending-library/whole.html": WHOLE,
            "reports/lending-library/readers.html": LIST, "forms/lending-library/notice.yml": NOTICE}
    return Bundle(files | {path: text.encode() for path, text in more.items()})


@pytest.fixture
def library(app, clock):
    """The app with this library in use, and a second reader."""
    builders.publish(bundle(), clock=clock)
    builders.person("reader_lin", "member", name="林䶮")
    return app


@pytest.fixture
def asked_for(library, clock):
    """`asked_for(reader, book)`: a case whose request was handed in and waits for the library."""
    def make(reader: str = "reader_wang", book: str = "十万个为什么"):
        case = builders.start_case(by=reader, clock=clock)
        name = builders.actor(reader).name
        builders.complete(case, "request", reader, builders.sample("request") | {"book": book, "reader_name": name}, clock=clock)
        return case
    return make
