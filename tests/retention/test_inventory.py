"""Every column of the database says what it holds: whoever adds one decides how a person's data leaves it."""
from app.extensions import db
from app.retention.inventory import INVENTORY


def test_every_table_and_column_is_classified(app):
    import app.worker  # noqa: F401  everything that has tables

    there = {name: {column.name for column in table.columns} for name, table in db.metadata.tables.items()}
    missing = {name: columns - INVENTORY[name].columns() if name in INVENTORY else columns for name, columns in there.items()}
    assert {name: sorted(columns) for name, columns in missing.items() if columns} == {}


def test_no_table_or_column_is_classified_that_does_not_exist(app):
    import app.worker  # noqa: F401

    there = {name: {column.name for column in table.columns} for name, table in db.metadata.tables.items()}
    assert {name: sorted(kept.columns() - there.get(name, set())) for name, kept in INVENTORY.items() if kept.columns() - there.get(name, set())} == {}


def test_names_and_wiped_columns_lead_to_columns_that_exist():
    for name, kept in INVENTORY.items():
        assert set(kept.names.values()) <= kept.columns() | {""}, name
        assert kept.person in kept.columns() | {""}, name
