"""Reads the catalogue of bad input: one row is one class of mistakes, with one or more inputs that are executed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

FILES = ("handshakes", "frames", "packets", "join", "pixels", "organiser", "environment")
EXECUTED = (
    "arguments", "frames", "packets", "handshakes", "raw", "steps", "scenario", "story", "requests",
    "environments", "folders",
)  # fmt: skip

_REPEATED = re.compile(r"<([^<>]+?)\*(\d+)>")
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """The rows of one file."""
    found: list[Row] = json.loads((Path(__file__).parent / "cases" / f"{name}.json").read_text())["rows"]
    return found


def expanded(text: str) -> str:
    """The input that a text stands for: `<x*9>` is nine x."""
    return _REPEATED.sub(lambda match: match[1] * int(match[2]), text)


def inputs(name: str, form: str) -> list[Any]:
    """One pytest parameter, (row, input), for each input of that form."""
    return [
        pytest.param(row, one, id=f"{row['id']}-{row['what'].replace(' ', '_')}-{number}")
        for row in rows(name)
        for number, one in enumerate(row.get(form, ()))
    ]


def whole_rows(name: str, form: str) -> list[Any]:
    """One pytest parameter, (row), for each row of that form."""
    return [pytest.param(row, id=f"{row['id']}-{row['what'].replace(' ', '_')}") for row in rows(name) if form in row]
