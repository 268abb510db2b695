"""The process that scenarios of a proposal run in: files come in, one line of JSON goes out for each scenario that ran.

A process of its own, with none of the service's settings: a scenario that goes wild can be ended, and finds nothing here.
Started by `scenarios` alone, as `python -m app.workbench.scenario_process`.
"""
from __future__ import annotations

import base64
import json
import sys
import time


def main() -> int:
    """Reads `{"files": {path: base64}, "paths": [...]}` and runs these scenarios; ends with 0 also when one fails."""
    from app.definitions import Bundle, DefinitionError
    from app.workbench.playable import playable

    asked = json.load(sys.stdin)
    bundle = Bundle({path: base64.b64decode(content) for path, content in asked["files"].items()})
    procedure = bundle.procedure(bundle.procedures[0])
    scenarios = []
    for path in asked["paths"]:
        try:
            scenarios.append(procedure.scenario(path))
        except (DefinitionError, KeyError) as error:
            _tell({"path": path, "passed": False, "line": getattr(error, "line", 1) or 1, "reason": getattr(error, "message", str(error)), "flows": [], "seconds": 0})
    if scenarios:
        _run(playable(bundle), scenarios)
    return 0


def _run(bundle, scenarios) -> None:
    from app.errors import ReleaseRefused
    from app.scenarios.runner import run_scenario
    from app.scenarios.workbench import workbench

    try:
        with workbench(bundle, min(scenario.clock for scenario in scenarios)) as bench:
            for scenario in scenarios:
                _tell({"path": scenario.path, "begun": True})
                begun = time.monotonic()
                with bench.fresh(scenario.clock) as clock:
                    found = run_scenario(scenario, clock)
                _tell({"path": scenario.path, "passed": found.passed, "line": found.step, "reason": found.reason, "flows": sorted(found.flows),
                       "seconds": round(time.monotonic() - begun, 1)})
    except ReleaseRefused as refused:
        first = refused.findings[0]
        for scenario in scenarios:
            _tell({"path": scenario.path, "passed": False, "line": 0, "flows": [], "seconds": 0,
                   "reason": f"检查发现 {len(refused.findings)} 处错误，请先改好：{first.message}（{first.file}）"})


def _tell(line: dict) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
