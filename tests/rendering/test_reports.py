"""Reports: what templates can do, what they cannot, and what is drawn (faults H-07, I-06, I-07; T9, T10)."""
import io
import socket
import threading
import time

import pypdf
import pytest
from app.rendering import FontMissing, ReportBusy, ReportFailed, ReportTooLarge, find_fonts, render_report, reports
from app.rendering.report_pdf import seconds_to_draw
from app.rendering.fonts import install_fonts
from app.rendering.report_template import fill_template

try:
    find_fonts()
except FontMissing:
    pytest.skip("no fonts: run `make setup`", allow_module_level=True)

PAGE = '{% extends "base.html" %}{% import "parts.html" as parts %}{% block content %}BODY{% endblock %}'


def drawn(body, **context):
    """(html, text of the PDF, number of pages) of a report with this body."""
    html, pdf = render_report(PAGE.replace("BODY", body), context)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return html, "".join(page.extract_text() for page in reader.pages), len(reader.pages)


def test_a_report_is_html_and_a_pdf_with_its_fonts_inside():
    report = render_report(PAGE.replace("BODY", "<h1>{{ name }}</h1>"), {"name": "登记表"})
    fonts = {font.get_object()["/BaseFont"] for font in pypdf.PdfReader(io.BytesIO(report.pdf)).pages[0]["/Resources"]["/Font"].values()}
    assert "<h1>登记表</h1>" in report.html and report.pdf.startswith(b"%PDF") and any("NotoSerifSC" in font for font in fonts)


def test_rare_characters_of_names_are_drawn_and_can_be_copied():
    assert "䶮𠮷㛃·买买提·艾力" in drawn("<p>{{ name }}</p>", name="䶮𠮷㛃·买买提·艾力")[1].replace("\n", "")


def test_a_character_that_no_font_has_is_printed_as_its_code_and_reported():
    report = render_report("<p>{{ name }}</p>", {"name": "王\U0002b7f7"})
    assert report.missing == ("\U0002b7f7",) and "U+2B7F7" in pypdf.PdfReader(io.BytesIO(report.pdf)).pages[0].extract_text()


def test_filters():
    html = fill_template('{{ d | cn_date }}|{{ m | money }}|{{ i | mask }}|{{ none | blank }}|{{ "" | blank("—") }}|{{ a.b.c | blank }}',
                         {"d": "2026-03-02", "m": 45000, "i": "440305198806140018"})
    assert html == "2026年3月2日|¥450.00|440305********0018|无|—|无"


def test_a_long_table_repeats_its_head_and_pages_are_counted():
    rows = [{"name": f"第{i}项", "unit": "深圳市某某建筑设计研究院有限公司"} for i in range(60)]
    _html, text, pages = drawn('{{ parts.rows([["name","名称",40],["unit","单位",""]], rows, title="一、项目") }}', rows=rows)
    assert pages >= 2 and text.count("名称") == pages and f"第 {pages} 页 / 共 {pages} 页" in text.replace("\u00a0", " ") and "第59项" in text


def test_a_text_of_people_stays_text():
    html, text, _pages = drawn("<p>{{ x }}</p>{{ x | lines }}", x='<b>粗</b><img src="http://127.0.0.1/">\n第二行')
    assert "<img" not in html and "<b>粗</b>" in text and "第二行" in text


def test_a_qr_code_is_an_image_inside_the_document():
    html, pdf = render_report(PAGE.replace("BODY", '{{ "https://example.gov.cn/v/8H3K" | qr(60) }}'), {})
    assert "data:image/png;base64," in html and len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images) == 1


@pytest.mark.parametrize("template", [
    "{{ ().__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ x|attr('__class__') }}",
    "{{ '{0.__class__}'.format(x) }}", "{{ '%s'|format(x.__init__) }}", "{{ cycler.__init__.__globals__ }}",
    "{{ self.__init__ }}", "{{ x.append(1) }}", "{{ joiner.__init__ }}", "{% set a.b = 1 %}", "{% include '/etc/passwd' %}",
    "{% extends '../forms/section.html' %}", "{{ namespace.__class__ }}", "{{ blank.__globals__ }}", "{% for %}",
    "{{ ('a'|attr)('__class__') }}",
])
def test_a_template_that_reaches_for_more_is_refused_or_prints_nothing(template):
    try:
        html = render_report(template, {"x": [1]}).html
    except ReportFailed as refused:
        assert refused.line >= 0 and refused.message
    else:
        assert not any(word in html for word in ("class", "object", "root:", "globals", "function"))


@pytest.mark.parametrize("template", [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{{ 'a' * 10**9 }}",
    "{{ '%999999999d' | format(1) }}", "{{ 'a'.ljust(3000000000) }}", "{{ 9**9**9 }}", "{{ 'x' | center(2000000000) }}",
])
def test_a_template_bomb_is_cut_within_its_seconds_and_the_next_report_is_drawn(template):
    began = time.monotonic()
    with pytest.raises((ReportTooLarge, ReportFailed)):
        render_report(template, {})
    assert time.monotonic() - began < 6 and render_report("<p>{{ a }}</p>", {"a": "好"}).pdf


def test_a_wrong_template_says_its_line():
    with pytest.raises(ReportFailed) as refused:
        render_report("一行\n{{ 1 / 0 }}", {})
    assert refused.value.line == 2 and refused.value.kind == "ZeroDivisionError"


def test_a_document_reads_no_file_and_asks_no_network():
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(1)
        port = listener.getsockname()[1]

        def wait():
            try:
                asked.append(listener.accept())
            except TimeoutError:
                pass

        waiting = threading.Thread(target=wait)
        waiting.start()
        html = (f'<style>@import url("http://127.0.0.1:{port}/a.css"); @font-face {{ font-family: x; src: url(http://127.0.0.1:{port}/f.ttf) }}'
                f'body {{ background-image: url(http://127.0.0.1:{port}/b.png) }}</style>'
                f'<img src="http://127.0.0.1:{port}/x.png"><img src="file:///etc/passwd"><img src="/etc/passwd">'
                f'<pdf:insertpdf src="/etc/passwd"/><link rel="stylesheet" href="/etc/passwd"><p>完</p>')
        pdf = render_report(html, {}).pdf
        waiting.join()
    assert not asked and b"root:" not in pdf


def test_a_colour_is_never_run(tmp_path):
    canary = tmp_path / "canary"
    code = f"[[[getattr(pow,Word('__globals__'))['os'].system('touch {canary}') for Word in [1]] for x in [1]]]"
    render_report('<para><font color="{{ c }}">x</font></para><p style="color: {{ c }}">x</p>', {"c": code})
    assert not canary.exists()


def test_the_context_is_plain_data():
    class Secret:
        password_hash = "geheim"

        def __str__(self):
            return "一个对象"

    assert render_report("{{ s }}|{{ s.password_hash }}", {"s": Secret()}).html == "一个对象|"


def test_missing_fonts_are_named_with_the_way_to_get_them(tmp_path):
    with pytest.raises(FontMissing) as missing:
        find_fonts(tmp_path)
    assert "NotoSerifSC-Regular.ttf" in missing.value.message and "make setup" in missing.value.message
    assert install_fonts(tmp_path / "nothing", tmp_path / "fonts") == []


def test_behind_a_long_queue_one_is_told_to_come_again_instead_of_holding_a_thread():
    """D-121: on the last day printing does not stop those who save."""
    render_report("<p>好</p>", {})
    worker = reports._worker(find_fonts())
    with worker.lock:
        waiting = [threading.Thread(target=lambda: render_report("<p>好</p>", {})) for _ in range(reports.AT_ONCE)]
        for thread in waiting:
            thread.start()
        while worker.places._value:
            time.sleep(0.01)
        began = time.monotonic()
        with pytest.raises(ReportBusy):
            render_report("<p>好</p>", {})
        assert time.monotonic() - began < 0.5
    for thread in waiting:
        thread.join()
    assert render_report("<p>好</p>", {}).pdf


def test_many_threads_get_their_own_reports():
    found = {}

    def draw(number):
        found[number] = render_report("<p>{{ n }}</p>", {"n": f"第{number}份"}).html

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: f"<p>第{n}份</p>" for n in range(6)}


def test_a_list_of_five_hundred_people_may_take_longer_than_a_letter_but_not_for_ever():
    letter, roster, flood = "字" * 4_000, "字" * 125_000, "字" * 4_000_000
    assert seconds_to_draw(letter) < 25 < 60 < seconds_to_draw(roster) < seconds_to_draw(flood) == 120
