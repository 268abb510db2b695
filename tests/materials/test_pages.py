"""The pages around files: catalogue, choosing from the library, ordering, cutting, and who may open what."""
import io

import pytest
from PIL import Image

from app import materials
from app.operations import reading
from app.store import session
from app.store.models import Draft
from tests.connectors.procedures import HEAD
from tests.materials.test_materials import pdf, picture
from tests.support import builders

FORM = """title: 申请
sections:
  - key: papers
    title: 材料
    layout: catalogue
    fields:
      - {key: face, type: photo, label: 照片, personal: biometric, photo_width: 295, photo_height: 413, required: true}
      - {key: proof, type: file, label: 成果证明, accept: [pdf], max_files: 5, description: 加盖公章的扫描件, sample: proof.txt, for_rows: {works: row.big == true}}
      - {key: identity, type: file, label: 证件, accept: [pdf, jpg], max_files: 2, personal: identity}
  - key: works
    title: 成果
    fields:
      - key: works
        type: table
        label: 成果
        max_rows: 5
        columns:
          - {key: title, type: text, label: 名称}
          - {key: big, type: yes_no, label: 代表作}
"""
REMARK = "title: 意见\nsections:\n  - {key: s, title: 意见, fields: [{key: remark, type: text, label: 意见}]}\n"
ROLES = "asker: {name: 申请人, scope: person}\njudge: {name: 专家, scope: none, masked: true}\nclerk: {name: 经办, scope: none}\n"


def _properties(**values: str) -> str:
    inner = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


DIAGRAM = f"""{HEAD}<bpmn:process id="papers" name="申请" isExecutable="true">{_properties(casePrefix="092", starters="*", stages="办理")}
<bpmn:laneSet id="lanes"><bpmn:lane id="own" name="申请人">{_properties(role="asker", scope="case.starter")}<bpmn:flowNodeRef>begin</bpmn:flowNodeRef><bpmn:flowNodeRef>fill</bpmn:flowNodeRef></bpmn:lane>
<bpmn:lane id="judges" name="专家">{_properties(role="judge")}<bpmn:flowNodeRef>judge</bpmn:flowNodeRef></bpmn:lane>
<bpmn:lane id="clerks" name="经办">{_properties(role="clerk")}<bpmn:flowNodeRef>file</bpmn:flowNodeRef><bpmn:flowNodeRef>over</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begin"/><bpmn:userTask id="fill" name="填写" camunda:formKey="request">{_properties(stage="办理")}</bpmn:userTask>
<bpmn:userTask id="judge" name="评审" camunda:formKey="remark">{_properties(stage="办理")}</bpmn:userTask>
<bpmn:userTask id="file" name="归档" camunda:formKey="remark">{_properties(stage="办理")}</bpmn:userTask><bpmn:endEvent id="over" name="办结"/>
<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="fill"/><bpmn:sequenceFlow id="f2" sourceRef="fill" targetRef="judge"/>
<bpmn:sequenceFlow id="f3" sourceRef="judge" targetRef="file"/><bpmn:sequenceFlow id="f4" sourceRef="file" targetRef="over"/>
</bpmn:process></bpmn:definitions>"""


def photo() -> bytes:
    return picture(size=(295, 413))


@pytest.fixture
def case(app, clock):
    bundle = builders.bundle_from(DIAGRAM, name="papers", roles=ROLES, forms={"request": FORM, "remark": REMARK},
                                  **{"forms/papers/samples/proof.txt": "范本"})
    builders.publish(bundle, demo=False, clock=clock)
    for name, *roles in (("li", "asker"), ("wang", "asker"), ("expert", "judge"), ("clerk", "clerk")):
        builders.person(name, *roles, clock=clock)
    return builders.start_case("papers", "li", clock=clock)


@pytest.fixture
def task(case):
    return f"/tasks/{builders.open_task(case).id}"


@pytest.fixture
def li(app, case):
    return signed_in(app, "li")


def signed_in(app, person):
    client = app.test_client()
    builders.sign_in(client, person)
    client.environ_base["HTTP_X_CSRFTOKEN"] = builders.csrf_token(client)
    return client


def upload(client, task, field, *files, part="papers"):
    draft = session().query(Draft).one_or_none()
    there = {key: value for key, value in (draft.data if draft else {}).items() if key in ("face", "proof", "identity") and value}
    return client.post(f"{task}?part={part}", data=there | {"version": "", "do": f"upload:{field}", f"upload.{field}": [
        (io.BytesIO(data), name) for name, data in files]}, content_type="multipart/form-data")


def saved(field):
    return session().query(Draft).one().data.get(field)


def test_the_catalogue_says_what_is_asked_and_what_there_is(li, task):
    page = li.get(f"{task}?part=papers").text
    assert "查看要求" in page and "加盖公章的扫描件" in page and "下载范本" in page and page.count("暂未上传") == 3
    assert 'state state-bad">暂未上传' in page, "what must be there is red (S1-117)"
    upload(li, task, "proof", ("成果1.pdf", pdf()), ("成果2.pdf", pdf(2)))
    page = li.get(f"{task}?part=papers").text
    assert "已上传：2" in page and "材料排序" in page and "从资料库选用" in page
    answer = li.get(f"{task}/files/proof/sample")
    assert answer.data.decode() == "范本" and "attachment" in answer.headers["Content-Disposition"]


def test_a_proof_names_the_rows_that_demand_it_and_leads_to_them(li, task):  # D-70
    for title, big in (("桥梁设计", "true"), ("路面", "false")):
        li.post(f"{task}/rows/works/new", data={"row.title": title, "row.big": big, "do": "save", "version": ""})
    page = li.get(f"{task}?part=papers").text
    assert f'<a href="{task}/rows/works/0">桥梁设计</a>' in page and "路面" not in page


def test_a_file_of_the_library_is_used_again_and_only_what_fits_is_offered(li, task, clock):  # S1-116, S1-126
    fits = materials.store_upload(pdf(), "旧证明.pdf", owner="li", clock=clock)
    materials.store_upload(picture(), "照片.jpg", owner="li", clock=clock)
    strange = materials.store_upload(pdf(3), "别人的.pdf", owner="wang", clock=clock)
    page = li.get(f"{task}/files/proof").text
    assert "旧证明.pdf" in page and "照片.jpg" not in page and "别人的" not in page and "（1）" in page
    assert li.post(f"{task}/files/proof", data={"material": [strange.id]}).status_code == 404
    assert li.post(f"{task}/files/proof", data={"material": [fits.id]}).status_code == 303
    (used,) = saved("proof")
    assert used != fits.id, "the application has its own reference"
    kept = next(k for k in materials.library_of("li") if k.material.name == "旧证明.pdf")
    assert kept.used_in and "已用于" in li.get("/materials").text
    materials.remove_material(fits.id, owner="li", clock=clock)
    assert li.get(f"/materials/{used}").status_code == 200, "D-79"


def test_a_local_file_may_be_chosen_on_the_same_page_and_a_wrong_one_is_refused_with_the_reason(li, task):
    page = li.post(f"{task}/files/proof", data={"tab": "local", "file": (io.BytesIO(picture()), "a.jpg")},
                   content_type="multipart/form-data", follow_redirects=True).text
    assert "只能上传 PDF" in page
    li.post(f"{task}/files/proof", data={"file": (io.BytesIO(pdf()), "b.pdf")}, content_type="multipart/form-data")
    assert len(saved("proof")) == 1


def test_one_refused_file_takes_none_of_the_others_along(li, task):
    files = [(io.BytesIO(pdf()), "一.pdf"), (io.BytesIO(picture()), "二.jpg"), (io.BytesIO(pdf()), "三.pdf")]
    page = li.post(f"{task}/files/proof", data={"tab": "local", "file": files}, content_type="multipart/form-data", follow_redirects=True).text
    assert "只能上传 PDF" in page and len(saved("proof")) == 2


def test_files_are_put_in_order_with_buttons_alone(li, task):  # S1-119, D-80
    upload(li, task, "proof", *((f"{n}.pdf", pdf(n)) for n in (1, 2, 3)))
    first, second, third = saved("proof")
    page = li.post(f"{task}/files/proof/order", data={"material": [first, second, third], "do": f"top:{third}"}).text
    assert page.index("3.pdf") < page.index("1.pdf") and saved("proof") == [first, second, third], "nothing is kept before 确定"
    li.post(f"{task}/files/proof/order", data={"material": [third, first, second], "do": "save"})
    assert saved("proof") == [third, first, second]
    li.post(f"{task}/files/proof/order", data={"material": [second, "strange"], "do": "save"})
    assert saved("proof") == [second, third, first], "what the page does not name is not lost"


def test_a_photo_that_breaks_a_rule_is_kept_said_and_cut_in_one_go(li, task):  # D-77
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(out, "JPEG", quality=30)
    upload(li, task, "face", ("IMG.jpg", out.getvalue()))
    page = li.get(f"{task}?part=papers").text
    assert "照片是 4000×3000，要求竖向 295×413" in page and f"{task}/files/face/crop" in page
    assert li.post(f"{task}/files/face/crop", data={"where": "top"}).status_code == 303
    assert "照片是" not in li.get(f"{task}?part=papers").text
    cut = session().get(materials.Material, saved("face"))
    assert (cut.width, cut.height) == (295, 413) and cut.size <= 500 * 1024


def test_a_photo_that_breaks_a_rule_cannot_be_submitted(li, task, case):
    upload(li, task, "face", ("quer.jpg", picture(size=(413, 294))))
    answer = li.post(f"{task}?part=works", data={"do": "decide:submit", "version": ""})
    assert answer.status_code == 422 and "照片是 413×294" in answer.text


def test_who_reads_masked_opens_no_file_that_says_who_somebody_is(app, li, task, case, clock):
    upload(li, task, "face", ("李雷.jpg", photo()))
    upload(li, task, "proof", ("成果.pdf", pdf()))
    upload(li, task, "identity", ("李雷身份证.pdf", pdf(2)))
    draft = dict(session().query(Draft).one().data)
    expert = signed_in(app, "expert")
    assert expert.get(f"/materials/{draft['proof'][0]}").status_code == 404, "not handed in yet"
    builders.complete(case, "fill", "li", draft, clock=clock)
    assert expert.get(f"/materials/{draft['proof'][0]}").status_code == 200
    for hidden in (draft["face"], draft["identity"][0]):
        for way in ("", "/preview", "/thumbnail"):
            assert expert.get(f"/materials/{hidden}{way}").status_code == 404
    page = expert.get(f"/cases/{case.id}/materials").text
    assert "成果.pdf" in page and "含个人信息，不向您开放" in page and "李雷身份证" not in page
    form = expert.get(f"/cases/{case.id}/form?key=request").text
    assert "含个人信息，不向您开放" in form and draft["face"] not in form and "李雷身份证" not in form
    builders.complete(case, "judge", "expert", {"remark": "好"}, clock=clock)
    assert signed_in(app, "clerk").get(f"/materials/{draft['identity'][0]}").status_code == 200
    assert li.get(f"/materials/{draft['identity'][0]}").status_code == 200
    assert reading.reads_masked(case, builders.actor("expert"))


def test_the_files_of_a_case_are_shown_one_after_the_other(app, li, task, case, clock):
    upload(li, task, "face", ("照片.jpg", photo()))
    upload(li, task, "proof", ("一.pdf", pdf()), ("二.pdf", pdf(2)))
    draft = dict(session().query(Draft).one().data)
    builders.complete(case, "fill", "li", draft, clock=clock)
    page = li.get(f"/cases/{case.id}/materials?file={draft['proof'][0]}").text
    assert f'src="/materials/{draft["proof"][0]}/preview"' in page and "上一个文件" in page and "下一个文件" in page and "2/3" in page


def test_the_library_is_searched_filtered_and_filled(li, task, clock):  # S1-127
    li.post("/materials", data={"file": [(io.BytesIO(pdf()), "学历.pdf"), (io.BytesIO(b"no"), "坏.exe"), (io.BytesIO(picture()), "照.jpg")]},
            content_type="multipart/form-data")
    page = li.get("/materials").text
    assert "学历.pdf" in page and "未使用" in page and "本地上传" in page and "“坏.exe”没有上传" in page
    assert "照.jpg" not in li.get("/materials?kind=pdf").text and "学历.pdf" not in li.get("/materials?q=照").text
    assert "没有符合条件的文件" in li.get("/materials?used=yes").text
    assert li.get("/materials?kind=exe").status_code == 404


def test_a_damaged_file_is_refused_and_counted(app, li, clock):  # E-09
    kept = materials.store_upload(pdf(), "a.pdf", owner="li", clock=clock)
    from tests.materials.test_materials import stored_files
    stored_files(app)[0].write_bytes(b"altered")
    answer = li.get(f"/materials/{kept.id}")
    assert answer.status_code == 500 and "损坏" in answer.text
    assert 'pingshen_refusals_total{code="blob-damaged"} 1.0' in li.get("/metrics").text


def test_beside_their_own_form_a_masked_reader_sees_the_same_files_and_no_others(app, li, task, case, clock):
    upload(li, task, "face", ("李雷.jpg", photo()))
    upload(li, task, "proof", ("成果.pdf", pdf()))
    draft = dict(session().query(Draft).one().data)
    builders.complete(case, "fill", "li", draft, clock=clock)
    address = f"/tasks/{builders.open_task(case).id}?show=materials&file="
    expert = signed_in(app, "expert")
    page = expert.get(address + draft["proof"][0]).text
    assert f'src="/materials/{draft["proof"][0]}/preview"' in page and "含个人信息，不向您开放" in page and "李雷.jpg" not in page
    assert f'src="/materials/{draft["face"]}' not in expert.get(address + draft["face"]).text
