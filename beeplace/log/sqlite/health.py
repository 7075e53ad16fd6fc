"""What `beeplace doctor` looks at where the log is a file of SQLite: nothing is written into the database."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from pathlib import Path

import apsw

from beeplace.errors import SettingError
from beeplace.findings import Examined, Finding, Times, failure, ok, warning
from beeplace.log.sqlite.database_file import inspect
from beeplace.log.sqlite.reading import beside, readable, reader

WRITES = 40
_PAGE = 4096
_CHECK_SECONDS = 10.0
_MODE_AT, _WAL = 18, 2  # a byte of the file's head; asked as immutable, SQLite would call it another mode
_FIXED = (3, 51, 3)  # since then a WAL that two connections reset at once is not corrupted


def check(path: Path) -> Examined:
    """Looks at SQLite itself, the file, and how fast its disk stores."""
    findings = [sqlite_version(apsw.sqlite_lib_version())]
    if path.exists():
        findings += [*(_not_ours(path) or _file(path)), private(path.resolve())]
    else:
        findings.append(ok("database", f"{path} does not exist yet; the first start makes it"))
    try:
        commit = stored(_folder(path))
    except OSError as error:
        where = str(_folder(path).absolute())
        return Examined(
            (*findings, failure("fsync", f"cannot write to {where}: {error.strerror}", "give us the folder"))
        )
    return Examined((*findings, ok("fsync", f"{commit} for {WRITES} writes")), commit)


def sqlite_version(version: str) -> Finding:
    """Whether this SQLite can be trusted with a WAL."""
    if tuple(map(int, version.split("."))) < _FIXED:
        return failure("SQLite", f"{version} can corrupt a WAL", "install the pinned APSW, which brings its own SQLite")
    return ok("SQLite", f"{version}, with the fix of the WAL")


def stored(folder: Path) -> Times:
    """How long a page takes to stable storage in that folder: a few dozen writes to a file without a name."""
    seconds = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(WRITES):
            began = time.perf_counter()
            file.write(os.urandom(_PAGE))
            file.flush()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - began)
    return Times.of(seconds)


def _not_ours(path: Path) -> list[Finding]:
    """A database that a start would refuse; what is no database at all is told by looking into it."""
    try:
        inspect(path)
    except SettingError as error:
        told = str(error).removeprefix("DATABASE_URL: ")
        if isinstance(error.__cause__, apsw.Error):
            return []
        return [failure("database", told, "see that DATABASE_URL names the right file")]
    except apsw.Error:
        return []
    return []


def private(path: Path) -> Finding:
    """Whether only their owner can read the files, which hold the secrets of identities, and enter their folder."""
    files = (beside(path, suffix) for suffix in ("", "-wal", "-shm", ".lock"))
    wide = [one for one in files if one.exists() and _mode(one) & 0o077]
    if _mode(path.parent) & 0o077 and not (_mode(path.parent) & stat.S_ISVTX):
        wide.append(path.parent)
    if not wide:
        return ok("permissions", "the database is its owner's alone")
    told = ", ".join(f"{one.name} {_mode(one):04o}" for one in wide)
    advice = " and ".join(
        f"chmod {mode} {' '.join(str(one) for one in some)}"
        for mode, some in (
            ("600", [one for one in wide if one.is_file()]),
            ("700", [one for one in wide if one.is_dir()]),
        )
        if some
    )
    return warning("permissions", f"{told}: others of this machine may read the secrets of identities", advice)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _folder(path: Path) -> Path:
    """The nearest folder that exists."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _file(path: Path) -> list[Finding]:
    try:
        db = reader(path) if beside(path, "-wal").exists() else readable(path, "&immutable=1")
    except (apsw.NotADBError, apsw.CorruptError) as error:
        return [failure("database", f"{path.name} is damaged or no database: {error}", "restore a backup")]
    except apsw.Error as error:
        return [failure("database", f"{path.name} cannot be opened: {error}", "see that it is ours to read")]
    try:
        size = path.stat().st_size / 1e6
        return [ok("database", f"{path.name}, {size:,.1f} MB"), _journal(db, path), _integrity(db)]
    except (apsw.NotADBError, apsw.CorruptError) as error:
        return [failure("database", f"{path.name} is damaged or no database: {error}", "restore a backup")]
    except apsw.Error as error:
        return [failure("database", f"{path.name} cannot be read: {error}", "see that it is ours to read")]
    finally:
        db.close()


def _journal(db: apsw.Connection, path: Path) -> Finding:
    if db.pragma("user_version") == 0:
        return warning("journal", "no board is in the file", "see that DATABASE_URL names the right one")
    with path.open("rb") as file:
        mode = "WAL" if file.read(_MODE_AT + 1)[_MODE_AT] == _WAL else "no WAL yet"
    return ok("journal", f"{mode}; a start sets WAL and synchronous=FULL")


def _integrity(db: apsw.Connection) -> Finding:
    end = time.monotonic() + _CHECK_SECONDS
    db.set_progress_handler(lambda: time.monotonic() > end, 100_000)
    try:
        said = [str(row[0]) for row in db.execute("PRAGMA quick_check(3)")]
    except apsw.InterruptError:
        return warning(
            "integrity", f"not finished after {_CHECK_SECONDS:g} s", "run `beeplace verify` when it is quiet"
        )
    finally:
        db.set_progress_handler(None)
    if said != ["ok"]:
        return failure("integrity", said[0].replace("\n", " ")[:120], "stop the server and restore a backup")
    return ok("integrity", "quick_check finds nothing")
