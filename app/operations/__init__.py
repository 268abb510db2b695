"""The verbs of the service. Each takes an actor and a clock; none knows a request, none commits by itself.

Arrows: operations → engine, definitions, rendering, store, and the noun packages. Routes, the command line and the
worker call them.
"""
