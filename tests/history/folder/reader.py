"""Reads an archive folder as somebody else would: by what docs/history.md says, and nothing of ours."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.history.pieces.reader import Line, play, read, resized

CALL, END = "beeplaceArchive(", ");\n"


def handed_over(script: Path) -> tuple[str, Any]:
    """The name and the content of the only call in a script."""
    text = script.read_text()
    assert text.startswith(CALL)
    assert text.endswith(END)
    name, content = json.loads(f"[{text.removeprefix(CALL).removesuffix(END)}]")
    return name, content


def index(folder: Path) -> Any:
    name, told = handed_over(folder / "history" / "index.js")
    assert (name, told["format"]) == ("index", 1)
    return told


def unpacked(folder: Path, url: str) -> bytes:
    name, content = handed_over(folder / "history" / f"{url}.js")
    assert name == url
    return gzip.decompress(base64.b64decode(content, validate=True))


def lines(folder: Path) -> Iterator[Line]:
    """All entries, which must come without a gap."""
    last = 0
    for piece in index(folder)["pieces"]:
        assert piece["after"] == last
        for line in read(unpacked(folder, piece["url"])):
            last += 1
            assert line.seq == last
            yield line
        assert piece["to"] == last


def boards(folder: Path) -> Iterator[tuple[int, int, bytes]]:
    """Seq, width and pixels after each entry."""
    first = index(folder)["epochs"][0]
    pixels, width = bytearray(first["width"] * first["height"]), first["width"]
    for line in lines(folder):
        if line.fields[0] == "s":
            pixels, width = resized(pixels, line.fields)
        else:
            play(pixels, width, line)
        yield line.seq, width, bytes(pixels)
