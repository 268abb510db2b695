"""Pools: registers of people from whom some are drawn by lot, who steps aside from which case, and who took part in what.

Connectors and routes use these names. Conditions are written by the procedure; nothing here knows a column. `lots.py`
is the drawing itself; it and `docs/draws.md` must say the same.
"""
from app.pools.draws import Wanted, bind_lots, draw_lots
from app.pools.models import COUNTING, DRAWN, PREPARED, Draw, Participation
from app.pools.participation import note_participation
from app.pools.records import draw_with_number, record_of
from app.pools.recusal import panel_of

__all__ = [
    "COUNTING", "DRAWN", "Draw", "PREPARED", "Participation", "Wanted", "bind_lots", "draw_lots", "draw_with_number",
    "note_participation", "panel_of", "record_of",
]
