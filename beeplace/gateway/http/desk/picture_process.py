"""Reduces one picture to a palette beside the gateway: a process of its own, which reads a file and ends.

Its only argument is JSON, its input the file, its output a line of JSON and what that line counts. See `reduction.py`.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from contextlib import suppress
from typing import Any

from PIL import Image, ImageOps

from beeplace.gateway.http.desk.picture_headers import MAX_BYTES, MAX_PIXELS, PictureRefused, check

CPU_SECONDS = 30
_MEMORY_BYTES = 3 << 29
_POLITE = 10  # gateways come first where processors are scarce
_OPAQUE = 128  # the least alpha of a pixel that is drawn
_COLORS = 256


def reduced(data: bytes, wanted: dict[str, Any]) -> tuple[int, int, bytes, bytes, bytes]:
    """Width, height, a colour index for each pixel, a byte for each that is 1 where it is drawn, and it all as PNG.

    Raises PictureRefused.
    """
    kind = check(data)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
            opened.load()
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, EOFError, MemoryError) as error:
        raise PictureRefused("the file is damaged or cut off") from error
    picture = _scaled(picture, wanted["width"], wanted["height"], *wanted["most"])
    colors, shown = _indexed(picture, wanted["colors"], set(wanted["disabled"]), dither=wanted["dither"])
    mask = picture.getchannel("A").point([int(alpha >= _OPAQUE) for alpha in range(256)]).tobytes()
    return *picture.size, colors, mask, shown


def _scaled(picture: Image.Image, width: int | None, height: int | None, most_x: int, most_y: int) -> Image.Image:
    """To the size that is asked for, one side by the other where only one is; to what fits where none is."""
    if width is None and height is None:
        scale = min(1.0, most_x / picture.width, most_y / picture.height)
        width, height = (max(1, int(side * scale)) for side in picture.size)
    elif height is None and width is not None:
        height = max(1, round(width * picture.height / picture.width))
    elif width is None and height is not None:
        width = max(1, round(height * picture.width / picture.height))
    assert width is not None
    assert height is not None
    if width > most_x or height > most_y:
        raise PictureRefused(f"it would be {width} x {height}, and the board is {most_x} x {most_y}")
    smaller = width < picture.width or height < picture.height
    how = Image.Resampling.LANCZOS if smaller else Image.Resampling.NEAREST  # drawings of few pixels keep their edges
    return picture.resize((width, height), how, reducing_gap=2.0 if smaller else None)


def _indexed(picture: Image.Image, colors: list[str], disabled: set[int], *, dither: bool) -> tuple[bytes, bytes]:
    """The nearest colours that are not disabled, and a PNG of them with what is transparent."""
    enabled = [index for index in range(len(colors)) if index not in disabled]
    enabled += [enabled[0]] * (_COLORS - len(enabled))  # a palette of fewer would be filled up with black
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(bytes.fromhex(colors[index][1:]) for index in enabled))
    how = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    found = picture.convert("RGB").quantize(palette=palette, dither=how)
    drawn = picture.getchannel("A").point([255 * (alpha >= _OPAQUE) for alpha in range(256)])
    shown = found.convert("RGBA")
    shown.putalpha(drawn)
    file = io.BytesIO()
    shown.save(file, "PNG")
    indices = Image.frombytes("L", found.size, found.tobytes().translate(bytes(enabled)))
    return Image.composite(indices, Image.new("L", found.size), drawn).tobytes(), file.getvalue()


def main() -> None:
    """One picture."""
    with suppress(OSError, ValueError):  # where a sandbox does not let us
        os.nice(_POLITE)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    out = sys.stdout.buffer
    try:
        width, height, *parts = reduced(sys.stdin.buffer.read(MAX_BYTES + 1), json.loads(sys.argv[1]))
    except PictureRefused as refused:
        out.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
        return
    told = {"width": width, "height": height, "bytes": [len(part) for part in parts]}
    out.write(json.dumps(told).encode() + b"\n")
    for part in parts:
        out.write(part)


if __name__ == "__main__":
    main()
