"""HTML to PDF with xhtml2pdf: embedded fonts, no network, no file. Runs in the report worker only."""
from __future__ import annotations

import io
import logging
import re

from app.rendering import report_lines
from app.rendering.fonts import FontSet, missing_characters, register_fonts

RENDER_SECONDS = 20
SECONDS_PER_CHARACTER = 1 / 2500  # by the clock, on a busy machine; a roster of 500 people has some 125,000 characters
LONGEST_SECONDS = 120
DOCUMENT_BYTES = 4 * 1024 * 1024
SHOWN_LIMIT = 200

# xhtml2pdf says once per document which CSS it does not know: nothing that anybody can act on while it runs.
logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)


def to_pdf(html: str, fonts: FontSet) -> tuple[bytes, list[str]]:
    """The document as PDF, and the characters for which no font has a picture (their code is printed instead).

    Raises RenderLimitError (xhtml2pdf) when it takes too long or nests too deep.
    """
    from reportlab import rl_config
    from xhtml2pdf.config.resources import ResourceAccessPolicy
    from xhtml2pdf.document import pisaDocument

    families = register_fonts(fonts)
    report_lines.install()
    rl_config.canvas_basefontname = families[0]
    missing = sorted(missing_characters(html, families))
    out = io.BytesIO()
    pisaDocument(
        _with_families(_with_codes(html, missing), families), out, encoding="utf-8", link_callback=refuse_resource,
        resource_policy=ResourceAccessPolicy.server(allow_remote=False, max_render_seconds=seconds_to_draw(html),
                                                    max_document_bytes=DOCUMENT_BYTES),
    )
    return out.getvalue(), missing


def seconds_to_draw(html: str) -> float:
    """How long drawing this document may take: a list of hundreds of people longer than a letter."""
    return min(RENDER_SECONDS + len(html) * SECONDS_PER_CHARACTER, LONGEST_SECONDS)


def refuse_resource(uri: str, _base: str | None) -> str:
    """Only images that are inside the document; every other address becomes one that cannot be read."""
    return uri if re.match(r"data:image/(png|jpeg);base64,", uri) else "refused"


def _with_codes(html: str, missing: list[str]) -> str:
    """Each character that cannot be drawn as 〔U+2B7F7〕: seen, and to be completed by hand, never dropped."""
    for char in missing[:SHOWN_LIMIT]:
        html = html.replace(char, f"〔U+{ord(char):04X}〕")
    return html


def _with_families(html: str, families: list[str]) -> str:
    """The style sheet names its fonts by `font-family: report`; here it learns what that is in this office."""
    asked = ", ".join(f'"{family}"' for family in families)
    return re.sub(r"font-family:\s*report\s*;", f"font-family: {asked};", html)
