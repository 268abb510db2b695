"""The acts of erasing, each inside the transaction of its caller: cases, accounts, files, old rows; and the tombstones they leave.

Only runs (`app/retention/runs.py`) call them, after two people agreed. Events and answers go through `app/proof/erasing.py`,
so that the chain still verifies; ballots are never touched, certificates neither.
"""
