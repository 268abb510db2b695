"""Retention and erasure: rules by data class, legal holds, dry runs, signed reports, tombstones (C-061 art. 19, 47).

A noun package beside the layers, for routes, the worker and the command line. It names no field and no form: forms say
which class of personal data a field holds, `inventory.py` says what every other column of the database holds. Everything
that is erased goes through `erasing/`, with a tombstone in the same transaction.
"""
