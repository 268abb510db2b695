"""Registers (台账): administration data that procedures declare, kept up by people, with every change on record.

Anybody may import these names; `editing`, `reading` and `exchange` (Excel) are for routes. Which registers there are and
what their columns are called is said by the procedures; nothing here knows a column.
"""
from app.registers.models import RegisterChange, RegisterEntry
from app.registers.rows import entries_in_force

__all__ = ["RegisterChange", "RegisterEntry", "entries_in_force"]
