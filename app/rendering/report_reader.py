"""Reads the QR code of a scanned or photographed paper: prints the first text that begins as asked, as JSON.

A script of its own, started with `python -I` by `app/operations/papers.py` alone: the file is anybody's, so it is opened
in a process with limits. Arguments: the file, its media type, how the wanted text begins.
"""
from __future__ import annotations

import json
import resource
import sys

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 15
PAGES = 6          # from both ends: a signed form is the first or the last page of what is uploaded
DPI = 200
PIXELS = 25_000_000
SIZES = (1.0, 2.0, 0.5)  # scans are too coarse as often as too fine


def pictures(path: str, media_type: str):
    """Grey pictures of the file's pages."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    if media_type != "application/pdf":
        with Image.open(path) as picture:
            yield ImageOps.exif_transpose(picture).convert("L")
        return
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    count = len(document)
    for number in sorted({*range(min(count, PAGES - 2)), *range(max(0, count - 2), count)}):
        page = document[number]
        scale = min(DPI / 72, (PIXELS / max(1.0, page.get_width() * page.get_height())) ** 0.5)
        yield page.render(scale=scale).to_pil().convert("L")


def read(picture, beginning: str) -> str:
    """The text of the code on the picture; "" when there is none that begins so."""
    import zxingcpp
    from PIL import Image

    for size in SIZES:
        wide = (round(picture.width * size), round(picture.height * size))
        if wide[0] * wide[1] > PIXELS or min(wide) < 40:
            continue
        scaled = picture if size == 1.0 else picture.resize(wide, Image.Resampling.BICUBIC)
        for found in zxingcpp.read_barcodes(scaled, formats=zxingcpp.BarcodeFormat.QRCode):
            if found.text.startswith(beginning):
                return found.text
    return ""


def main(path: str, media_type: str, beginning: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    text = next(filter(None, (read(picture, beginning) for picture in pictures(path, media_type))), "")
    print(json.dumps(text))


if __name__ == "__main__":
    main(*sys.argv[1:4])
