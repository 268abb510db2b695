"""Secret ballots: who has voted is known, what was chosen only as sums, and only after the end.

Operations and connectors import it. Nothing of a choice may go into events, answers, engine data, logs or errors.

How it holds (K-01, K-02, D-100)
    A ballot has one box: a blob of fixed length with one slot per voter, sealed with AES-GCM. A vote opens the box,
    fills a slot, shuffles all slots and seals the box again under a fresh nonce. There is no row per vote: nothing has
    an order, a time, a size, a rowid, a ctid or an xmin of its own. Turnout is one row per ballot as well, sealed in
    the same breath, without times.
    Each ballot has a key of its own, in a file outside the database, which is destroyed with the count. From then on
    neither the database nor an old backup or write-ahead log of it can open any state the box ever had.

What remains
    * While a ballot is open: somebody who reads the key file *and* keeps the database's state before and after each
      single vote can subtract one box from the next. Key folder and database belong in different hands.
    * A unanimous count, or one of very few voters, says what everybody chose: no storage can change that.
    * Destroying a file does not reach copies that somebody made of the key folder while the ballot was open.
    * A database restored to a moment before a count has a box whose key is gone: that vote must be held again.
"""
from app.ballots.models import Ballot, BallotBox, BallotTurnout
from app.ballots.operations import (
    Turnout, attending, cast, close_ballot, counts_of, has_voted, is_open, open_ballot, options_of, turnout_of,
)

__all__ = [
    "Ballot", "BallotBox", "BallotTurnout", "Turnout", "attending", "cast", "close_ballot", "counts_of", "has_voted", "is_open",
    "open_ballot", "options_of", "turnout_of",
]
