"""Opens a database file to read it, also where nothing can be written: a snapshot, a read-only mount, a copy."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import apsw

_FLAGS = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
_PATIENCE_MS = 1_000


def reader(path: Path) -> apsw.Connection:
    """A connection that only reads. Raises apsw.Error for a file that it cannot read."""
    try:
        return readable(path)
    except apsw.CantOpenError:
        if beside(path, "-shm").exists():  # somebody may be writing
            raise
    # SQLite wants to make the file that readers of a WAL share. Nobody writes where it can't be made.
    if has_wal(path):
        return readable(path, "&vfs=unix-none", "PRAGMA locking_mode = EXCLUSIVE")
    return readable(path, "&immutable=1")


def readable(path: Path, options: str = "", pragma: str = "") -> apsw.Connection:
    """The same in one way. Raises apsw.Error."""
    db = apsw.Connection(f"file:{quote(str(path.absolute()))}?mode=ro{options}", flags=_FLAGS)
    try:
        db.set_busy_timeout(_PATIENCE_MS)
        list(db.execute(pragma))
        list(db.execute("SELECT count(*) FROM sqlite_master"))  # until now nothing was opened
    except apsw.Error:
        db.close()
        raise
    return db


def has_wal(path: Path) -> bool:
    """Whether there is a WAL that has something."""
    wal = beside(path, "-wal")
    return wal.exists() and wal.stat().st_size > 0


def beside(path: Path, suffix: str) -> Path:
    """One of the files that SQLite keeps beside a database."""
    return path.with_name(path.name + suffix)
