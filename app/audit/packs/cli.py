"""Commands: exports and audit packs."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from app.cli import command
from app.days import SHANGHAI

DAY = click.DateTime(["%Y-%m-%d"])


@command("export")
@click.argument("form", type=click.Choice(["xes", "ocel", "ocel-sqlite"]))
@click.argument("numbers", nargs=-1, metavar="[CASE]...")
@click.option("--out", required=True, type=click.Path(dir_okay=False))
@click.option("--procedure", default="", help="Only cases of this procedure.")
@click.option("--since", type=DAY, help="Only cases started on this day or later.")
@click.option("--until", type=DAY, help="Only cases started before this day.")
@click.option("--names", is_flag=True, help="With names and accounts; otherwise people have pseudonyms that hold for this file alone.")
def export_command(form: str, numbers: tuple[str, ...], out: str, procedure: str, since, until, names: bool) -> None:
    """Write the event log as XES (IEEE 1849) or OCEL 2.0: all cases, or these."""
    from app.audit.packs import Naming, Scope, write_log
    from app.audit.packs.scope import ids_of_numbers

    scope = Scope(ids_of_numbers(numbers) if numbers else None, procedure, _day(since), _day(until))
    count = write_log(form, Path(out), scope, Naming(names))
    click.echo(f"{count} 个事件 → {out}")


@command("pack")
@click.argument("numbers", nargs=-1, required=True, metavar="CASE...")
@click.option("--out", required=True, type=click.Path(dir_okay=False))
@click.option("--purpose", default="", help="What it is made for; stands in the pack.")
@click.option("--names/--no-names", default=True, help="Without names: personal data is withheld, digests stand in its place.")
@click.option("--materials/--no-materials", default=True, help="With the uploaded files.")
def pack_command(numbers: tuple[str, ...], out: str, purpose: str, names: bool, materials: bool) -> None:
    """Write an audit pack of these cases: logs, forms, answers, materials, history, proof, player and verifier in one ZIP."""
    from app.audit.packs import Asked, Options, make_pack
    from app.audit.packs.scope import ids_of_numbers
    from app.errors import PingshenError
    from app.people import SYSTEM

    try:
        asked = Asked(Options(names, materials), f"取证包 {'、'.join(numbers[:3])}", purpose, SYSTEM.name)
        manifest = make_pack(Path(out).resolve(), ids_of_numbers(numbers), asked, actor=SYSTEM, clock=current_app.extensions["clock"])
    except PingshenError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{len(manifest['cases'])} 件，{len(manifest['files'])} 个文件 → {out}")


def _day(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=SHANGHAI) if day else None
