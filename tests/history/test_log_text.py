"""The log as text, against the golden vectors that the browser's code reads too."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from beeplace.board.changes import KINDS, Record, read
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.history.log_text import encode_log

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "wire/log.json").read_text())


def entry(seq: int, told: dict[str, Any]) -> Entry:
    area = Area(*told["area"]) if "area" in told else None
    payload = base64.b64decode(told["payload"]) if "payload" in told else None
    [kind] = [number for number, kind in KINDS.items() if told["kind"] == kind.NAME]
    change = read(Record(kind, area, told.get("color", 0), payload))
    return Entry(seq, told["epoch"], told["at"], b"who", None, change)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_log_is_written_as_agreed(vector: dict[str, Any]) -> None:
    entries = [entry(vector["first"] + index, told) for index, told in enumerate(vector["entries"])]
    assert encode_log(entries) == "".join(line + "\n" for line in vector["lines"])
