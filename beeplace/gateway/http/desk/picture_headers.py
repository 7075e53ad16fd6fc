"""What an uploaded picture says of itself, read before it is decoded: kind and size, whole and one picture only.

Raises PictureRefused with the reason. A decoder is only ever given what has passed here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MAX_BYTES = 1 << 25
MAX_PIXELS = 24_000_000
MAX_SIDE = 16_384
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what browsers show
_JPEG_BARE = {0x01, *range(0xD0, 0xD8)}  # markers that have no length


class PictureRefused(ValueError):
    """This is no picture that can be taken."""


def check(data: bytes) -> str:
    """The format, by its name in Pillow."""
    if not data or len(data) > MAX_BYTES:
        raise PictureRefused(f"a picture has 1 to {MAX_BYTES:,} bytes")
    if data.startswith(_PNG):
        return _checked("PNG", *_png(data))
    if data.startswith(_JPEG):
        return _checked("JPEG", *_jpeg(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _checked("WEBP", *_webp(data))
    raise PictureRefused("this is no PNG, JPEG or WebP")


def _checked(kind: str, width: int, height: int) -> str:
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE) or width * height > MAX_PIXELS:
        raise PictureRefused(
            f"it is {width:,} x {height:,}; a picture has at most {MAX_PIXELS:,} pixels, {MAX_SIDE:,} on a side"
        )
    return kind


def _png(data: bytes) -> tuple[int, int]:
    """Every chunk with its CRC, to the last one."""
    first, width, height, ended = True, 0, 0, False
    at = len(_PNG)
    while not ended:
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if len(kind) < 4 or end > len(data):
            raise PictureRefused("the file is cut off")
        if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise PictureRefused("the file is damaged: a checksum is wrong")
        if first is not (kind == b"IHDR") or (first and length != 13):
            raise PictureRefused("the file is damaged")
        if kind == b"acTL":
            raise PictureRefused("an animation is no picture")
        if first:
            width, height = (int.from_bytes(data[at + 8 + n : at + 12 + n], "big") for n in (0, 4))
        first, ended, at = False, kind == b"IEND", end
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """The segments up to the first scan; the end is looked for behind it."""
    for marker, segment in _segments(data):
        if marker in _JPEG_FRAMES:
            if len(segment) < 6 or data.rfind(b"\xff\xd9") < 0:
                raise PictureRefused("the file is cut off")
            return int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[1:3], "big")
    raise PictureRefused("the file is damaged, or a JPEG that browsers do not show")


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise PictureRefused("the file is damaged")
        marker = data[at + 1]
        if marker == 0xFF or marker in _JPEG_BARE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise PictureRefused("the file is cut off")
        if marker in (0xD9, 0xDA):
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def _webp(data: bytes) -> tuple[int, int]:
    size, kind, body = int.from_bytes(data[4:8], "little"), data[12:16], data[20:30]
    if size + 8 > len(data) or len(body) < 10:
        raise PictureRefused("the file is cut off")
    if kind == b"VP8X":
        if body[0] & 0x02:
            raise PictureRefused("an animation is no picture")
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise PictureRefused("the file is damaged")
