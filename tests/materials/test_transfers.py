"""Uploads in pieces (tus): resumed after a break, never half listed, refused early, swept."""
import base64
import hashlib
import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import materials
from app.errors import NotFound
from app.materials import transfers
from app.store import session
from tests.materials.test_materials import pdf
from tests.support import builders

TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def li(app, clock):
    builders.person("li", clock=clock)
    builders.person("wang", clock=clock)
    return signed_in(app, "li")


def signed_in(app, person):
    client = app.test_client()
    builders.sign_in(client, person)
    client.environ_base["HTTP_X_CSRFTOKEN"] = builders.csrf_token(client)
    return client


def begin(client, size, name="证明.pdf", **more):
    facts = {"filename": name, **more}
    told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())
    return client.post("/uploads", headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": told})


def send(client, where, data, offset, **headers):
    return client.patch(where, data=data, headers=PIECE | {"Upload-Offset": str(offset)} | headers)


def parts(app):
    return list((transfers._folder()).glob("*.part"))


def test_a_file_that_breaks_off_at_95_percent_goes_on_and_is_listed_only_when_it_is_whole(app, li):  # E-06, D-78
    data = pdf(3)
    cut = len(data) * 95 // 100
    where = begin(li, len(data)).headers["Location"]
    assert send(li, where, data[:cut], 0).headers["Upload-Offset"] == str(cut)
    assert materials.library_of("li") == []
    assert send(li, where, data[:10], 0).status_code == 409, "a piece that came already is not taken again"
    asked = li.head(where, headers=TUS)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (str(cut), str(len(data)))
    done = send(li, where, data[cut:], cut)
    kept, = materials.library_of("li")
    assert done.status_code == 204 and done.headers["Upload-Material"] == kept.id
    assert (kept.material.name, kept.material.pages, kept.material.size) == ("证明.pdf", 3, len(data))
    assert parts(app) == [] and li.head(where, headers=TUS).headers["Upload-Material"] == kept.id


def test_what_the_file_is_decides_the_whole_file_and_a_refusal_says_why(app, li):
    where = begin(li, 12).headers["Location"]
    answer = send(li, where, b"<html></html"[:12], 0)
    assert answer.status_code == 422 and "PDF、JPG 或 PNG" in answer.json["message"]
    assert materials.library_of("li") == [] and parts(app) == []
    assert li.head(where, headers=TUS).status_code == 404, "it does not get better by going on"


def test_ten_megabytes_exactly_may_come_and_one_byte_more_is_refused_before_it_comes(app, li):  # D-75, part F
    assert begin(li, 10 * 1024 * 1024).status_code == 201
    answer = begin(li, 10 * 1024 * 1024 + 1)
    assert answer.status_code == 413 and "最大 10 MB" in answer.json["message"] and "10,485,761 字节" in answer.json["message"]
    assert begin(li, 0).status_code == 422
    assert len(parts(app)) == 1


def test_a_piece_damaged_on_its_way_is_sent_again(app, li):
    data = pdf()
    where = begin(li, len(data)).headers["Location"]
    good = "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert send(li, where, data[:-1] + b"?", 0, **{"Upload-Checksum": good}).status_code == 460
    assert li.head(where, headers=TUS).headers["Upload-Offset"] == "0"
    assert send(li, where, data, 0, **{"Upload-Checksum": good}).status_code == 204


def test_more_than_was_announced_is_not_taken(app, li):
    where = begin(li, 10).headers["Location"]
    assert send(li, where, b"x" * 11, 0).status_code == 409


def test_nobody_else_sees_or_goes_on_with_it_and_giving_up_leaves_nothing(app, li):  # J-02
    where = begin(li, 10).headers["Location"]
    wang = signed_in(app, "wang")
    assert wang.head(where, headers=TUS).status_code == send(wang, where, b"x", 0).status_code == 404
    assert wang.delete(where, headers=TUS).status_code == 404
    assert li.delete(where, headers=TUS).status_code == 204
    assert parts(app) == [] and li.head(where, headers=TUS).status_code == 404


def test_it_speaks_tus(app, li):
    told = li.options("/uploads").headers
    assert told["Tus-Version"] == "1.0.0" and "creation" in told["Tus-Extension"] and "termination" in told["Tus-Extension"]
    assert li.post("/uploads", headers={"Upload-Length": "5"}).status_code == 412
    where = begin(li, 5).headers["Location"]
    assert li.patch(where, data=b"x", headers=TUS | {"Upload-Offset": "0"}).status_code == 415
    assert li.post("/uploads", headers=TUS).status_code == 400
    assert app.test_client().post("/uploads", headers=TUS | {"Upload-Length": "5"}).status_code == 403, "no token, nobody signed in"


def test_a_broken_upload_is_swept_after_a_day_and_not_before(app, clock):  # E-07
    begun = transfers.begin_transfer("a.pdf", 10, owner="li", clock=clock)
    stray = transfers._folder() / "stray.part"
    stray.write_bytes(b"its row was never written")
    os.utime(stray, (clock().timestamp(),) * 2)
    clock.move_to(clock() + timedelta(hours=23))
    assert transfers.sweep_transfers(clock) == 0 and transfers.offset_of(begun) == 0
    clock.move_to(clock() + timedelta(hours=2))
    assert transfers.sweep_transfers(clock) == 2
    assert parts(app) == [] and session().query(transfers.Transfer).count() == 0


def test_too_many_at_once_and_too_much_in_all_is_said_clearly(app, li, clock):
    app.config["FILES_QUOTA"] = 1
    answer = begin(li, 1024 * 1024 + 1)
    assert answer.status_code == 422 and "1 MB 上限" in answer.json["message"] and "我的资料库" in answer.json["message"]
    app.config["FILES_QUOTA"], app.config["FILES_MOST"] = 500, 1
    materials.store_upload(pdf(), "a.pdf", owner="li", clock=clock)
    assert "最多 1 个" in begin(li, 10).json["message"]
    app.config["FILES_MOST"] = 1000
    for _time in range(transfers.MOST_OPEN):
        assert begin(li, 10).status_code == 201
    assert "同时上传" in begin(li, 10).json["message"]


def test_the_last_piece_twice_makes_one_file(app, li, clock):  # the answer got lost
    data = pdf()
    where = begin(li, len(data)).headers["Location"]
    send(li, where, data, 0)
    transfer = transfers.transfer_of(where.rpartition("/")[2], owner="li", clock=clock)
    assert transfers.finish_transfer(transfer, clock=clock).id == transfer.material_id
    assert len(materials.library_of("li")) == 1


def test_what_another_window_gave_up_while_the_last_piece_came_is_gone_and_breaks_nothing(app, li, clock):
    data = pdf()
    where = begin(li, len(data)).headers["Location"]
    transfer = transfers.transfer_of(where.rpartition("/")[2], owner="li", clock=clock)
    transfers.append_piece(transfer, 0, data)
    session().execute(sa.delete(transfers.Transfer).execution_options(synchronize_session=False))
    transfers.part_of(transfer).unlink()
    with pytest.raises(NotFound):
        transfers.finish_transfer(transfer, clock=clock)
    assert materials.library_of("li") == []
