"""Nothing secret and no personal number gets into a log (L-02): a canary through every way of logging."""
import json
import logging
import sys

import pytest
import structlog

from app.logs import formatter, scrub, secrets_of

ID_NUMBER, PHONE, TOKEN = "440301199001011234", "13800138000", "pst_" + "a1B2" * 10
SECRET = "canary-of-the-secret-key"
SHARED = [structlog.stdlib.add_log_level]


def logged(level=logging.INFO, message="", *args, exc_info=None, **facts) -> str:
    record = logging.LogRecord("library", level, "file.py", 1, message, args, exc_info)
    if facts:
        record.msg = {"event": message, **facts}
        record._logger, record._name = None, "info"
    return formatter((SECRET,), SHARED).format(record)


@pytest.mark.parametrize("canary", [ID_NUMBER, "44030119900101123X", PHONE, "138 0013 8000", TOKEN, SECRET, f"Bearer {TOKEN}"])
def test_a_canary_in_a_text_is_taken_out(canary):
    for line in (logged(message=f"失败：{canary}。"), logged(logging.INFO, "value %s", canary), logged(message="e", note=f"x={canary}")):
        assert canary not in line
        json.loads(line)


@pytest.mark.parametrize("name", ["password", "new_password", "token", "csrf_token", "Authorization", "Cookie", "answers", "ballot", "id_number", "email"])
@pytest.mark.parametrize("held", ["canary", {"deep": ["canary"]}, ["canary"]])
def test_a_field_with_a_telling_name_is_taken_out_whatever_it_holds(name, held):
    assert "canary" not in logged(message="e", **{name: held})


def test_a_canary_deep_inside_lists_and_mappings_is_taken_out():
    line = logged(message="e", details={"list": [{"who": ID_NUMBER}, (PHONE,)], "n": int(PHONE)})
    assert ID_NUMBER not in line and PHONE not in line


def test_a_canary_in_a_stack_trace_and_in_bound_parameters_is_taken_out():
    try:
        raise ValueError(f"no such person {ID_NUMBER}\n[SQL: INSERT …]\n[parameters: ('李雷', 'my-essay')]\n(Background …)")
    except ValueError:
        line = logged(logging.ERROR, "failed", exc_info=sys.exc_info())
    assert ID_NUMBER not in line and "my-essay" not in line and "李雷" not in line
    assert "ValueError" in line and "INSERT" in line


def test_case_numbers_amounts_times_and_ordinary_words_stay():
    kept = {"number": "0012026030200000017", "amount": 45000, "at": "2026-03-02T09:00:00+08:00", "ok": True, "ms": 1.5, "none": None}
    assert scrub(kept) == kept


def test_secrets_are_found_among_the_settings():
    found = secrets_of({"SECRET_KEY": "k" * 32, "GATEWAY_SECRET": "gate-secret", "DATABASE_URL": "postgresql://u:db-secret@h/x"})
    assert set(found) == {"k" * 32, "gate-secret", "db-secret"}


def test_every_line_of_the_running_service_goes_through_the_filter(app, capfd):
    from app.logs import JsonHandler, get_logger

    handlers = [handler for handler in logging.getLogger().handlers if isinstance(handler, JsonHandler)]
    assert len(handlers) == 1
    handlers[0].setStream(sys.stderr)
    get_logger("any").error("event", note=f"{ID_NUMBER} {app.config['SECRET_KEY']}")
    logging.getLogger("some.library").error("text %s", PHONE)
    written = capfd.readouterr().err
    assert '"event"' in written and "some.library" in written
    assert ID_NUMBER not in written and PHONE not in written and app.config["SECRET_KEY"] not in written
