"""What people hand in: small valid files, and the answers of the samples with dates that fit today. Tests only."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2 as pdfium
import yaml
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
TITLE_REVIEW = ROOT / "processes" / "title-review" / "scenarios" / "samples"
LIBRARY = ROOT / "tests" / "data" / "lending-library"
FILES = ("photo", "commitment_signed", "education_proof", "title_proof", "technical_proof", "form_signed")  # fields of title review
LENDING = LIBRARY / "processes" / "lending-library" / "scenarios" / "samples"


def answers(name: str, folder: Path = TITLE_REVIEW, **changes) -> dict:
    """The answers of a sample file, with changes; None takes one out."""
    said = yaml.safe_load((folder / f"{name}.yml").read_text("utf-8")) | changes
    return {key: value for key, value in said.items() if value is not None}


def day(offset: int = 0) -> str:
    """Today in Shanghai, some days on, as ISO text."""
    return (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=offset)).isoformat()


def declared(**changes) -> dict:
    """A filled declaration of this year."""
    return answers("declaration", review_year=str(date.fromisoformat(day()).year)) | changes


def period() -> dict:
    """A publicity of more than five working days, even across the longest holidays, that ended yesterday."""
    return {"started": day(-21), "ended": day(-1)}


def pdf(title: str = "") -> bytes:
    """One empty page; with a title no two are the same file."""
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.docinfo["/Title"] = title
    document.save(out)
    return out.getvalue()


def photo() -> bytes:
    """A portrait of the least size allowed, one colour."""
    return _jpeg(Image.new("RGB", (295, 413), (214, 226, 240)))


def phone_picture() -> bytes:
    """A portrait as a phone takes it: larger than asked, in another shape."""
    picture = Image.new("RGB", (1200, 1600), (67, 142, 219))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((180, 1060, 1020, 2100), fill=(44, 52, 66))
    pen.rectangle((520, 900, 680, 1120), fill=(224, 186, 160))
    pen.ellipse((380, 420, 820, 1000), fill=(236, 200, 176))
    pen.pieslice((370, 380, 830, 900), 180, 360, fill=(38, 32, 30))
    return _jpeg(picture)


def signed_scan(printed: bytes) -> bytes:
    """A printed report, signed by hand and scanned: pictures of its pages, nothing of its text."""
    pages = [page.render(scale=2).to_pil().convert("RGB") for page in pdfium.PdfDocument(printed)]
    width, height = pages[-1].size
    strokes = [(width // 3 + 30 * step, height // 2 + (40 if step % 2 else -40)) for step in range(8)]
    ImageDraw.Draw(pages[-1]).line(strokes, fill=(30, 40, 120), width=6)
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=144)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def paper(name: str, content: bytes = b"") -> dict:
    """A file as a browser hands it in; the ending says which kind."""
    if name.endswith(".jpg"):
        return {"name": name, "mimeType": "image/jpeg", "buffer": content or photo()}
    return {"name": name, "mimeType": "application/pdf", "buffer": content or pdf(name)}
