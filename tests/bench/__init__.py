"""Benchmarks: `python -m tests.bench` (`make bench`) prints a table and writes docs/benchmarks.md.

Nothing here is a test and nothing fails on time. `floor.py` and `naive.py` are what the service is compared with, run
beside it in alternation. Only this package may name them; the service and the tests import nothing from here.
"""
