"""The auditors' desk: search, sampling, playing a case back, replay as a proof, suspicion, insight and audit packs.

Reads everything but ballots and secrets; changes nothing of a case. Beside the layers: it may use operations, engine,
definitions, rendering and store; only routes, the worker and the command line use it. Knows no procedure.
"""
