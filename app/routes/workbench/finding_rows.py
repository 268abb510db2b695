"""Findings as pages and editors show them: where each is, what may be done, what its rule means. For `findings.py` alone."""
from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from itertools import groupby

from app.definitions import Finding
from app.definitions.linter.fixes import fix_for
from app.routes.workbench.places import editor_of
from app.workbench import filing
from app.workbench.findings import key_of
from app.workbench.models import Proposal
from app.workbench.proposals import bundle_of

_LINE = re.compile(r"第(\d+)行")


@dataclass(frozen=True)
class Row:
    """One finding with all that a reader may want of it. `line` is 0 where the finding has none."""
    key: str
    code: str
    severity: str
    file: str
    element: str
    line: int
    message: str
    url: str
    fix: str
    title: str      # of the file
    takes: bool     # the mend takes something away: never offered as the first thing to do

    def plain(self) -> dict:
        return asdict(self)


def rows_of(proposal: Proposal, findings: list[Finding]) -> list[Row]:
    """A row for each finding, in their order."""
    bundle = bundle_of(proposal)
    rows = []
    for one in findings:
        fix = fix_for(one, bundle)
        rows.append(Row(key_of(one), one.code, one.severity, one.file, one.element, line_of(one), one.message,
                        where_of(proposal, one), fix.label if fix else "",
                        filing.title_of(one.file, bundle.files.get(one.file, b"")), bool(fix and fix.takes)))
    return rows


def grouped(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rows by file, files with errors first."""
    by_file = [(name, list(found)) for name, found in groupby(sorted(rows, key=lambda row: row.file), key=lambda row: row.file)]
    return sorted(by_file, key=lambda pair: (all(row.severity != "error" for row in pair[1]), pair[0]))


def line_of(finding: Finding) -> int:
    told = re.fullmatch(r"line (\d+)", finding.element) or _LINE.search(finding.message)
    return int(told.group(1)) if told else 0


def where_of(proposal: Proposal, finding: Finding) -> str:
    """The address of the spot: the element in its diagram, the field in its form, the line in its text."""
    kind, name = filing.kind_of(finding.file), finding.file.rpartition("/")[2].rpartition(".")[0]
    line = line_of(finding)
    spot = f"line-{line}" if line and (kind != "form" or finding.element.startswith("line ")) else finding.element
    address = editor_of(proposal.id, finding.file, kind, name)
    return f"{address}#{spot}" if spot else address
