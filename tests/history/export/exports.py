"""Reads exports as somebody else would, with the tools of each form."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it brings no types

from beeplace.people.export_names import ExportNames
from tests.closed_store import archive
from tests.log.samples import Session

Rows = list[dict[str, Any]]

_TEXTS = frozenset(("epoch", "time", "kind", "hex", "person", "change"))


def rows_of(path: Path, form: str) -> Rows:
    """All entries, their moments as text of RFC 3339, and None for what is empty."""
    match form:
        case "parquet":
            return [{**row, "time": _told(row["time"])} for row in pq.read_table(path).to_pylist()]
        case "csv":
            lines = csv.DictReader(io.StringIO(path.read_text(), newline=""))
            return [{name: _value(name, text) for name, text in line.items()} for line in lines]
        case _:
            return [orjson.loads(line) for line in path.read_bytes().splitlines()]


async def export_names(session: Session) -> ExportNames:
    """What exports of a board call people."""
    async with archive(session).moment() as moment:
        return ExportNames(moment.head.secrets["identities"])


def _value(name: str, text: str) -> object:
    if not text:
        return None
    return text if name in _TEXTS else int(text)


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def drawn(rows: Rows, width: int, height: int) -> bytes:
    """The picture that an export leads to, by nothing but what the documentation says of its columns."""
    pixels = bytearray(width * height)
    for row in rows:
        if row["change"] is None:
            pixels[row["y"] * width + row["x"]] = row["color"]
            continue
        letter, *told = row["change"].split(",")
        if letter == "r":
            pixels = bytearray(width * height)
        elif letter in ("f", "p"):
            left, top, across, down = map(int, told[:4])
            colors = _runs(told[4]) if letter == "p" else [int(told[4])] * (across * down)
            for index, color in enumerate(colors):
                if color is not None:
                    pixels[(top + index // across) * width + left + index % across] = color
    return bytes(pixels)


def _runs(text: str) -> list[int | None]:
    found: list[int | None] = []
    for run in text.split(";"):
        count, color = run.split("*") if "*" in run else ("1", run)
        found += [None if color == "-" else int(color)] * int(count)
    return found
