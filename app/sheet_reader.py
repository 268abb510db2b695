"""Opens a workbook in a process of its own, with limits of memory and time; prints one JSON line.

A script: `python -I sheet_reader.py MOST_ROWS` with the file as its input. A table of two cells that lie far apart takes
gigabytes to open and ends the process that tried: this one. It imports nothing of the service.
"""
import io
import json
import resource
import sys
from datetime import date, datetime

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 15  # of CPU
WIDEST = 200  # columns that are looked at


def main(most: int) -> None:
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    print(json.dumps(_read(sys.stdin.buffer.read(), most)))


def _read(data: bytes, most: int) -> dict:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, ValueError, OSError):
        return {"refused": "damaged"}
    if sheet.height > most:
        return {"refused": "rows", "rows": sheet.height}
    first = sheet.start[0] if sheet.start else 0
    return {"first": 1 + first, "rows": [[_told(cell) for cell in row[:WIDEST]] for row in sheet.iter_rows()]}


def _told(cell):
    """A cell as JSON has it; a day or an instant as {"at": ISO 8601}."""
    if cell is None or isinstance(cell, (str, bool, int, float)):
        return cell
    return {"at": cell.isoformat()} if isinstance(cell, (date, datetime)) else str(cell)


if __name__ == "__main__":
    main(int(sys.argv[1]))
