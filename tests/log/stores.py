"""Real faults for stores, and a look into them from beside; used by the tests here."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.log.samples import Session
from tests.postgres import schema, shared

_CHANGE = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.stdin.read()); db.close()"


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
    """Changes a file, from another process: one that a store of this process has open would lose its locks."""
    subprocess.run([sys.executable, "-c", _CHANGE, str(path)], input=sql, text=True, check=True)


def of(session: Session, sql: str) -> list[tuple[Any, ...]]:
    """What another session of PostgreSQL sees in a store's schema; `{}` stands for its name."""
    return [tuple(row) for row in shared().sql(sql.format(schema(str(session.folder))))]


@contextmanager
def no_blocks(session: Session) -> Iterator[None]:
    """The store cannot keep blocks: its disk is full, or its table is away."""
    if (session.folder / "board.db").exists():
        with file_limit(0):
            yield
        return
    of(session, "ALTER TABLE {}.block RENAME TO away")
    try:
        yield
    finally:
        of(session, "ALTER TABLE {}.away RENAME TO block")
