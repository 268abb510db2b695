"""The plain values of a YAML file with the line of each, judged by nobody: for the editors of the workbench.

Words such as `no` and dates stay text, as everywhere in definitions. Whether the values make sense is not said here.
"""
from __future__ import annotations

from .yaml_reader import Listed, Mapped, Reading

__all__ = ["Listed", "Mapped", "plain_values"]


def plain_values(text: str | bytes, path: str):
    """`Mapped`, `Listed` and scalars of a file. Raises DefinitionError with the line of the fault."""
    reading = Reading(path)
    found = reading.parse(text)
    reading.finish()
    return found
