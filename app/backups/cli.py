"""Commands: backups, keys, restore, drills, and a database that was rolled back."""
from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click
import pyrage
from flask import current_app

from app.cli import command, print_json
from app.errors import PingshenError

IDENTITY = click.option("--identity", type=click.Path(exists=True, dir_okay=False), help="Private key (age). Default: setting BACKUP_IDENTITY.")


@command("backup")
@click.option("--out", type=click.Path(), help="A file, or a folder (then unchanged pieces are not written again). Default: setting BACKUP_FOLDER.")
@click.option("--plain", is_flag=True, help="Do not encrypt: anybody can read it.")
@click.option("--every", type=int, default=0, metavar="SECONDS", help="Go on making backups into the folder until stopped.")
def backup_command(out: str | None, plain: bool, every: int) -> None:
    """Back up database, files, heads and settings as of now, while the service runs. Keys are apart: `backup-keys`."""
    place = out or current_app.config["BACKUP_FOLDER"]
    if not place:
        raise click.ClickException("没有指明放在哪里：--out 文件或文件夹，或设置 BACKUP_FOLDER")
    target = Path(place)
    if every or not out or str(place).endswith("/"):
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        begun = time.monotonic()
        _say_made(_calmly(_made, target, plain))
        if not every:
            return
        time.sleep(max(0.0, every - (time.monotonic() - begun)))


@command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@IDENTITY
@click.option("--over", is_flag=True, help="There is a database already: move it aside (never deleted).")
@click.option("--despite", is_flag=True, help="Restore although something was found wrong; what it is stays on record.")
def restore_command(file: str, identity: str | None, over: bool, despite: bool) -> None:
    """Bring FILE back as the service's database and files, verified, compared with the heads outside. Stop the service first."""
    from app.backups.afterwards import words_of
    from app.backups.restoring import restore

    found = _calmly(restore, Path(file), _identities(identity), clock=_clock(), over=over, despite=despite)
    click.echo(f"已恢复到 {found.about['at']}：{found.about['cases']} 件，{found.about['events']} 个事件，{found.files} 个文件")
    click.echo(words_of(found))
    if found.aside:
        click.echo(f"原有数据在 {found.aside}")


@command("backup-drill")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@IDENTITY
@click.option("--cases", type=int, help="Random cases to open. Default: setting DRILL_CASES.")
def drill_command(file: str | None, identity: str | None, cases: int | None) -> None:
    """Bring a backup (the newest) back to a temporary place, verify it, open random cases; exit 1 when anything is wrong."""
    from app.backups.drills import drill, newest_backup

    path = Path(file) if file else _calmly(newest_backup)
    run = drill(path, _identities(identity), clock=_clock(), cases=cases or int(current_app.config["DRILL_CASES"]))
    click.echo(f"{run.place}：{run.words}（{run.seconds:.1f} 秒）")
    sys.exit(0 if run.state == "done" else 1)


@command("backup-identity")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--passphrase", is_flag=True, help="Lock the private key with a passphrase.")
def identity_command(file: str, passphrase: bool) -> None:
    """Make a pair of keys for backups: the private one into FILE, to be kept elsewhere; print the public one."""
    made = pyrage.x25519.Identity.generate()
    content = f"# public key: {made.to_public()}\n{made}\n".encode()
    if passphrase:
        content = pyrage.passphrase.encrypt(content, _passphrase(confirm=True))
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    click.echo(f"PINGSHEN_BACKUP_RECIPIENTS={made.to_public()}")


@command("backup-keys")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--recipients", default="", help="age public keys; without: asks for a passphrase.")
def backup_keys_command(file: str, recipients: str) -> None:
    """Write the keys that sign and open (KEYS) into FILE, encrypted. They are in no backup: keep FILE elsewhere."""
    from app.backups.key_files import write_keys
    from app.backups.sealing import recipients_of

    readers = _calmly(recipients_of, recipients)
    count = _calmly(write_keys, Path(file), recipients=readers, passphrase="" if readers else _passphrase(confirm=True))
    click.echo(f"{count} 个密钥文件 → {file}")


@command("restore-keys")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--identity", type=click.Path(exists=True, dir_okay=False), help="Private key; without: asks for the passphrase.")
def restore_keys_command(file: str, identity: str | None) -> None:
    """Put the keys of FILE into KEYS. A key that is there and differs is not touched."""
    from app.backups.key_files import read_keys

    known = _identities(identity) if identity else []
    click.echo(f"{_calmly(read_keys, Path(file), identities=known, passphrase='' if known else _passphrase())} 个密钥文件")


@command("rolled-back")
@click.option("--accept", metavar="WHY", help="Go on with this database; what is missing is noted outside and in the cases.")
@click.option("--json", "as_json", is_flag=True)
def rolled_back_command(accept: str | None, as_json: bool) -> None:
    """Say whether the database is older than the heads outside, and what is missing; exit 1 when it is."""
    from app.backups import outside
    from app.backups.tending import accept_rollback

    found = _calmly(accept_rollback, accept, _clock()) if accept else outside.gap()
    if as_json:
        print_json(found.as_dict() if found else None)
    else:
        click.echo(found.words if found else "与外部锚点一致")
    sys.exit(1 if found and not accept else 0)


def _made(target: Path, plain: bool):
    from app.backups.making import make_backup

    return make_backup(target, clock=_clock(), plain=plain)


def _say_made(run) -> None:
    click.echo(f"{run.place}：{run.detail['cases']} 件，{run.events} 个事件，{run.files} 个文件，写入 {run.size / 1e6:.1f} MB，{run.seconds:.1f} 秒"
               + (f"。{run.words}" if run.words else ""))


def _identities(path: str | None) -> list:
    from app.backups.sealing import MAGIC, identities_from

    named = path or str(current_app.config["BACKUP_IDENTITY"])
    if not named:
        return []
    locked = Path(named).read_bytes().startswith(MAGIC)
    return _calmly(identities_from, Path(named), _passphrase() if locked else "")


def _passphrase(confirm: bool = False) -> str:
    return click.prompt("口令", hide_input=True, confirmation_prompt=confirm)


def _clock():
    return current_app.extensions["clock"]


def _calmly(verb, *given, **named):
    try:
        return verb(*given, **named)
    except PingshenError as error:
        raise click.ClickException(error.message) from error
