"""pm4py, the reference in its field, reads both logs and finds the same counts. It is AGPL: never a dependency, never imported here.

Runs in an environment of its own, and only when asked: PINGSHEN_TEST_PM4PY=1 makes that environment below var/, a path uses one
that is there already (its python).
"""
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.audit.packs import Naming, Scope, write_log
from app.audit.packs.log_rows import LogReader
from app.audit.packs.scope import pieces_of
from tests.audit.packing import walked
from tests.support.builders import ROOT, clock_of, start_case

PINNED = "pm4py==2.7.23.11"
ASKED = os.environ.get("PINGSHEN_TEST_PM4PY", "")
READS = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import pm4py
from pm4py.objects.ocel.validation import ocel20_rel_validation
log = pm4py.read_xes(sys.argv[1], return_legacy_log_object=True)
table = pm4py.read_xes(sys.argv[1])
ocel, base = pm4py.read_ocel2_json(sys.argv[2]), pm4py.read_ocel2_sqlite(sys.argv[3])
told = lambda one: {"events": len(one.events), "objects": len(one.objects), "relations": len(one.relations), "types": sorted(one.objects["ocel:type"].unique())}
print(json.dumps({
    "cases": len(log), "events": sum(len(trace) for trace in log), "variants": len(pm4py.get_variants(table)), "activities": sorted(set(table["concept:name"])),
    "people": sorted(set(table["org:resource"])), "json": told(ocel), "sqlite": told(base), "valid": [sorted(map(str, found)) for found in ocel20_rel_validation.apply(sys.argv[3])],
}))
"""


@pytest.fixture(scope="module")
def python():
    """The python of an environment that has pm4py."""
    if not ASKED:
        pytest.skip("PINGSHEN_TEST_PM4PY is not set: pm4py is AGPL and installed apart")
    if ASKED != "1":
        return ASKED
    folder = ROOT / "var" / "pm4py"
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", PINNED], check=True)
    return str(folder / "bin" / "python")


def test_pm4py_finds_the_same_cases_events_objects_and_variants(python, app, tmp_path):
    walked(app)
    start_case(clock=clock_of(app))
    paths = [tmp_path / name for name in ("log.xes", "log.json", "log.sqlite")]
    naming = Naming(False)
    counts = [write_log(form, path, Scope(), naming) for form, path in zip(("xes", "ocel", "ocel-sqlite"), paths)]
    done = subprocess.run([python, "-c", READS, *map(str, paths)], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])

    cases = [case for piece in pieces_of(Scope()) for case in LogReader().cases(piece)]
    ways = Counter(tuple(event.activity for event in case.events) for case in cases)
    assert (found["cases"], found["events"], found["variants"]) == (len(cases), counts[0], len(ways))
    assert found["activities"] == sorted({event.activity for case in cases for event in case.events})
    assert found["people"] == sorted({naming.person(event.actor) for case in cases for event in case.events})
    told = json.loads(Path(paths[1]).read_bytes())
    same = {"events": counts[1], "objects": len(told["objects"]), "types": sorted({thing["type"] for thing in told["objects"]}),
            "relations": sum(len(event["relationships"]) for event in told["events"])}
    assert found["json"] == found["sqlite"] == same
    assert found["valid"][1] == []  # rules of the relational form that are not kept
