"""What people hand in: small valid files, and the answers of the samples with dates that fit today. Tests only."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import yaml
from PIL import Image

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


def pdf() -> bytes:
    """One empty page."""
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


def photo() -> bytes:
    """A portrait of the least size allowed, one colour."""
    out = BytesIO()
    Image.new("RGB", (295, 413), (214, 226, 240)).save(out, "JPEG")
    return out.getvalue()


def paper(name: str) -> dict:
    """A file as a browser hands it in; the ending says which kind."""
    if name.endswith(".jpg"):
        return {"name": name, "mimeType": "image/jpeg", "buffer": photo()}
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf()}
