"""What a hostile file costs to look into, measured from outside: memory and time of the child that looks (I-01, I-02)."""
import json
import subprocess
import sys
import zlib

import pikepdf
import pytest

from app.materials.inspection import PROBE
from tests.materials.test_materials import flat_png, pdf, picture


# A small process in between: a child counts the memory of whoever started it as its own, and the tests have grown by now.
MEASURED = """
import resource, subprocess, sys, time
started = time.monotonic()
said = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
print(said.strip() or '{"refused": "killed"}')
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, time.monotonic() - started)
"""


def looked_into(folder, data: bytes) -> tuple[dict, float, float]:
    """(what the child says, MiB at its peak, seconds)."""
    (folder / "original").write_bytes(data)
    probe = [sys.executable, "-I", str(PROBE), "look", str(folder / "original"), str(folder / "made")]
    said, cost = subprocess.run([sys.executable, "-c", MEASURED, *probe], capture_output=True, text=True, check=True).stdout.splitlines()
    peak, seconds = map(float, cost.split())
    return json.loads(said), peak, seconds


def big_jpeg(side: int) -> bytes:
    """A small JPEG whose head says that it is huge."""
    data = bytearray(picture("JPEG"))
    head = data.index(b"\xff\xc0")
    data[head + 5:head + 9] = side.to_bytes(2, "big") * 2
    return bytes(data)


def twice_packed(made) -> None:
    made.pages[0].Contents = pikepdf.Stream(made, zlib.compress(zlib.compress(bytes(200_000_000), 9), 9))
    made.pages[0].Contents.stream_dict.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])


def in_a_circle(made) -> None:
    one, two = made.make_indirect(pikepdf.Dictionary()), made.make_indirect(pikepdf.Dictionary())
    one.Next, two.Next, made.Root.Outlines = two, one, one


@pytest.mark.parametrize("make, side", [(flat_png, 8000), (flat_png, 12000), (flat_png, 30000), (big_jpeg, 12000), (big_jpeg, 65000)])
def test_a_picture_that_unpacks_without_end_is_refused_with_little_memory(tmp_path, make, side):
    said, peak, _seconds = looked_into(tmp_path, make(side))
    assert said["refused"] == "too-many-pixels" and peak < 256


@pytest.mark.parametrize("data", [pdf(change=twice_packed), pdf(change=in_a_circle), pdf(2000), pdf()[:-60], b"%PDF-1.7\n" + b"<<" * 200_000], ids=[
    "packed twice", "in a circle", "too many pages", "broken end", "endless nesting"])
def test_a_hostile_pdf_is_judged_in_seconds_with_bounded_memory(tmp_path, data):
    said, peak, seconds = looked_into(tmp_path, data)
    assert (said.get("refused") or said["pages"]) and peak < 512 and seconds < 10
