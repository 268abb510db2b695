"""Looks into an uploaded file in a process of its own, with limits of memory and time; prints one JSON line.

A script: `python -I probe.py ORIGINAL CLEAN`. It imports nothing of the service, because what it opens is hostile.
CLEAN receives the copy of a picture that is handed out: encoded anew, without EXIF, place or anything appended.
"""
import json
import resource
import sys
import warnings

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of CPU
PIXELS = 25_000_000
PAGES = 500
OBJECTS = 200_000
DANGEROUS_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}


class Refused(Exception):
    """Its text is the reason's code."""


def main(original: str, clean: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        found = _look(original, clean)
    except Refused as refusal:
        found = {"refused": str(refusal)}
    except MemoryError:
        found = {"refused": "too-big-inside"}
    print(json.dumps(found))


def _look(original: str, clean: str) -> dict:
    with open(original, "rb") as file:
        head = file.read(16)
    if head.startswith(b"%PDF-"):
        return _look_into_pdf(original)
    if head.startswith(b"\xff\xd8\xff"):
        return _look_into_picture(original, clean, "JPEG", "image/jpeg")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _look_into_picture(original, clean, "PNG", "image/png")
    raise Refused("unknown-kind")


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
            upright = ImageOps.exif_transpose(picture)
            _save_clean(upright, clean, kind)
            return {"media_type": media_type, "pages": 1, "width": upright.width, "height": upright.height}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too-many-pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("damaged") from None


def _save_clean(picture, path: str, kind: str) -> None:
    picture.info.clear()  # EXIF, text chunks and comments would be written back from here
    if kind == "JPEG":
        picture.convert("RGB").save(path, "JPEG", quality=92, optimize=False)
    else:
        picture.save(path, "PNG")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
