"""Apps that are made quicker: a test run makes thousands of them, each with the same four hundred rules of addresses.

What werkzeug compiles to build an address depends on the rule's text alone and reads the rest from the rule it is called
on, so that it is compiled once for all apps of a test process. Without effect where werkzeug does it another way.
"""
from werkzeug.routing import Rule

_compiled: dict[tuple, object] = {}


def use() -> None:
    """From now on rules share what was compiled for the same text."""
    compile_builder = getattr(Rule, "_compile_builder", None)
    if compile_builder is None or compile_builder.__module__ == __name__:
        return

    def shared(self, append_unknown: bool = True):
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in _compiled:
            _compiled[key] = compile_builder(self, append_unknown)
        return _compiled[key]

    Rule._compile_builder = shared
