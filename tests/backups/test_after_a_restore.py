"""G-14, G-17: a database that was put back is noticed; what was paid since is fetched, timers fire once, mails go out once."""
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from app import mail, payments
from app.backups import outside
from app.backups.afterwards import catch_up
from app.backups.making import make_backup
from app.backups.reading import newest, standing
from app.backups.restoring import restore
from app.backups.tending import accept_rollback, back_up_due, drill_due, look_after, look_at_start
from app.clock import PretendClock
from app.errors import BackupRefused
from app.extensions import db
from app.mail import Mail
from app.operations.outbox import drain_outbox
from app.operations.timers import fire_due_timers
from app.payments import PaymentOrder
from app.proof.heads import write_heads
from app.proof.verification import verify_events
from app.store import session, transaction
from app.store.models import Case, Event, Outbox
from tests.backups.vaults import IDENTITY, furnish, work
from tests.connectors.procedures import publish_fees
from tests.faults import desks
from tests.mail.conftest import Mailbox
from tests.payments.gateways import SECRET, running_gateway
from tests.support import builders


def put_old_copy_in_place(app, clock, folder: Path) -> int:
    """What an attacker, or an operator in a hurry, does: an older file over the live one. Returns how many events are gone."""
    write_heads(clock, settled=timedelta())
    path = Path(db.engine.url.database)
    session().remove()
    db.engine.dispose()
    shutil.copyfile(path, folder / "old.db")
    clock.move_to(clock() + timedelta(minutes=10))
    before = session().query(Event).count()
    work(clock)
    write_heads(clock, settled=timedelta())
    gone = session().query(Event).count() - before
    session().remove()
    db.engine.dispose()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copyfile(folder / "old.db", path)
    return gone


def test_an_old_copy_over_the_live_database_is_noticed_and_health_is_red(app, clock, client, tmp_path):
    furnish(app, clock)
    assert client.get("/health/ready").json["parts"]["rollback"] == "ok"
    gone = put_old_copy_in_place(app, clock, tmp_path)
    assert look_at_start(app).events == gone
    look_after(clock)
    [run] = session().query(type(newest("rollback"))).filter_by(kind="rollback").all()
    assert f"{gone} 个" in run.words and run.state == "failed"
    assert any("比外部锚点旧" in line for line in standing(clock).alarms)
    session().rollback()
    answer = client.get("/health/ready")
    assert answer.status_code == 503 and f"{gone} events missing" in answer.json["parts"]["rollback"]


def test_a_person_may_accept_the_gap_and_then_it_is_known(app, clock, client, tmp_path):
    furnish(app, clock)
    with pytest.raises(BackupRefused):
        accept_rollback("没有缺失", clock)
    put_old_copy_in_place(app, clock, tmp_path)
    assert accept_rollback("磁盘损坏后放回昨天的文件，已告知各单位", clock).events == 2
    work(clock)
    clock.move_to(clock() + timedelta(minutes=1))
    write_heads(clock)
    assert outside.gap() is None and verify_events() == []
    session().rollback()
    assert client.get("/health/ready").json["parts"]["rollback"] == "ok"


def test_a_timer_that_became_due_meanwhile_fires_once(app, clock, tmp_path):
    furnish(app, clock, cases=0)
    desks.publish(clock)
    builders.start_case("desk", "asker", clock=clock)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    clock.move_to(clock() + timedelta(days=14))
    assert fire_due_timers(clock) == 1
    session().rollback()
    restore(Path(made.place), [IDENTITY], clock=clock, over=True)
    assert [fire_due_timers(clock) for _time in range(2)] == [1, 0]
    assert session().query(Event).filter_by(kind="timer").count() == 1


@pytest.fixture
def mailbox():
    box = Mailbox()
    box.start()
    yield box
    box.stop()


def test_mails_that_went_out_since_the_point_do_not_go_out_again(app, clock, tmp_path, mailbox):
    furnish(app, clock, cases=1)
    app.config["MAIL_URL"] = mailbox.url
    with transaction():
        mail.write(to="li@example.org", subject="一", text="一", clock=clock, key="notice:1:li")
        mail.write(to="li@example.org", subject="二", text="二", clock=clock)
    made = make_backup(tmp_path / "one.backup", clock=clock)
    assert mail.send_waiting(clock) == 2
    session().rollback()
    restore(Path(made.place), [IDENTITY], clock=clock, over=True)
    assert mail.send_waiting(clock) == 0 and len(mailbox.letters) == 2
    assert {row.state for row in session().query(Mail)} == {"sent"}
    with transaction():
        mail.write(to="li@example.org", subject="三", text="三", clock=clock)
    assert mail.send_waiting(clock) == 1


class TestPayments:
    """With the sandbox gateway beside, on the clock of today: the gateway keeps its own time."""

    @pytest.fixture
    def clock(self):
        return PretendClock(datetime.now(timezone.utc))

    @pytest.fixture
    def gateway(self):
        with running_gateway() as (address, orders):
            yield address, orders

    @pytest.fixture
    def app(self, store, clock, tmp_path, gateway):
        made = builders.make_app(tmp_path, store, clock, GATEWAY_SECRET=SECRET, GATEWAY_URL=gateway[0], PUBLIC_URL="http://127.0.0.1:1")
        with made.app_context():
            yield made
            db.session.remove()
            db.engine.dispose()

    def test_what_was_paid_after_the_point_is_fetched_again_and_nothing_is_ordered_twice(self, app, clock, gateway, tmp_path):
        furnish(app, clock, cases=0)
        publish_fees(clock)
        li = builders.person("li", name="李雷", clock=clock)
        builders.start_case("fees", li, clock=clock)
        before_the_order = make_backup(tmp_path / "zero.backup", clock=clock)
        drain_outbox(clock)
        number = session().query(PaymentOrder).one().order_no
        made = make_backup(tmp_path / "one.backup", clock=clock)
        gateway[1].record(number, "paid")
        payments.ask_about(number, clock=clock)
        late = builders.start_case("fees", li, clock=clock)
        drain_outbox(clock)
        unknown = session().query(PaymentOrder).filter_by(case_id=late.id).one().order_no
        gateway[1].record(unknown, "paid")
        session().rollback()

        restore(Path(made.place), [IDENTITY], clock=clock, over=True)
        assert session().query(PaymentOrder).one().state == "open"
        session().rollback()
        assert (catch_up(clock), catch_up(clock)) == (1, 0)
        assert session().query(PaymentOrder).one().state == "paid" and session().query(Case).one().ended_at
        assert [incident.kind for incident in payments.open_incidents()] == ["lost"]
        assert newest("restore").detail["payments"]["moved"] == 1
        session().rollback()

        restore(Path(before_the_order.place), [IDENTITY], clock=clock, over=True)
        assert session().query(Outbox).one().state == "new"
        drain_outbox(clock)
        assert session().query(PaymentOrder).one().order_no == number, "the same request is the same order: the gateway has it once"


def test_the_worker_makes_backups_and_drills_when_they_are_due_and_says_when_they_fail(app, clock, tmp_path):
    furnish(app, clock, cases=1)
    builders.person("boss", "administrator", clock=clock)
    assert back_up_due(clock) is None, "no folder, no backups"
    key = tmp_path / "key"
    key.write_text(str(IDENTITY))
    app.config.update(BACKUP_FOLDER=str(tmp_path / "vault"), BACKUP_EVERY=3600, BACKUP_IDENTITY=str(key))
    assert back_up_due(clock).state == "done" and back_up_due(clock) is None
    assert drill_due(clock).state == "done" and drill_due(clock) is None
    assert standing(clock).alarms == [] and standing(clock).automatic
    clock.move_to(clock() + timedelta(hours=1))
    app.config["BACKUP_RECIPIENTS"] = ""
    assert back_up_due(clock).state == "failed"
    assert any("没有成功" in line for line in standing(clock).alarms)
    clock.move_to(clock() + timedelta(days=20))
    assert [any(word in line for line in standing(clock).alarms) for word in ("没有成功", "已经过了", "没有做过恢复演练")] == [True, True, True]
