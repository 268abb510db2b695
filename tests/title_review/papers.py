"""Contents to print the procedure's reports with: as samples have them, with nothing in them, and overfull.

No database: the forms and samples of the folder, in words as the service makes them.
"""
from __future__ import annotations

import base64
import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pypdfium2
import yaml
from PIL import Image, ImageDraw

from app import rendering
from app.definitions import load_form, read_folder

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "processes" / "title-review" / "scenarios" / "samples"
ORGANISATIONS = {"org:acme": "深圳市艾克米精密机械有限公司", "org:office_eng": "深圳市工程系列高级职称评审委员会办公室"}
PARTIES = {"employer": {"ref": "org:acme", "name": ORGANISATIONS["org:acme"]}, "office": {"ref": "org:office_eng", "name": ORGANISATIONS["org:office_eng"]},
           "bureau": {"ref": "org:bureau", "name": "深圳市人力资源和社会保障局"}}
NUMBER = "0012026030200000012"
ORDER = {"amount": 58000, "notice_no": "4403002026000000123X", "created_at": "2026-05-06T09:30:00+08:00", "payee_name": "深圳市人力资源和社会保障局",
         "payee_code": "440300099", "payer": "李雷", "phone": "13800138000", "pay_url": "https://pay.example.gov.cn/o/20260506000123"}
RARE_NAMES = ("王䶮", "𠮷田健", "李㛃", "买买提·艾力", "阿卜杜热西提·阿布都外力")


BATCH_COMMITTEE = {"key": "eng", "name": "深圳市工程系列高级职称评审委员会（2026年度）"}
REVISIONS = [
    {"number": 1, "kind": "put", "names": ["李雷", "王䶮"], "reason": "编入名单", "at": "2026-05-05T10:00:00+08:00", "by": "周敏"},
    {"number": 2, "kind": "out", "names": ["阿卜杜热西提·阿布都外力"], "reason": "业绩成果查实不符，退评委会办公室复核", "at": "2026-05-07T10:00:00+08:00", "by": "何平"}]


class Offices(rendering.NoChoices):
    """The organisations that the samples name."""

    def organisations(self, kind):
        return [rendering.Choice(ref, name) for ref, name in ORGANISATIONS.items()]


@lru_cache(maxsize=1)
def procedure():
    return read_folder(ROOT).procedure("title-review")


@lru_cache
def form(key: str):
    """One form; the others may be faulty at this moment."""
    path = f"forms/title-review/{key}.yml"
    return replace(load_form(procedure().files[path], path), code_tables=procedure().code_tables)


def sample(name: str) -> dict:
    """The answers of a sample as they are stored: organisations as parties."""
    answers = yaml.safe_load((SAMPLES / f"{name}.yml").read_text("utf-8"))
    return {key: {"ref": value, "name": ORGANISATIONS[value], "kind": "organisation"} if value in list(ORGANISATIONS) else value
            for key, value in answers.items()}


def content(forms: dict, **more) -> dict:
    """What a template sees of a case with these answers."""
    case = {"number": NUMBER, "process": "title-review", "title": "职称申报", "starter": {"name": "李雷"}, "parties": PARTIES, "visits": {}}
    context = {"form": forms, "case": case, "vars": {}, "actor": {"name": "李雷"}, "now": "2026-05-06T10:00:00+08:00", "today": "2026-05-06"}
    context |= more
    for key, answers in forms.items():  # later forms read what earlier ones generate
        context["form"] = {**context["form"], key: _generated(key, answers, context)}
    labels = {key: _words(key, answers, context) for key, answers in context["form"].items()}
    foot = {"number": NUMBER, "version": 2, "code": "7K3F-9Q2M", "name": f"PS1:{NUMBER}:applicant_register:7K3F9Q2M"}
    return {"paper": foot, "photos": {"declaration": {"photo": photo()}}, **context, "labels": labels}


def _generated(key: str, answers: dict, context: dict) -> dict:
    return rendering.apply_generated(form(key), answers, {}, context, Offices(procedure().code_tables)).answers


def _words(key: str, answers: dict, context: dict) -> dict:
    return rendering.printed(form(key), answers, context, Offices(procedure().code_tables))


def photo() -> str:
    """A grey head and shoulders, 295 × 413."""
    picture = Image.new("RGB", (295, 413), "#9ec3e6")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((88, 80, 207, 230), fill="#f1c9a5")
    pen.pieslice((30, 240, 265, 600), 180, 360, fill="#33415c")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def full() -> dict:
    """Everything filled as in the samples."""
    publicity = {"started": "2026-04-01", "ended": "2026-04-08", "objection": False}
    return content(
        {"declaration": sample("declaration"), "employer_review": sample("employer_review"), "pre_publicity": dict(publicity),
         "post_publicity": dict(publicity), "compose_batch": {"title": "关于核准高级工程师资格的请示"}, "batch_start": {"committee": BATCH_COMMITTEE}},
        vars={"order": ORDER, "fee": {"amount": 58000}, "payment_deadline": "2026-05-20", "members": [NUMBER], "batch_number": "GC-2026-03", "sent_on": "2026-05-06", "accept_words": "材料齐全，予以受理。", "review_words": "经审核，程序符合规定。"},
        cases={NUMBER: {"starter": "李雷", "summary": "李雷 工程系列·机械·高级工程师"}}, members=members(30), revisions=REVISIONS)


def members(count: int) -> list[dict]:
    """Members of a batch as its papers are given them: long names and units, one held."""
    return [{"number": f"00320260302{place:08d}", "starter": RARE_NAMES[place % 5], "summary": "", "unit": ORGANISATIONS["org:acme"], "state": "held" if place == 1 else "in",
             "since": "2026-05-05T10:00:00+08:00", "reason": "", "note": "", "dates": {"投票日期": "2026-04-10", "办公室公示结束": "2026-04-20"},
             "labels": {"declaration": {"name": RARE_NAMES[place % 5], "sex": "女" if place % 2 else "男", "work_unit": ORGANISATIONS["org:acme"],
                                        "requested_level": "正高" if place % 7 == 0 else "副高", "requested_title": "高级工程师", "requested_specialty": "机械制造工艺与设备"}}} for place in range(count)]


def empty() -> dict:
    """Nothing filled at all."""
    return content({"declaration": {}, "employer_review": {}, "pre_publicity": {}, "post_publicity": {}, "compose_batch": {}}) | {"photos": {}}


def overfull() -> dict:
    """Every text at its longest, every table at its longest, rare characters in the name."""
    found = full()
    forms = {key: dict(answers) for key, answers in found["form"].items()}
    for key, answers in forms.items():
        _stretch(form(key), answers)
    forms["declaration"] |= {"name": "买买提·艾力䶮𠮷㛃", "application_type": "exceptional", "exceptional_type": "achievement", "exam_needed": True}
    return content(forms, vars=found["vars"], cases=found["cases"], members=members(120), revisions=REVISIONS * 12)


def _stretch(stretched, answers: dict) -> None:
    for field in stretched.fields():
        if field.type == "table":
            rows = answers.get(field.key) or [{}]
            answers[field.key] = [_long_row(field, rows[n % len(rows)]) for n in range(min(field.max_rows or 12, 12))]
        elif field.type in ("text", "long_text") and not (field.pattern or field.format or field.generated):
            answers[field.key] = _text(field.max_length or 100)


def _long_row(field, row: dict) -> dict:
    texts = {c.key: _text(c.max_length or 60) for c in field.all_columns() if c.type in ("text", "long_text") and not c.format}
    dates = {c.key: "2020-03-01" for c in field.all_columns() if c.type == "date"}
    return {**dates, **row, **texts}


def _text(length: int) -> str:
    sentence = "主持研制高精度谐波减速器（GB/T 30819-2014）关键工艺，单件成本下降12.5%，获《深圳市科技进步奖》；Supercalifragilisticexpialidocious-2026。"
    return (sentence * (length // len(sentence) + 1))[:length]


def listed(count: int) -> dict:
    """What a list over cases sees: as many people, of two review years when there are many."""
    def one(n: int) -> dict:
        words = {"name": RARE_NAMES[n % 5] if n < 10 else f"张某{n}", "work_unit": ORGANISATIONS["org:acme"] + ("（第一研发中心精密传动研究所）" if n % 7 == 3 else ""),
                 "review_year": "2026年度" if n < 70 else "2025年度", "requested_series": "工程系列", "requested_specialty": "机械", "requested_level": "副高"}
        return {"number": str(n), "starter": words["name"], "labels": {"declaration": words}}

    asked = {"started": "2026年4月1日", "ended": "2026年4月8日", "contact": "陈晓", "phone": "0755-26881234", "postcode": "518000", "address": ""}
    return {"cases": [one(n) for n in range(count)], "asked": asked, "organisation": ORGANISATIONS["org:acme"], "today": "2026-03-31",
            "paper": {"number": "", "version": 0, "code": "7K3F-9Q2M", "name": ""}}


def sitting(applicants: int) -> dict:
    """What the papers of a sitting see: experts, two of them absent, and as many applicants; one just fails."""
    names = [RARE_NAMES[n] if n < 5 else f"申报人{n + 1:02d}" for n in range(applicants)]
    people = [{"ref": f"person:e{n}", "name": name} for n, name in enumerate("方国栋 石佩兰 梁启明 何䶮 𠮷田一郎 周敏 赵静 孙立 钱峰".split())]
    results = [{"case": f"00120260302{n:08d}", "name": name, "attending": 7, "yes": 4 if n % 4 == 1 else 6, "no": 2 if n % 4 == 1 else 0, "abstain": 1,
                "members": 9, "passed": n % 4 != 1} for n, name in enumerate(names)]
    found = content({}, vars={
        "people": people, "present_people": people[:7], "members": 9, "present": 7, "cases": [one["case"] for one in results], "results": results,
        "paper_rows": [{"case": one["case"], "name": one["name"], "attending": 7} for one in results], "held_on": "2026-05-20", "place": "深圳市民中心B区3楼会议室"})
    committee = "深圳市工程系列高级职称评审委员会（2026年度）"
    return found | {"labels": {"plan_sitting": {"title": "工程系列2026年度第一次评审会"}, "sitting_start": {"committee": committee},
                               "hold_sitting": {"chair": "方国栋（主任委员）", "recorder": "陈晓"}, "sign_minutes": {}}}


# name of the picture -> (report, content): what is looked at and approved.
PAPERS = {
    **{f"{report}-full": (report, full) for report in (
        "personal_commitment", "applicant_register", "exceptional_recommendation", "employer_commitment", "pre_publicity", "post_publicity",
        "payment_notice", "batch_document", "batch_roll", "batch_revisions", "approval_document")},
    "batch_roll-many": ("batch_roll", lambda: full() | {"members": members(120)}),
    **{f"{report}-empty": (report, empty) for report in (
        "personal_commitment", "applicant_register", "exceptional_recommendation", "pre_publicity", "payment_notice")},
    **{f"{report}-overfull": (report, overfull) for report in (
        "personal_commitment", "applicant_register", "exceptional_recommendation", "employer_commitment", "pre_publicity")},
    **{f"{report}-{kind}": (report, lambda count=count: sitting(count)) for report in ("sitting_tally", "sitting_minutes", "paper_ballot")
       for kind, count in (("few", 4), ("many", 60))},
    "pre_publicity_list-one": ("pre_publicity_list", lambda: listed(1)),
    "pre_publicity_list-many": ("pre_publicity_list", lambda: listed(90)),
    "post_publicity_list-some": ("post_publicity_list", lambda: listed(5)),
}


def drawn(name: str) -> rendering.Report:
    """One of PAPERS."""
    report, make = PAPERS[name]
    return rendering.render_report(procedure().reports[report].template, make())


def pictures(pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages in grey."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[n].render(scale=dpi / 72).to_pil().convert("L") for n in range(len(document))]
