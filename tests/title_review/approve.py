"""Draws every paper of `papers.py` anew and keeps its pages as the approved pictures: `python -m tests.title_review.approve [name …]`.

Look at what changed (`git diff` lists the files; open them) before committing: the tests compare with these.
"""
import sys
from pathlib import Path

from PIL import Image

from tests.title_review import papers

FOLDER = Path(__file__).resolve().parents[1] / "data" / "approved"
DPI = 60
FIRST_PAGES = 4  # of a long paper; the rest is more of the same


def pages_of(name: str) -> list:
    """The first pages as small pictures of sixteen greys."""
    return [reduced(page) for page in papers.pictures(papers.drawn(name).pdf, DPI)[:FIRST_PAGES]]


def reduced(page: Image.Image) -> Image.Image:
    """The page in sixteen greys: a file of a quarter, and the same for both sides of a comparison."""
    greys = Image.new("P", (1, 1))
    greys.putpalette([level for grey in range(0, 256, 17) for level in (grey,) * 3])
    return page.convert("RGB").quantize(palette=greys, dither=Image.Dither.NONE).convert("L")


def main(names) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or papers.PAPERS:
        for old in FOLDER.glob(f"{name}-[0-9].png"):
            old.unlink()
        for number, page in enumerate(pages_of(name), 1):
            page.quantize(16, dither=Image.Dither.NONE).save(FOLDER / f"{name}-{number}.png", optimize=True)
            print(f"{name}-{number}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
