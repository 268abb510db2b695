"""What the service refuses to start with: settings that are unsafe or cannot work, each with its reason and the way out.

`create_app` calls `check_settings` before anything is opened and `check_store` once the database is bound (B-11).
"""
from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from app.config import SETTINGS
from app.errors import SettingRefused
from app.rendering.fonts import FONT_DIR, FontMissing, find_fonts
from app.store import session

Finding = tuple[str, str]  # setting, reason
MODES = ("local", "production", "test")
SHORTEST_KEY = 32  # characters
VIEWINGS_LEAST = 183  # days: logs of access are kept at least six months
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs", "fuse.glusterfs", "lustre"})
MOUNTS = Path("/proc/mounts")
SINKS = ("file:/", "https://", "http://", "rfc3161:https://", "rfc3161:http://")  # what an address of ANCHOR_SINKS begins with
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class SettingsRefused(SettingRefused):
    """服务没有启动，以下设置需要修改：
{why}"""


def check_settings(app: Flask) -> None:
    """Raises SettingsRefused listing every unsafe or impossible setting; `.findings` has (setting, reason)."""
    _refuse([*_always(app.config), *(_in_production(app) if app.config["MODE"] == "production" else ())])


def check_store(app: Flask) -> None:
    """Raises SettingsRefused when the database does not give what the service relies on (B-11)."""
    with app.app_context():
        _refuse(list(store_findings()))
        session().remove()


def store_findings() -> Iterator[Finding]:
    """What the open database does not guarantee, read from the connection itself and not from our settings."""
    if session().get_bind().dialect.name == "sqlite":
        wanted = {"journal_mode": ("wal",), "synchronous": (2, 3), "foreign_keys": (1,)}
        read = {name: session().execute(sa.text(f"PRAGMA {name}")).scalar() for name in wanted}
    else:
        wanted = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}
        read = {name: session().execute(sa.text(f"SHOW {name}")).scalar() for name in wanted}
    for name, accepted in wanted.items():
        if read[name] not in accepted:
            yield "DATABASE_URL", f"数据库的 {name} 是 {read[name]}，须为 {accepted[0]}，否则断电会丢失已办结的事项"


def _refuse(findings: list[Finding]) -> None:
    if findings:
        why = "\n".join(f"  {setting}：{reason}" for setting, reason in findings)
        raise SettingsRefused(setting="、".join(dict.fromkeys(name for name, _ in findings)), why=why, findings=findings)


def _always(settings) -> Iterator[Finding]:
    if settings["MODE"] not in MODES:
        yield "MODE", f"只能是 {'、'.join(MODES)}，不能是 {settings['MODE']}"
    if settings["CRASHPOINT"] and settings["MODE"] != "test":
        yield "CRASHPOINT", "会让进程自杀，只能在 MODE=test 时使用"
    for name in ("VAR", "KEYS", "ANCHORS"):
        if not os.access(settings[name], os.W_OK | os.X_OK):
            yield name, f"目录 {settings[name]} 不可写，请建立目录并把它交给运行服务的用户"
    yield from _readable_keys(Path(settings["KEYS"]))
    yield from _database(settings)
    yield from _ranges(settings)
    if settings["MODE"] != "test":
        yield from font_findings(FONT_DIR)


def _readable_keys(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield "KEYS", f"密钥文件 {path} 可被其他用户读取，请执行 chmod 600 {path}"


def _database(settings) -> Iterator[Finding]:
    path = sqlite_path(settings)
    if path is None:
        return
    kind = file_system_of(path.parent, MOUNTS)
    if kind in NETWORK:
        yield "DATABASE_URL", f"SQLite 不能放在网络文件系统（{path.parent} 是 {kind}）上，请放在本机磁盘，或改用 PostgreSQL"
    if not os.access(path.parent, os.W_OK):
        yield "DATABASE_URL", f"目录 {path.parent} 不可写"


def _ranges(settings) -> Iterator[Finding]:
    for name in ("WRONG_PASSWORDS", "LOCK_MINUTES", "SESSION_HOURS", "WEB_THREADS", "UPLOAD_LIMIT", "SWEEP_EVERY", "LOCK_TIMEOUT"):
        if settings[name] <= 0:
            yield name, f"必须大于 0，现在是 {settings[name]}"
    yield from _proof(settings)
    if not 1 <= settings["ANCHOR_EVERY"] <= 60:
        yield "ANCHOR_EVERY", "须在 1 到 60 秒之间：更久的话，被截断的记录可能超过一分钟"
    if settings["VIEWINGS_KEPT"] < VIEWINGS_LEAST:
        yield "VIEWINGS_KEPT", f"查阅记录至少保留 {VIEWINGS_LEAST} 天（六个月）"
    if settings["PURPOSE_ASKED"] not in ("auditors", "uninvolved", "never"):
        yield "PURPOSE_ASKED", f"只能是 auditors、uninvolved 或 never，不能是 {settings['PURPOSE_ASKED']}"
    if not re.match(r"https?://[^/]+", settings["PUBLIC_URL"]):
        yield "PUBLIC_URL", f"{settings['PUBLIC_URL']} 不是网址"
    if settings["GATEWAY_SECRET_OLD"] and not _instant(settings["GATEWAY_SECRET_OLD_UNTIL"]):
        yield "GATEWAY_SECRET_OLD_UNTIL", "须写明旧密钥到何时为止，带时区，例如 2026-12-01T00:00:00+08:00"


def _proof(settings) -> Iterator[Finding]:
    """How events and heads are hashed, signed and sent."""
    if settings["HASH"] not in ("sha256", "sm3"):
        yield "HASH", f"只能是 sha256 或 sm3，不能是 {settings['HASH']}"
    if settings["HEAD_SIGNER"] not in ("ed25519", "sm2-sm3") and not settings["HEAD_SIGNER"].startswith("command:"):
        yield "HEAD_SIGNER", f"只能是 ed25519、sm2-sm3 或 command:程序，不能是 {settings['HEAD_SIGNER']}"
    for address in settings["ANCHOR_SINKS"].split():
        if not address.startswith(SINKS):
            yield "ANCHOR_SINKS", f"须以 {'、'.join(SINKS)} 之一开头，不能是 {address}"


def _instant(text: str) -> bool:
    """Whether a text is an ISO 8601 instant with a zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def font_findings(folder: Path) -> Iterator[Finding]:
    """A finding when the fonts of PDF reports are not in the folder: better now than at the first report."""
    try:
        find_fonts(folder)
    except FontMissing as error:
        yield "fonts", error.message


def _in_production(app: Flask) -> Iterator[Finding]:
    settings = app.config
    if len(settings["SECRET_KEY"]) < SHORTEST_KEY:
        yield "SECRET_KEY", f"至少 {SHORTEST_KEY} 个字符；可用 python -c 'import secrets; print(secrets.token_hex(32))' 生成"
    if settings["GATEWAY_SECRET"] == DEFAULTS["GATEWAY_SECRET"]:
        yield "GATEWAY_SECRET", "还是演示用的默认值，任何人都能伪造支付通知"
    if settings["GATEWAY_MERCHANT"] == DEFAULTS["GATEWAY_MERCHANT"]:
        yield "GATEWAY_MERCHANT", "还是演示用的商户号"
    for name in ("GATEWAY_URL", "LOOKUP_URL"):
        if settings[name] == DEFAULTS[name]:
            yield name, "还指向演示用的沙箱"
    if settings["OIDC_ISSUER"] and settings["OIDC_CLIENT_SECRET"] == DEFAULTS["OIDC_CLIENT_SECRET"]:
        yield "OIDC_CLIENT_SECRET", "还是演示用的默认值"
    if settings["OIDC_ISSUER"] and not settings["OIDC_ISSUER"].startswith("https://"):
        yield "OIDC_ISSUER", f"须为 https:// 开头的网址，现在是 {settings['OIDC_ISSUER']}"
    if not settings["MAIL_URL"]:
        yield "MAIL_URL", "没有邮件服务器，注册和找回密码的验证码都发不出去"
    if not settings["PUBLIC_URL"].startswith("https://"):
        yield "PUBLIC_URL", f"须为 https:// 开头的网址，现在是 {settings['PUBLIC_URL']}"
    if app.debug:
        yield "DEBUG", "调试模式会向访问者显示源代码"
    yield from _keys_apart(settings)


def _keys_apart(settings) -> Iterator[Finding]:
    keys, database = Path(settings["KEYS"]).resolve(), sqlite_path(settings)
    if keys.is_dir() and keys.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield "KEYS", f"目录 {keys} 可被其他用户读取，请执行 chmod 700 {keys}"
    if database is not None and keys.is_relative_to(database.parent.resolve()):
        yield "KEYS", f"不能放在数据库目录 {database.parent} 之下：备份数据库会把密钥一起带走，得到备份的人就能改写记录"


def sqlite_path(settings) -> Path | None:
    """The file of an SQLite database; None for other databases and for one in memory."""
    url = make_url(settings["DATABASE_URL"])
    in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(url.database) if in_file else None


def file_system_of(folder: Path, mounts: Path) -> str:
    """The type of the file system a folder lies on, by the longest mount point above it; "" where there is no such table."""
    if not mounts.exists():
        return ""
    folder, best, kind = folder.resolve(), -1, ""
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _device, point, type_, *_rest = line.split(" ")
        point = point.replace("\\040", " ")
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), type_
    return kind
