"""What the service refuses to start with, each with its reason (B-11 and the unsafe defaults of production)."""
import os

import pytest

from app import checks, config
from app.errors import SettingRefused
from tests.support.builders import make_app

SAFE = {
    "MODE": "production", "SECRET_KEY": "s" * 32, "GATEWAY_SECRET": "g" * 32, "GATEWAY_MERCHANT": "m-1",
    "GATEWAY_URL": "https://pay.example", "LOOKUP_URL": "https://registers.example", "PUBLIC_URL": "https://title.example",
    "MAIL_URL": "smtps://mail.example",
}


class Settings:
    """Only what `check_settings` reads of an app."""

    def __init__(self, folder, debug=False, **changes):
        own = {"VAR": str(folder / "var"), "KEYS": str(folder / "keys"), "ANCHORS": str(folder / "anchors")}
        self.config = config.all_settings(own | changes)
        self.debug = debug
        config.prepare_folders(self.config)


def refused(settings) -> dict:
    try:
        checks.check_settings(settings)
    except SettingRefused as error:
        return dict(error.findings)
    return {}


def test_safe_settings_are_accepted(tmp_path):
    assert refused(Settings(tmp_path, **SAFE)) == {}


def test_the_defaults_of_one_machine_are_accepted_locally(tmp_path):
    assert refused(Settings(tmp_path)) == {}


def test_all_that_is_unsafe_in_production_is_listed_at_once(tmp_path):
    found = refused(Settings(tmp_path, MODE="production"))
    assert set(found) == {"SECRET_KEY", "GATEWAY_SECRET", "GATEWAY_MERCHANT", "GATEWAY_URL", "LOOKUP_URL", "PUBLIC_URL", "MAIL_URL"}


@pytest.mark.parametrize("name,value", [
    ("SECRET_KEY", ""), ("SECRET_KEY", "short"), ("GATEWAY_SECRET", "sandbox-secret"), ("PUBLIC_URL", "http://title.example"),
    ("CRASHPOINT", "before-commit"), ("ANCHOR_EVERY", 3600), ("WRONG_PASSWORDS", 0), ("SESSION_HOURS", -1),
])
def test_one_unsafe_setting_refuses_the_start_and_is_named(name, value, tmp_path):
    assert set(refused(Settings(tmp_path, **SAFE | {name: value}))) == {name}


def test_an_old_gateway_secret_needs_an_end_with_a_zone(tmp_path):
    assert list(refused(Settings(tmp_path, GATEWAY_SECRET_OLD="o", GATEWAY_SECRET_OLD_UNTIL="2026-12-01"))) == ["GATEWAY_SECRET_OLD_UNTIL"]
    checks.check_settings(Settings(tmp_path, GATEWAY_SECRET_OLD="o", GATEWAY_SECRET_OLD_UNTIL="2026-12-01T00:00:00+08:00"))


def test_debug_is_refused_in_production(tmp_path):
    assert set(refused(Settings(tmp_path, debug=True, **SAFE))) == {"DEBUG"}


def test_an_unknown_mode_is_refused(tmp_path):
    assert set(refused(Settings(tmp_path, MODE="prod"))) == {"MODE"}


def test_crashpoints_are_for_tests_only(tmp_path):
    assert set(refused(Settings(tmp_path, CRASHPOINT="after-commit"))) == {"CRASHPOINT"}
    assert refused(Settings(tmp_path, MODE="test", CRASHPOINT="after-commit")) == {}


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    settings = Settings(tmp_path)
    key = tmp_path / "keys" / "events-1"
    key.write_bytes(b"k" * 32)
    key.chmod(0o640)
    assert "chmod 600" in refused(settings)["KEYS"]
    key.chmod(0o600)
    assert refused(settings) == {}


def test_keys_beside_the_database_are_refused_in_production(tmp_path):
    settings = Settings(tmp_path, **SAFE | {"KEYS": str(tmp_path / "var" / "keys")})
    assert "备份" in refused(settings)["KEYS"]
    assert refused(Settings(tmp_path, **SAFE | {"KEYS": str(tmp_path / "var" / "keys"), "DATABASE_URL": "postgresql+psycopg://h/x"})) == {}


def test_a_key_folder_open_to_others_is_refused_in_production(tmp_path):
    settings = Settings(tmp_path, **SAFE)
    os.chmod(tmp_path / "keys", 0o755)
    assert "chmod 700" in refused(settings)["KEYS"]


@pytest.mark.parametrize("line,kind", [
    ("server:/export {0} nfs4 rw 0 0", "nfs4"), ("//server/share {0} cifs rw 0 0", "cifs"), ("/dev/sda1 {0} ext4 rw 0 0", "ext4"),
])
def test_the_file_system_is_that_of_the_nearest_mount(line, kind, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("overlay / overlay rw 0 0\n" + line.format(tmp_path) + "\n" + f"x {tmp_path}x tmpfs rw 0 0\n")
    (tmp_path / "data").mkdir()
    assert checks.file_system_of(tmp_path / "data", mounts) == kind
    assert checks.file_system_of(tmp_path.parent, mounts) == "overlay"


def test_a_database_on_a_network_file_system_is_refused(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(checks, "MOUNTS", mounts)
    assert "网络文件系统" in refused(Settings(tmp_path))["DATABASE_URL"]


def test_missing_fonts_are_found_before_the_first_report(tmp_path):
    assert [name for name, _reason in checks.font_findings(tmp_path)] == ["fonts"]


@pytest.mark.both_stores
def test_the_open_database_gives_what_the_service_relies_on(app):
    assert list(checks.store_findings()) == []


def test_a_connection_that_does_not_wait_for_the_disk_is_refused(app):
    from app.store import session

    session().connection().exec_driver_sql("COMMIT")
    session().connection().exec_driver_sql("PRAGMA synchronous=OFF")
    assert [name for name, _reason in checks.store_findings()] == ["DATABASE_URL"]


def test_an_app_with_refused_settings_is_never_made(tmp_path):
    with pytest.raises(SettingRefused) as caught:
        make_app(tmp_path, MODE="production", SECRET_KEY="short")
    assert "SECRET_KEY" in str(caught.value) and "GATEWAY_SECRET" in str(caught.value)
