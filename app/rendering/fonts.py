"""Where the fonts of PDF reports are found, how they get there, and which characters none of them can draw.

Imported by the report worker and by `make setup` (`python -m app.rendering.fonts`). No drawing here.
"""
from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.errors import PingshenError

APP = Path(__file__).resolve().parent.parent
FONT_DIR = APP / "fonts"
REGULAR, BOLD = "NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf"
TEXT_FAMILY, RARE_FAMILY = "report-text", "report-rare"

# Where the packages of the front end keep the files, relative to node_modules.
PACKAGED = {
    REGULAR: "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    BOLD: "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "NotoSerifJP-Regular.ttf": "@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf",
}


class FontMissing(PingshenError):
    """缺少报表字体 {names}（目录 {folder}）。请运行 make setup 后重启服务。"""

    code = "font-missing"


@dataclass(frozen=True)
class FontSet:
    """The font files of a report: the text face in two weights, and faces asked for what it lacks, in order."""

    regular: Path
    bold: Path
    rare: tuple[Path, ...] = ()


def find_fonts(folder: Path = FONT_DIR) -> FontSet:
    """The fonts in `folder`; FontMissing names the files and the way to get them."""
    missing = [name for name in (REGULAR, BOLD) if not (folder / name).is_file()]
    if missing:
        raise FontMissing(names="、".join(missing), folder=str(folder))
    rare = (path for path in sorted(folder.glob("*.ttf")) if path.name not in (REGULAR, BOLD))
    return FontSet(folder / REGULAR, folder / BOLD, tuple(rare))


def install_fonts(node_modules: Path, folder: Path = FONT_DIR) -> list[Path]:
    """Copy the packaged fonts into `folder`; returns what was copied. Files already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    copied = []
    for name, packaged in PACKAGED.items():
        source, target = node_modules / packaged, folder / name
        if source.is_file() and not target.is_file():
            shutil.copyfile(source, target)
            copied.append(target)
    return copied


def register_fonts(fonts: FontSet) -> list[str]:
    """Make the fonts known to ReportLab and xhtml2pdf, once per process; returns the families in the order to ask.

    Registered here and not by `@font-face`, so that a document may read no file at all and 30 MB of fonts
    are not read and hashed again for each report.
    """
    return list(_registered(fonts))


@lru_cache(maxsize=4)
def _registered(fonts: FontSet) -> tuple[str, ...]:
    families = [(TEXT_FAMILY, fonts.regular, fonts.bold)]
    families += [(f"{RARE_FAMILY}-{i}", path, path) for i, path in enumerate(fonts.rare)]
    for family, regular, bold in families:
        _register(family, regular, bold)
    _register_for_helvetica(fonts.regular)
    return tuple(family for family, _, _ in families)


def _register(family: str, regular: Path, bold: Path) -> None:
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from xhtml2pdf.default import DEFAULT_FONT

    pdfmetrics.registerFont(_report_font(family, regular))
    bold_name = family
    if bold != regular:
        bold_name = f"{family}-bold"
        pdfmetrics.registerFont(_report_font(bold_name, bold))
    for italic in (0, 1):
        addMapping(family, 0, italic, family)
        addMapping(family, 1, italic, bold_name)
    DEFAULT_FONT[family] = family


def _register_for_helvetica(path: Path) -> None:
    """Under the name that ReportLab and xhtml2pdf fall back to (bullets, empty lines): a face that no file embeds."""
    from reportlab.pdfbase import pdfmetrics

    pdfmetrics.registerFont(_report_font("Helvetica", path))


def _report_font(name: str, path: Path):
    from reportlab.pdfbase.ttfonts import TTFont

    class ReportFont(TTFont):
        """ReportLab 5.1 writes characters beyond U+FFFF wrongly into the table that copying and searching
        use (<20BB7> instead of the surrogate pair <D842DFB7>): the name 𠮷 would be copied as another."""

        def addObjects(self, doc):
            super().addObjects(doc)
            for name, entry in doc.idToObject.items():
                if isinstance(name, str) and name.startswith("toUnicodeCMap:") and isinstance(entry.content, str):
                    entry.content = _with_surrogates(entry.content)

    return ReportFont(name, str(path))


def _with_surrogates(cmap: str) -> str:
    return "\n".join(_pair(line) for line in cmap.split("\n"))


def _pair(line: str) -> str:
    left, _, right = line.partition("> <")
    code = right.rstrip(">")
    if len(code) < 5 or not left.startswith("<"):
        return line
    return f"{left}> <{chr(int(code, 16)).encode('utf-16-be').hex().upper()}>"


def missing_characters(text: str, families: list[str]) -> set[str]:
    """Characters of `text` that no registered face of `families` can draw."""
    from reportlab.pdfbase import pdfmetrics

    drawn = [pdfmetrics.getFont(family).face.charToGlyph for family in families]
    return {c for c in set(text) if c.isprintable() and not any(ord(c) in glyphs for glyphs in drawn)}


def main() -> int:
    """Copy the fonts out of the front end's packages; 1 when a needed one is not there."""
    node_modules = Path(sys.argv[1]) if len(sys.argv) > 1 else APP / "frontend" / "node_modules"
    for path in install_fonts(node_modules):
        print(f"font {path.name}")
    try:
        find_fonts()
    except FontMissing as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
