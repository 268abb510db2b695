"""Every setting of the service, with its default, unit and meaning; the only reader of the environment.

A setting `NAME` is read from the environment variable `PINGSHEN_NAME`, else from the TOML file that
`PINGSHEN_CONFIG` names, else the default below holds. `pingshen settings` prints this table.
"""
from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One setting: its default gives its type (bool, int, float or str)."""

    name: str
    default: object
    unit: str
    gloss: str


SETTINGS = (
    Setting("MODE", "local", "local|production|test", "production refuses every unsafe default at start"),
    Setting("VAR", "var", "folder", "where the service writes: database, files, keys, broker, anchors"),
    Setting("DATABASE_URL", "", "SQLAlchemy URL", "empty: SQLite in VAR/pingshen.db"),
    Setting("SECRET_KEY", "", "text ≥ 32 characters", "signs sessions and forms; empty: made once in VAR/keys (local only)"),
    Setting("PORT", 8000, "TCP port", "port of the web service"),
    Setting("HOST", "127.0.0.1", "address", "address the web service binds to"),
    Setting("PUBLIC_URL", "", "URL", "address that people and outside systems use; empty: http://HOST:PORT"),
    Setting("TRUSTED_HOSTS", "", "names, by comma", "host names answered to; empty: those of PUBLIC_URL and HOST"),
    Setting("PROXIES", 0, "number", "reverse proxies in front whose X-Forwarded headers are believed"),
    Setting("WEB_THREADS", 8, "threads", "threads of the web process"),
    Setting("BROKER_URL", "", "Celery URL", "empty: an SQLite broker in VAR; redis://… or amqp://… when outgrown"),
    Setting("FILES_URL", "", "fsspec URL", "where uploaded files lie; empty: VAR/files; s3://… when outgrown"),
    Setting("ANCHORS", "", "folder", "where signed heads of the event log are written; empty: VAR/anchors (better: another volume)"),
    Setting("ANCHOR_SINKS", "", "list, by blanks", "where heads are sent besides: file:/other/volume/heads.jsonl, https://… (POST), rfc3161:https://… (time stamp)"),
    Setting("ANCHOR_SECRET", "", "text", "bearer token for the HTTP endpoints among ANCHOR_SINKS"),
    Setting("ANCHOR_TSA_ROOTS", "", "PEM file", "root certificates of the time stamp authority; empty: stamps are kept but not checked"),
    Setting("HEAD_SIGNER", "ed25519", "ed25519|sm2-sm3|command:…", "who signs heads; command: a program outside (HSM), see docs/audit/proof.md"),
    Setting("ANCHOR_EVERY", 30, "seconds", "how often a head of the event log is written outside the database"),
    Setting("HASH", "sha256", "sha256|sm3", "hash of new events and answers; older rows verify as they were written"),
    Setting("KEYS", "", "folder", "keys that sign events and anchors; empty: VAR/keys (must not be in the database's backup)"),
    Setting("LOCK_TIMEOUT", 5.0, "seconds", "how long a writer waits for another before it answers 503"),
    Setting("UPLOAD_LIMIT", 12 * 1024 * 1024, "bytes", "largest request body accepted"),
    Setting("FILES_QUOTA", 500, "MB", "live files of one person: in the library or used by a case"),
    Setting("FILES_MOST", 1000, "number", "live files of one person"),
    Setting("UPLOAD_RATE", "600/hour", "limit expression", "files that one person may begin to upload"),
    Setting("SESSION_HOURS", 12, "hours", "how long a sign-in lasts without use"),
    Setting("WRONG_PASSWORDS", 5, "number", "consecutive wrong passwords that lock an account (S1-041)"),
    Setting("LOCK_MINUTES", 60, "minutes", "how long a locked account stays locked (S1-041)"),
    Setting("RATE_LIMIT", "3000/minute", "limit expression", "requests of one address (a whole office may share one); sign-in and public checks have their own"),
    Setting("SIGN_IN_RATE", "30/minute", "limit expression", "sign-in attempts of one address"),
    Setting("VERIFY_RATE", "60/minute", "limit expression", "public certificate checks of one address"),
    Setting("VERIFY_RATE_ALL", "3000/minute", "limit expression", "public certificate checks of all addresses together"),
    Setting("VERIFY_FREE_TRIES", 3, "number", "wrong names or numbers of one address in an hour before a check asks for a proof of work"),
    Setting("CERTIFICATE_ALGORITHM", "ed25519", "ed25519|ecdsa-p256", "how new certificates are signed; older ones verify as they were signed"),
    Setting("CHECKS_KEPT", 1095, "days", "how long it is kept who checked a certificate"),
    Setting("PURPOSE_ASKED", "auditors", "auditors|uninvolved|never", "who says what for before the first look of a day at a case in which they have nothing to do: those who read every case, everybody, or nobody"),
    Setting("VIEWINGS_KEPT", 1095, "days", "how long it is kept who looked at whose data; at least 183"),
    Setting("PROVINCE_URL", "", "URL", "where certificates are registered with a superior system; empty: nowhere (make run uses the sandbox)"),
    Setting("GOLDEN_CASES", 5, "number", "histories of each process and release that a new version must replay before it starts"),
    Setting("START_ANYWAY", "", "text", "why a new version is started although the sample of histories does not replay; kept with the replay, logged"),
    Setting("SWEEP_EVERY", 5, "seconds", "how often the worker looks for due timers and unsent requests"),
    Setting("OUTBOX_TRIES", 8, "number", "tries of a request to a connector before it is set aside for a person"),
    Setting("GATEWAY_URL", "http://127.0.0.1:8010", "URL", "payment gateway (make run starts a sandbox there)"),
    Setting("GATEWAY_SECRET", "sandbox-secret", "text", "shared secret that signs requests to and callbacks of the gateway"),
    Setting("GATEWAY_SECRET_OLD", "", "text", "the secret before this one; notices signed with it count until GATEWAY_SECRET_OLD_UNTIL"),
    Setting("GATEWAY_SECRET_OLD_UNTIL", "", "ISO 8601 instant with zone", "end of the overlap of two gateway secrets"),
    Setting("GATEWAY_MERCHANT", "pingshen-demo", "text", "merchant id at the payment gateway"),
    Setting("LOOKUP_URL", "http://127.0.0.1:8010/lookup", "URL", "look-ups of outside registers (sandbox by default)"),
    Setting("HELP_PHONE", "12333", "text", "telephone that the sign-in page names for help"),
    Setting("HELP_HOURS", "工作日 9:00–12:00，14:00–18:00", "text", "when the telephone is answered"),
    Setting("HELP_HOURS_EN", "working days 9:00–12:00, 14:00–18:00", "text", "the same on English pages"),
    Setting("OIDC_ISSUER", "", "URL", "identity provider (OpenID Connect); empty: no such button (make run starts a sandbox)"),
    Setting("OIDC_CLIENT_ID", "pingshen", "text", "client id at the identity provider"),
    Setting("OIDC_CLIENT_SECRET", "sandbox-secret", "text", "client secret at the identity provider"),
    Setting("OIDC_NAME", "省政务服务网认证入口", "text", "words on the button that leads to the identity provider (S1-042)"),
    Setting("OIDC_NAME_EN", "Provincial government service sign-in", "text", "the same on English pages"),
    Setting("PACKS_KEPT", 14, "days", "how long audit packs and logs lie ready to be taken away"),
    Setting("PACK_CASES", 500, "number", "most cases of one audit pack"),
    Setting("PACK_LIMIT", 4000, "MB", "largest content of one audit pack"),
    Setting("MAIL_URL", "", "URL", "mail server, smtp://name:password@host:port or smtps://…; empty: no mail goes out, messages stay in the service"),
    Setting("MAIL_FROM", "", "mail address", "sender of mails; empty: no-reply@ the host of PUBLIC_URL"),
    Setting("SITE_NAME", "评审", "text", "name in the top bar"),
    Setting("SITE_NAME_EN", "Pingshen", "text", "the same on English pages"),
    Setting("BACKUP_FOLDER", "", "folder", "where the worker puts backups (another volume); empty: it makes none"),
    Setting("BACKUP_EVERY", 86400, "seconds", "how often the worker makes a backup; 60 for a copy that is never older than that; 0: never"),
    Setting("BACKUP_RECIPIENTS", "", "age public keys, by comma", "who alone can read backups (pingshen backup-identity makes a pair); the private key lies elsewhere"),
    Setting("BACKUP_IDENTITY", "", "file", "private key that drills open backups with, readable by the worker's machine alone; empty: drills are made by hand"),
    Setting("BACKUP_KEPT", 35, "days", "how long the day's last backup is kept; of two days each hour's, of one hour all"),
    Setting("DRILL_EVERY", 7, "days", "how often the newest backup is brought back to a temporary place and looked at; 0: never"),
    Setting("DRILL_CASES", 100, "number", "cases that a drill opens and replays, chosen at random"),
    Setting("LOG_LEVEL", "INFO", "level", "DEBUG, INFO, WARNING, ERROR"),
    Setting("CRASHPOINT", "", "test only", "name of the point where the process kills itself; refused outside test mode"),
)


def is_secret(name: str, value: object) -> bool:
    """Whether a setting's value must not be shown or stored with others: keys, shared secrets, addresses with a password."""
    return name.endswith(("_KEY", "SECRET", "SECRET_OLD")) or "@" in str(value)


def read_settings(environ: dict | None = None) -> dict[str, object]:
    """All settings, typed. Raises ValueError naming the setting whose text does not fit its type."""
    environ = os.environ if environ is None else environ
    file = environ.get("PINGSHEN_CONFIG")
    table = tomllib.loads(Path(file).read_text("utf-8")) if file else {}
    values = {s.name: _typed(s, environ.get(f"PINGSHEN_{s.name}", table.get(s.name, s.default))) for s in SETTINGS}
    if "PORT" in environ and "PINGSHEN_PORT" not in environ:
        values["PORT"] = int(environ["PORT"])
    return values


def all_settings(overrides: dict) -> dict[str, object]:
    """Settings as the app uses them: read, overridden, with what derives from them and what Flask's extensions need."""
    values = _with_derived(read_settings() | overrides)
    return flask_settings(values) | values


def _typed(setting: Setting, value: object) -> object:
    kind = type(setting.default)
    if isinstance(value, kind):
        return value
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ValueError(f"setting {setting.name}={value!r} is not a {kind.__name__} ({setting.unit})") from None


def _with_derived(values: dict) -> dict:
    var = (ROOT / str(values["VAR"])).resolve()
    values["VAR"] = str(var)
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{var}/pingshen.db"
    values["BROKER_URL"] = values["BROKER_URL"] or f"sqla+sqlite:///{var}/broker.db"
    values["FILES_URL"] = values["FILES_URL"] or f"file://{var}/files"
    values["ANCHORS"] = values["ANCHORS"] or f"{var}/anchors"
    values["KEYS"] = values["KEYS"] or f"{var}/keys"
    values["PUBLIC_URL"] = str(values["PUBLIC_URL"] or f"http://{values['HOST']}:{values['PORT']}").rstrip("/")
    return values


def prepare_folders(values: dict) -> None:
    """Makes the folders the service writes to; keys are for its own user only."""
    for name in ("VAR", "ANCHORS"):
        Path(values[name]).mkdir(parents=True, exist_ok=True)
    Path(values["KEYS"]).mkdir(parents=True, exist_ok=True, mode=0o700)


def flask_settings(values: dict) -> dict:
    """The settings of the Flask extensions that follow from ours."""
    production = values["MODE"] == "production"
    return {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "MAX_CONTENT_LENGTH": values["UPLOAD_LIMIT"],
        "MAX_FORM_MEMORY_SIZE": values["UPLOAD_LIMIT"],
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "RATELIMIT_DEFAULT": values["RATE_LIMIT"],
        "RATELIMIT_STORAGE_URI": "memory://",
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "API_TITLE": "Pingshen",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "WTF_CSRF_TIME_LIMIT": None,
    }
