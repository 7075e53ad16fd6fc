"""Reads the SQL that stands beside a store: named queries, and numbered migrations."""

from __future__ import annotations

import re
from importlib.resources import files

_NAMED = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def queries(folder: str, file: str = "queries") -> dict[str, str]:
    """The statements of `<folder>/<file>.sql`, by the name above each."""
    parts = _NAMED.split((files("beeplace.board") / folder / f"{file}.sql").read_text())
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def migrations(folder: str) -> list[tuple[int, str]]:
    """The schema's steps in order, each with its number."""
    names = sorted(f.name for f in (files("beeplace.board") / folder).iterdir() if re.match(r"\d{4}_", f.name))
    return [(int(name[:4]), (files("beeplace.board") / folder / name).read_text()) for name in names]
