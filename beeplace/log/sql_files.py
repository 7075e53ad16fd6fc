"""Reads the SQL that stands beside a store: named queries, and numbered migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

_AT_ONCE = (256, 64, 16, 4, 1)  # rows of one statement, so that few different ones have to be kept ready
_NAMED = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def queries(folder: str, file: str = "queries") -> dict[str, str]:
    """The statements of `<folder>/<file>.sql`, by the name above each."""
    parts = _NAMED.split((files("beeplace.log") / folder / f"{file}.sql").read_text())
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def many(
    sql: str, rows: Sequence[tuple[object, ...]], shared: tuple[object, ...] = ()
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Statements and their bindings for many rows, made of one whose VALUES are for a single row.

    SQLite lets go of the interpreter in each step and has to get it back: with a statement for each row that is
    two switches between threads for each, as soon as the other thread has something to do. `shared` are bindings that
    all rows have, which the statement names by their numbers: ?1 and so on, before those of a row.
    """
    at = 0
    for size in _AT_ONCE:
        while at + size <= len(rows):
            yield _for_rows(sql, size), (*shared, *chain.from_iterable(rows[at : at + size]))
            at += size


@cache
def _for_rows(sql: str, count: int) -> str:
    return re.sub(r"VALUES (\([?\d, ]+\))", lambda found: "VALUES " + ", ".join(count * [found[1]]), sql)


def migrations(folder: str) -> list[tuple[int, str]]:
    """The schema's steps in order, each with its number."""
    names = sorted(
        f.name for f in (files("beeplace.log") / folder / "migrations").iterdir() if re.match(r"\d{4}_", f.name)
    )
    return [(int(name[:4]), (files("beeplace.log") / folder / "migrations" / name).read_text()) for name in names]
