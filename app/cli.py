"""The command line `pingshen` (also `flask --app app …`): a thin shell around the operations."""
from __future__ import annotations

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import click
import orjson
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

COMMANDS: list[click.Command] = []
# Parts that bring commands of their own, each written with `@command("name")` and `print_json`.
PARTS = ("app.proof.cli", "app.audit.replays.cli", "app.audit.packs.cli", "app.backups.cli")


def main() -> None:
    """The entry point of the `pingshen` script."""
    from app import create_app

    FlaskGroup(name="pingshen", create_app=create_app, add_default_commands=False, add_version_option=False, help="评审 Pingshen").main(prog_name="pingshen")


def register(app) -> None:
    """Gives the app its commands."""
    for part in PARTS:
        import_module(part)
    for made in COMMANDS:
        app.cli.add_command(made)


def command(name: str):
    """Makes a function a command of `pingshen`, run inside the app."""
    def wrap(function):
        made = click.command(name)(with_appcontext(function))
        COMMANDS.append(made)
        return made

    return wrap


def print_json(value) -> None:
    """Prints a value as indented JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


@command("check")
@click.argument("directory", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def check_command(directory: str, as_json: bool) -> None:
    """Check the diagrams, tables, forms and reports below DIRECTORY; exit 1 on errors."""
    from app.definitions import read_folder
    from app.operations.releases import findings_of

    findings = findings_of(read_folder(Path(directory)))
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for f in findings:
            click.echo(f"{f.severity}  {f.code}  {f.file}{' #' + f.element if f.element else ''}\n    {f.message}")
        click.echo(f"{errors} 个错误，{len(findings) - errors} 个提醒")
    sys.exit(1 if errors else 0)


@command("scenario")
@click.argument("paths", nargs=-1, type=click.Path(exists=True))
@click.option("--root", default=".", type=click.Path(exists=True, file_okay=False), help="Directory with processes/ forms/ reports/.")
@click.option("--json", "as_json", is_flag=True, help="Print results as JSON.")
def scenario_command(paths: tuple[str, ...], root: str, as_json: bool) -> None:
    """Run scenario FILES or DIRS on the real engine in a throw-away database; exit 1 if one fails."""
    from app.definitions import read_folder
    from app.scenarios import run_folder

    outcome = run_folder(read_folder(Path(root)), Path(root), [Path(path) for path in paths])
    if as_json:
        print_json(outcome.as_dict())
    else:
        for line in outcome.lines():
            click.echo(line)
    sys.exit(0 if outcome.passed else 1)


@command("publish")
@click.argument("directory", type=click.Path(exists=True, file_okay=False))
@click.option("--note", required=True, help="What changed, for the people who read the list of releases.")
def publish_command(directory: str, note: str) -> None:
    """Check DIRECTORY, run its scenarios, publish it; print the release digest."""
    from app.errors import PingshenError
    from app.scenarios import publish_folder

    try:
        releases = publish_folder(Path(directory), note=note, clock=current_app.extensions["clock"])
    except PingshenError as error:
        for finding in getattr(error, "findings", []):
            click.echo(f"{finding.severity}  {finding.code}  {finding.file} #{finding.element}\n    {finding.message}", err=True)
        raise click.ClickException(error.message) from error
    for release in releases:
        click.echo(release.digest)


@command("export-release")
@click.argument("digest")
@click.argument("directory", type=click.Path(file_okay=False))
def export_release_command(digest: str, directory: str) -> None:
    """Write the files of a release to DIRECTORY, as they were published."""
    from app.operations.releases import release_files

    for path, content in release_files(digest).items():
        target = Path(directory) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    click.echo(directory)


@command("verify-draw")
@click.argument("draw")
def verify_draw_command(draw: str) -> None:
    """Do the sums of a DRAW again: its number, or the file of a downloaded record; exit 1 naming what differs."""
    from app.pools import draw_with_number, lots
    from app.pools.records import check_draw

    path = Path(draw)
    faults = lots.faults_of(orjson.loads(path.read_bytes())) if path.is_file() else check_draw(draw_with_number(draw))
    click.echo("\n".join(faults) if faults else "验算一致")
    sys.exit(1 if faults else 0)


@command("stuck")
@click.option("--retry", is_flag=True, help="Let everything that stands still be tried again now.")
def stuck_command(retry: bool) -> None:
    """List timers and requests that wait for a person; exit 1 when there are any."""
    from app.operations.recovery import try_again, waiting_for_a_person
    from app.people import SYSTEM

    found = waiting_for_a_person()
    for line in found:
        click.echo(f"{line['case']}  {line['what']}  {line['element']}\n    {line['why']}")
    if retry:
        click.echo(f"{try_again(actor=SYSTEM, clock=current_app.extensions['clock'])} 件事项将重新尝试")
    sys.exit(1 if found and not retry else 0)


@command("settings")
def settings_command() -> None:
    """Print every setting with its value, unit and meaning."""
    from app.config import SETTINGS, is_secret

    for setting in SETTINGS:
        value = current_app.config[setting.name]
        shown = "…" if is_secret(setting.name, value) else value
        click.echo(f"PINGSHEN_{setting.name} = {shown}\n    {setting.gloss} ({setting.unit}; default {setting.default!r})")


@command("init")
@click.option("--demo/--no-demo", default=True, help="Publish what lies in the repository and make the demo people.")
def init_command(demo: bool) -> None:
    """Make or upgrade the database; publish the procedures of the repository and create demo people."""
    from app.setup import prepare

    prepare(current_app, demo=demo)


@command("run")
@click.option("--workers", default=1, help="Web processes (SQLite: keep 1).")
def run_command(workers: int) -> None:
    """Start web, worker and the sandbox of outside systems, ready to use in the browser."""
    from app.setup import run_all

    run_all(current_app, workers)
