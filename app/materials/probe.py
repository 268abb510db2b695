"""Looks into an uploaded file in a process of its own, with limits of memory and time; prints one JSON line.

A script: `python -I probe.py look ORIGINAL CLEAN` judges a file; CLEAN receives the copy of a picture that is handed out:
encoded anew, without EXIF, place or anything appended. `… thumbnail FILE PICTURE` draws its first page small;
`… crop FILE PICTURE JSON` cuts a picture. It imports nothing of the service, because what it opens is hostile.
"""
import json
import resource
import sys
import warnings
import zipfile

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of CPU
PIXELS = 25_000_000
PAGES = 500
OBJECTS = 200_000
THUMBNAIL = 360  # pixels of the longer side
STARTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# The industry's harmless test virus, in two pieces so that scanners do not find it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ENDS = (b"%%EOF", b"\xff\xd9", b"IEND\xaeB`\x82")
PAGE_SIGNS = (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php")
DANGEROUS_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}


class Refused(Exception):
    """Its text is the reason's code."""


def main(verb: str, original: str, made: str, *more: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = {"look": _look, "thumbnail": _thumbnail, "crop": _crop}[verb](original, made, *more)
    except Refused as refusal:
        found = {"refused": str(refusal)}
    except MemoryError:
        found = {"refused": "too-big-inside"}
    print(json.dumps(found))


def _look(original: str, clean: str) -> dict:
    with open(original, "rb") as file:
        content = file.read()
    head = content[:16]
    _ensure_one_thing(original, content)
    if head.startswith(b"%PDF-"):
        return _look_into_pdf(original)
    if head.startswith(b"\xff\xd8\xff"):
        return _look_into_picture(original, clean, "JPEG", "image/jpeg")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _look_into_picture(original, clean, "PNG", "image/png")
    raise Refused("unknown-kind")


def _ensure_one_thing(path: str, content: bytes) -> None:
    """Refuses what is known to be infected and what is two files in one: an archive or a web page around it (I-04)."""
    if EICAR in content:
        raise Refused("infected")
    if not content.startswith(STARTS):
        raise Refused("unknown-kind")
    if zipfile.is_zipfile(path):
        raise Refused("two-in-one")
    end = max((content.rfind(mark) + len(mark) for mark in ENDS if mark in content), default=len(content))
    around = (content[:1024] + content[end:end + 65536]).lower()
    if any(sign in around for sign in PAGE_SIGNS):
        raise Refused("two-in-one")


def _look_into_pdf(path: str) -> dict:
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                raise Refused("damaged")
            if pages > PAGES:
                raise Refused("too-many-pages")
            _ensure_passive(pdf)
    except pikepdf.PasswordError:
        raise Refused("password") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        raise Refused("damaged") from None
    return {"media_type": "application/pdf", "pages": pages}


def _ensure_passive(pdf) -> None:
    """Refuses a PDF that would act by itself or carries files inside (I-02)."""
    import pikepdf

    if len(pdf.objects) > OBJECTS:
        raise Refused("too-big-inside")
    for thing in pdf.objects:
        for found in _dictionaries(thing, pikepdf):
            if str(found.get("/S", "")) in DANGEROUS_ACTIONS or "/JS" in found:
                raise Refused("active")
            if "/EmbeddedFiles" in found or str(found.get("/Type", "")) == "/EmbeddedFile":
                raise Refused("active")


def _dictionaries(thing, pikepdf, depth: int = 0):
    """The dictionaries written inside an object; what it only points to is an object of its own."""
    if depth > 20:
        raise Refused("damaged")
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    inside = ()
    if isinstance(thing, pikepdf.Dictionary):
        yield thing
        inside = thing.values()
    elif isinstance(thing, pikepdf.Array):
        inside = thing
    for value in inside:
        if not getattr(value, "is_indirect", False):
            yield from _dictionaries(value, pikepdf, depth + 1)


def _look_into_picture(path: str, clean: str, kind: str, media_type: str) -> dict:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=[kind]) as picture:
            if picture.width * picture.height > PIXELS:
                raise Refused("too-many-pixels")
            if getattr(picture, "n_frames", 1) > 1:
                raise Refused("animated")
            picture.load()
            upright, mode = ImageOps.exif_transpose(picture), _mode(picture)
            _save_clean(upright, clean, kind)
            return {"media_type": media_type, "pages": 1, "width": upright.width, "height": upright.height, "mode": mode}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too-many-pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("damaged") from None


def _mode(picture) -> str:
    """The colours as Pillow calls them; + says that something is transparent."""
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return picture.mode + ("+" if transparent else "")


def _thumbnail(path: str, made: str) -> dict:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    with open(path, "rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    picture = _first_page(path) if is_pdf else Image.open(path, formats=["JPEG", "PNG"])
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    _on_white(picture).save(made, "JPEG", quality=80)
    return {"width": picture.width, "height": picture.height}


def _first_page(path: str):
    import pypdfium2

    page = pypdfium2.PdfDocument(path)[0]
    return page.render(scale=THUMBNAIL / max(*page.get_size(), 1)).to_pil()


def _crop(path: str, made: str, wanted: str) -> dict:
    """Cuts the greatest piece of the wanted shape out of a picture: from the middle, or from the top where heads are."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    asked = json.loads(wanted)
    with Image.open(path, formats=["JPEG", "PNG"]) as picture:
        size, top = (asked["width"], asked["height"]), {"top": 0.0, "middle": 0.5}[asked["where"]]
        cut = ImageOps.fit(_on_white(picture), size, Image.Resampling.LANCZOS, centering=(0.5, top))
    for quality in (92, 85, 75, 60):
        cut.save(made, "JPEG", quality=quality, dpi=(300, 300))
        with open(made, "rb") as file:
            if len(file.read()) <= asked["most"]:
                break
    return {"width": cut.width, "height": cut.height}


def _on_white(picture):
    """The picture in plain colours; what is transparent becomes white."""
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _save_clean(picture, path: str, kind: str) -> None:
    picture.info.clear()  # EXIF, text chunks and comments would be written back from here
    if kind == "JPEG":
        picture.convert("RGB").save(path, "JPEG", quality=92, optimize=False)
    else:
        picture.save(path, "PNG")


if __name__ == "__main__":
    main(*sys.argv[1:])
