"""Commands: replays."""
from __future__ import annotations

import sys
from dataclasses import asdict

import click
from flask import current_app

from app.cli import command, print_json


@command("replay")
@click.argument("numbers", nargs=-1, metavar="[CASE]...")
@click.option("--json", "as_json", is_flag=True)
def replay_command(numbers: tuple[str, ...], as_json: bool) -> None:
    """Replay the histories of cases (all by default) against their releases; exit 1 on the first difference."""
    from app.operations.replay import replay_cases

    results, failed = [], None
    for result in replay_cases(list(numbers)):
        results.append(result)
        if result.difference:
            failed = result
            break
    if as_json:
        print_json({"cases": [asdict(result) for result in results], "equal": failed is None})
    elif failed:
        click.echo(f"{failed.number} 第 {failed.seq} 个事件不一致：{failed.difference}")
    else:
        click.echo(_words(results))
    sys.exit(1 if failed else 0)


def _words(results: list) -> str:
    erased = sum(1 for result in results if result.erased)
    said = f"{len(results)} 件，{sum(result.events for result in results)} 个事件，重放结果全部一致"
    return said + (f"；其中 {erased} 件有内容已依法清除，只重放到清除之处" if erased else "")


@command("replay-sample")
@click.option("--refresh", is_flag=True, help="Choose the sample anew first, from the cases of today.")
@click.option("--seed", default="", help="With --refresh: the seed of the choice; made up when none is given.")
def replay_sample_command(refresh: bool, seed: str) -> None:
    """Replay the golden sample now, whatever version replayed it last; exit 1 naming the first difference."""
    from app.audit.replays.golden import check_sample, refresh_sample
    from app.errors import SampleDiffers

    clock, size = current_app.extensions["clock"], int(current_app.config["GOLDEN_CASES"])
    if refresh:
        click.echo(f"样本：{refresh_sample(clock, size=size, seed=seed)} 件")
    try:
        check = check_sample(clock, size=size, again=True)
    except SampleDiffers as error:
        raise click.ClickException(error.message) from error
    click.echo(f"样本 {check.cases} 件，{check.events} 个事件，重放结果全部一致（{check.service}）")
