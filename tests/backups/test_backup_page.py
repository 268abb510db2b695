"""The page of backups: empty, with alarms, with many records; for the auditor and the administrator; nothing for axe, nothing sideways."""
import threading
from datetime import timedelta

import pytest
from werkzeug.serving import make_server

from app.backups.models import BackupRun
from app.store import session, transaction
from tests.support import builders
from tests.whole.looking import Looks
from tests.whole.visitors import PHONE

DESK = {"width": 1024, "height": 768}


def keep(clock, kind: str, state: str = "done", **further) -> None:
    with transaction():
        session().add(BackupRun(**{"kind": kind, "state": state, "at": clock(), "point_at": clock(), "seconds": 12.34, "size": 3_200_000, "events": 80_123,
                                   "files": 2000, "place": "/backups/20260302T010000Z.backup", "detail": {"cases": 100}} | further))


@pytest.fixture
def people(clock, app):
    for who in ("auditor", "administrator"):
        builders.person(who, who, clock=clock)
    builders.person("stranger", clock=clock)


def test_it_says_what_is_missing_and_is_calm_when_nothing_is(client, clock, people):
    builders.sign_in(client, "auditor")
    assert "还没有备份。" in client.get("/audit/backups").text
    for kind in ("backup", "drill"):
        keep(clock, kind)
    calm = client.get("/audit/backups").text
    assert "演练通过" in calm and "80123 个事件" in calm and "3.2 MB" in calm
    clock.move_to(clock() + timedelta(hours=1))
    keep(clock, "drill", "failed", words="私钥与备份不相配")
    assert "最近一次恢复演练没有通过：私钥与备份不相配" in client.get("/audit/backups").text


def test_it_goes_through_a_thousand_records_page_by_page(client, clock, people):
    with transaction():
        session().add_all(BackupRun(kind="backup", state="done", at=clock(), place=f"/b/{number}.backup", detail={"cases": 1}) for number in range(1000))
    builders.sign_in(client, "administrator")
    first = client.get("/audit/backups?kind=backup").text
    assert "/b/999.backup" in first and "/b/949.backup" not in first and "cursor=951" in first and "kind=backup" in first
    assert "/b/949.backup" in client.get("/audit/backups?kind=backup&cursor=951").text
    assert "还没有记录" in client.get("/audit/backups?kind=drill").text


def test_it_can_be_read_at_a_desk_and_on_a_phone(app, clock, people, chromium):
    keep(clock, "backup")
    keep(clock, "backup", "incomplete", words="有 2 个文件已丢失或损坏，未能备份")
    keep(clock, "drill", "failed", words="备份不能用：内容已损坏或不完整。")
    keep(clock, "rollback", "failed", point_at=None, events=0, files=0, place="",
         words="外部锚点记录的事件中，有 12 个不在数据库里，写于 2026-03-02 09:00:00 至 2026-03-02 09:30:00 之间，涉及 3 件：9012026030100000001、9012026030100000002、#17")
    keep(clock, "restore", words="与外部锚点一致，没有缺失")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(locale="zh-CN", viewport=DESK, base_url=f"http://127.0.0.1:{server.server_port}")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/sign-in")
    page.fill("input[name=account]", "auditor")
    page.fill("input[name=password]", builders.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert page.goto("/audit/backups").status == 200
    faults = []
    for size in (DESK, PHONE):
        looks = Looks(size)
        looks.at(page, "backups")
        faults += looks.faults
    context.close()
    server.shutdown()
    assert faults == []
