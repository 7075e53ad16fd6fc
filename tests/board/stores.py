"""Real faults for a store in a file, and a look into it from beside; used by the tests here."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file of this process can be written beyond `size` bytes: a disk that is full, for SQLite."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What another reader of the file sees."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def change(path: Path, sql: str) -> None:
    """Changes a file that no store has open."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(sql)
