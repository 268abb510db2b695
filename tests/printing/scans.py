"""What comes off the printer and back from the scanner."""
from __future__ import annotations

import io
import re

import pypdf
import pypdfium2
from PIL import Image, ImageFilter


def text_of(pdf: bytes) -> str:
    """What can be copied out of a PDF."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def code_on(pdf: bytes) -> str:
    """The check code at the foot of the page."""
    return re.search(r"核对码 ([0-9A-Z]{4}-[0-9A-Z]{4})", text_of(pdf).replace("\u00a0", " "))[1]


def scanned(pdf: bytes, *, dpi: int = 200, angle: float = 2.0, blur: float = 0.8, kind: str = "JPEG") -> bytes:
    """The first page as an office's scanner would give it: a little turned, a little blurred, compressed."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil().convert("L")
    page = page.rotate(angle, expand=True, fillcolor=235, resample=Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(blur))
    out = io.BytesIO()
    page.convert("RGB").save(out, kind, **({"quality": 70} if kind == "JPEG" else {"resolution": dpi}))
    return out.getvalue()
