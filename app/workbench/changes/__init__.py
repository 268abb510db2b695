"""变更说明: what differs between two contents of a procedure, in words that a head of office signs, and who has read it."""
from .comparing import change_note
from .note import GROUPS, Affected, Block, Change, ChangeNote, Detail, Piece
from .reads import ensure_read, has_read, read_note, readers_of

__all__ = ["Affected", "Block", "Change", "ChangeNote", "Detail", "GROUPS", "Piece", "change_note", "ensure_read", "has_read", "read_note", "readers_of"]
