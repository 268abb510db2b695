"""What the tests of backups share: a service with work in it, a pair of keys, and a bare machine to bring it back on."""
from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import pyrage
from flask_migrate import stamp

from app import materials
from app.extensions import db
from app.store import session
from tests.support import builders

PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>%%EOF ")
IDENTITY = pyrage.x25519.Identity.generate()
OTHER = pyrage.x25519.Identity.generate()


def furnish(app, clock, cases: int = 3) -> list:
    """The library in use with some cases, and as many documents; readers of backups are set."""
    stamp()
    app.config["BACKUP_RECIPIENTS"] = str(IDENTITY.to_public())
    builders.publish(clock=clock)
    return [work(clock, number) for number in range(cases)]


def work(clock, number: int = 0):
    """A case begun and its first form handed in, with a document."""
    made = builders.start_case(clock=clock)
    materials.store_document(b"document %d " % number + PDF, owner="reader_wang", case_id=made.id, name=f"文书{number}.pdf", clock=clock)
    builders.complete(made, "request", "reader_wang", builders.sample("request"), clock=clock)
    return made


@contextmanager
def bare_machine(app, databases, kind: str, folder: Path, *, heads: bool = True):
    """An app on an empty database and empty folders, with the keys brought over, and the heads outside unless they are lost, too."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(app.config["KEYS"], folder / "keys")
    if heads:
        shutil.copytree(app.config["ANCHORS"], folder / "anchors")
    with empty_database(databases, kind, folder) as url:
        made = builders.make_app(folder, url, builders.clock_of(app), KEYS=str(folder / "keys"), ANCHORS=str(folder / "anchors"))
        with made.app_context():
            yield made
            session().remove()
            db.engine.dispose()


@contextmanager
def empty_database(databases, kind: str, folder: Path):
    """The URL of a database without any table."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bare.db"
    else:
        with databases.blank() as url:
            yield url
