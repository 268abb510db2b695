"""Where a line of Chinese text may end: numbers and Latin words stay whole, stops never begin a line.

Imported by the report worker's `report_pdf.py` alone. xhtml2pdf's own way for Chinese (`word-break: break-all`) cuts
between any two characters (an amount or identity number runs over two lines), knows Japanese stops only, and loses
`<br>`; `install` puts the lines found here in its place. Drawing stays with the library.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

NO_START = frozenset("，。、；：？！…—·”’）》〉】〕」』］｝%‰℃°,.;:?!)]}>'\"")
NO_END = frozenset("“‘（《〈【〔「『［｛¥￥$([{<")
_FUZZ = 1e-6  # points: widths are sums of floats


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if after == " " or after in NO_START or before in NO_END:
        return False
    return before == " " or not (_in_word(before) and _in_word(after))


def _in_word(char: str) -> bool:
    return char.isascii() and not char.isspace()


def find_lines(chars: Sequence[str], widths: Sequence[float], room: Callable[[int], float],
               forced: Callable[[int], bool] = lambda _index: False) -> list[tuple[int, int]]:
    """(start, end) of each line; `room(n)` is the width of line n in points, `forced(i)`: element i ends its line."""
    lines: list[tuple[int, int]] = []
    start, index, used, last, count = 0, 0, 0.0, 0, len(chars)
    while index < count:
        if forced(index):
            lines.append((start, index))
            start, index, used, last = index + 1, index + 1, 0.0, 0
            continue
        if index > start and may_break(chars[index - 1], chars[index]):
            last = index
        if used + widths[index] > room(len(lines)) + _FUZZ and index > start and chars[index] != " ":
            end = last or index
            lines.append((start, end))
            start = index = end
            used, last = 0.0, 0
            continue
        used += widths[index]
        index += 1
    if start < count:
        lines.append((start, count))
    return lines


def install() -> None:
    """Let xhtml2pdf break Chinese paragraphs here. Once per process."""
    from xhtml2pdf import reportlab_paragraph as library

    if library.cjkFragSplit is not _split_fragments:
        library.cjkFragSplit = _split_fragments
        library.Paragraph.breakLinesCJK = _breaking(library.Paragraph.breakLinesCJK)
        library.Paragraph._brokenLines = _at_rounded_widths(library.Paragraph._brokenLines)


def _at_rounded_widths(original):
    """A table measures, places and draws a cell at widths that differ in the fourteenth digit: the library, which
    remembers the lines of the last width, broke each paragraph three times over. Thousandths of a point are one width."""
    return lambda paragraph, first, later: original(paragraph, round(first, 3), round(later, 3))


def _room(widths: Sequence[float]) -> Callable[[int], float]:
    return lambda number: widths[min(number, len(widths) - 1)]


def _split_fragments(frags, widths, calc_bounds, encoding="utf8"):
    """The lines of a paragraph of several fragments (fonts, bold, images)."""
    from xhtml2pdf.reportlab_paragraph import ParaLines, cjkU, makeCJKParaLine

    units = [cjkU(char, frag, encoding) for frag in frags for char in (frag.text or [""])]
    sizes, room, lines = [unit.width for unit in units], _room(widths), []
    for start, end in find_lines(units, sizes, room, lambda index: hasattr(units[index].frag, "lineBreak")):
        spare = room(len(lines)) - sum(sizes[start:_without_blanks(units, start, end)])
        lines.append(makeCJKParaLine(units[start:end], spare, calc_bounds))
    return ParaLines(kind=1, lines=lines)


def _without_blanks(chars: Sequence[str], start: int, end: int) -> int:
    while end > start and chars[end - 1] == " ":
        end -= 1
    return end


def _breaking(original):
    def break_lines(paragraph, width):
        """The lines of a paragraph; of one fragment here, everything else through the library's own function."""
        frag = paragraph.frags[0] if len(paragraph.frags) == 1 else None
        text = getattr(frag, "text", None)
        if not text or paragraph.bulletText or getattr(paragraph, "_splitpara", 0) or hasattr(frag, "cbDefn"):
            return original(paragraph, width)
        paragraph.height = 0
        return _one_fragment(frag, text, width if isinstance(width, (list, tuple)) else [width])

    return break_lines


def _one_fragment(frag, text: str, widths: Sequence[float]):
    from xhtml2pdf.util import stringWidth

    sizes = [stringWidth(char, frag.fontName, frag.fontSize) for char in text]
    room, lines = _room(widths), []
    for start, end in find_lines(text, sizes, room):
        end = _without_blanks(text, start, end)
        lines.append((room(len(lines)) - sum(sizes[start:end]), [text[start:end]]))
    return frag.clone(kind=0, lines=lines, ascent=frag.fontSize, descent=-0.2 * frag.fontSize)
