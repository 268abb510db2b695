"""Batches: cases that travel together in a case of their own. A noun package beside the layers; it knows no procedure.

The diagram of the batch decides what happens to whom; this keeps who is in, held, out or done, in one running batch each.
"""
from app.batches.models import Batch, BatchMember, BatchRevision
from app.batches.operations import Deed, change_members, number_batch, put_members
from app.batches.reading import Travel, batch_row, members_of, open_to, revisions_of, travels_of

__all__ = [
    "Batch", "BatchMember", "BatchRevision", "Deed", "Travel", "batch_row", "change_members", "members_of", "number_batch", "open_to",
    "put_members", "revisions_of", "travels_of",
]
