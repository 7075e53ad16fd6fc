"""The poster of an archive folder: the board at the end on a sheet of A2, as a PDF that prints sharp at any size.

The picture is the one for print as it was compressed for its PNG: a PDF reads the same deflated, filtered rows
(ISO 32000-1, 7.4.4.4), so nothing is compressed twice and no dot is changed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_A2: Final = (1190.55, 1683.78)  # points of 1/72 inch: 420 x 594 mm
_MARGIN, _BAND = 56.0, 120.0  # points; the band is what title and lines have below the picture
_TITLE, _LINE = 48.0, 20.0  # points, sizes of letters at most
_WIDEST: Final = 1.02  # no letter of Helvetica is wider, in parts of its size
_SIGNATURE: Final = 8  # bytes before a PNG's first chunk


@dataclass(frozen=True, slots=True)
class _Picture:
    """A PNG with a palette, and without interlacing."""

    width: int
    height: int
    depth: int
    palette: bytes
    rows: bytes


def write_poster(path: Path, picture: Path, title: str, lines: Sequence[str]) -> None:
    """Writes a page with a PNG that has a palette, a title and lines below it; the same bytes for the same values.

    Text is in Helvetica, which every reader brings, with the letters of Windows-1252. What has others is left out.
    """
    shown = _picture(picture.read_bytes())
    across, up = sorted(_A2, reverse=shown.width > shown.height)
    contents = _contents(shown, across, up, title, lines)
    image = (
        f"<< /Type /XObject /Subtype /Image /Width {shown.width} /Height {shown.height}"
        f" /BitsPerComponent {shown.depth} /Interpolate false"
        f" /ColorSpace [/Indexed /DeviceRGB {len(shown.palette) // 3 - 1} <{shown.palette.hex()}>]"
        " /Filter /FlateDecode"
        f" /DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent {shown.depth} /Columns {shown.width} >>"
        f" /Length {len(shown.rows)} >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across} {up}] /Contents 4 0 R"
        " /Resources << /XObject << /Board 5 0 R >> /Font << /Text 6 0 R >> >> >>".encode(),
        _stream(f"<< /Length {len(contents)} >>", contents),
        _stream(image, shown.rows),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title <feff" + title.encode("utf-16-be").hex().encode() + b"> >>",
    ]
    path.write_bytes(_document(objects))


def _picture(png: bytes) -> _Picture:
    chunks = list(_chunks(png))
    header = next(content for name, content in chunks if name == b"IHDR")
    width, height, depth = struct.unpack_from(">IIB", header)
    palette = next(content for name, content in chunks if name == b"PLTE")
    return _Picture(width, height, depth, palette, b"".join(content for name, content in chunks if name == b"IDAT"))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at < len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + size]
        at += 12 + size  # its length, its name and its checksum have 4 bytes each


def _contents(shown: _Picture, across: float, up: float, title: str, lines: Sequence[str]) -> bytes:
    """What is drawn: the picture as large as fits and the text below its left side, in the middle of the sheet."""
    room = (across - 2 * _MARGIN, up - 2 * _MARGIN - _BAND)
    scale = min(room[0] / shown.width, room[1] / shown.height)
    width, height = shown.width * scale, shown.height * scale
    left, top = (across - width) / 2, (up + height + _BAND) / 2
    drawn = [b"q %.3f 0 0 %.3f %.3f %.3f cm /Board Do Q" % (width, height, left, top - height)]
    down = top - height
    for size, text in [(_TITLE, title), *((_LINE, line) for line in lines)]:
        try:
            letters = text.encode("cp1252")
        except UnicodeEncodeError:
            continue
        fits = min(size, (across - _MARGIN - left) / (max(1, len(letters)) * _WIDEST))
        down -= size * 1.25
        drawn.append(b"BT /Text %.3f Tf %.3f %.3f Td <%s> Tj ET" % (fits, left, down, letters.hex().encode()))
    return b"\n".join(drawn)


def _stream(dictionary: str, content: bytes) -> bytes:
    return b"%s\nstream\n%s\nendstream" % (dictionary.encode(), content)


def _document(objects: Sequence[bytes]) -> bytes:
    """Objects numbered from 1, and the table of where each is. The first is the catalogue, the last the information."""
    parts, at, places = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], 0, []
    for number, content in enumerate(objects, 1):
        at += len(parts[-1])
        places.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = at + len(parts[-1])
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    parts.append(
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, rows, len(objects) + 1, len(objects), table)
    )
    return b"".join(parts)
