"""Commands of proof: verify, anchor, keys."""
from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import current_app

from app.cli import command, print_json
from app.proof import models  # noqa: F401 — its table belongs to the database

USES = ("events", "heads")


@command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--files", is_flag=True, help="Read every uploaded file and compare it with its digest.")
@click.option("--stamps", is_flag=True, help="Check every time stamp, not only the newest.")
@click.option("--heads", "copies", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A copy of heads.jsonl kept elsewhere, to hold the log against.")
@click.option("--processes", default=os.cpu_count() or 1, help="Processes that share the work.")
def verify_command(as_json: bool, files: bool, stamps: bool, copies: tuple[Path, ...], processes: int) -> None:
    """Check the chain of events and the heads outside the database; exit 1 naming the first bad event."""
    from app.proof.verification import verify_all

    found = verify_all(processes=processes, also=copies, files=files, all_stamps=stamps)
    if as_json:
        print_json(found.as_dict())
    else:
        for fault in found.faults:
            click.echo(f"{fault.kind}  {fault.case} #{fault.seq}  {fault.message}")
        click.echo(f"{found.cases} 件，{found.events} 个事件，{found.heads} 个锚点，{found.seconds} 秒")
        click.echo("事件记录完整" if not found.faults else f"发现 {len(found.faults)} 处异常")
    sys.exit(1 if found.faults else 0)


@command("anchor")
@click.option("--accept-gap", default="", metavar="REASON",
              help="After a restore: accept that the events behind the last agreeing one are lost, for this reason.")
def anchor_command(accept_gap: str) -> None:
    """Write a signed head of the event log outside the database now, and send it to every sink."""
    from app.proof import alarms, gaps, heads

    clock = current_app.extensions["clock"]
    try:
        head = gaps.accept_gap(clock, accept_gap) if accept_gap else heads.write_heads(clock)
    except (heads.RolledBack, gaps.NoGap) as error:
        raise click.ClickException(str(error) or "数据库缺少外部锚点已记下的事件：请先运行 pingshen verify") from error
    alarms.beat(clock)
    click.echo(f"{head['count']} 个事件，至 {head['upto']}")


@command("rotate-key")
@click.argument("use", type=click.Choice(USES))
def rotate_key_command(use: str) -> None:
    """Make a new key that signs from now on; what older ones signed still verifies."""
    from app import keys
    from app.proof import signers

    try:
        key_id = signers.rotate() if use == "heads" else keys.rotate(use)
    except signers.SignerFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{use} {key_id}")


@command("public-keys")
def public_keys_command() -> None:
    """Print the public keys of heads as JSON, each signed by the one in force: give them to whoever checks heads."""
    from app.proof import signers

    print_json(signers.public_keys())
