"""The SQLite store's file as the file system has it: one process's alone, ours, and what the next start opens."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import apsw

from beeplace.errors import SettingError, StoreLocked, StoreUnavailable
from beeplace.log.sql_files import migrations
from beeplace.log.sqlite.file_lock import locked
from beeplace.log.sqlite.file_writes import FileWrites
from beeplace.log.sqlite.reading import beside, has_wal, readable, reader

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_OURS = {"board", "epoch", "log", "secret"}  # tables, of the first version too
_PRAGMAS = (
    "PRAGMA busy_timeout = 1000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -2000",  # kB: the log is only appended to, so more would fill with pages that nobody reads
)
_WAL_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")

_Identity = tuple[int, int]


class WalGone(StoreUnavailable):
    """The database's -wal file was deleted; restart this server."""


class DatabaseFile:
    """The database's file, held open from before SQLite opens it until after SQLite has closed it.

    Invariant: no other descriptor of it is ever closed in this process but SQLite's own, since closing any drops the
    locks that SQLite has on the file.

    Locked are the name beside it, so that two that make the file at once do not both begin, and the file itself, so
    that it does not matter by which name it is called: a link, another mount.
    """

    def __init__(self, given: Path) -> None:
        self._given = str(given)
        self._closing = ExitStack()
        self._wal_handle: int | None = None  # None while SQLite has no connection that is trusted
        self._size = self._wal_size = 0
        self._changed_ns: int | None = None
        self._foreign = False  # another program has written into the file

    def open(self) -> Path:
        """Where the file is, links followed. Raises StoreLocked, and SettingError for a file that is not ours."""
        given = Path(self._given)
        make_folders(given.parent)
        self.path = resolved(given)
        name = self.path.with_name(self.path.name + ".lock")
        was_there = name.exists()
        lock = locked(name)
        try:
            inspect(self.path)
        except BaseException:
            if not was_there:
                name.unlink(missing_ok=True)
            os.close(lock)
            raise
        self._closing.callback(os.close, lock)
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # the handle stays open: see the invariant
            raise StoreLocked(f"another BeePlace uses {self.path.name}, by this name or another") from error
        self._closing.callback(os.close, self._handle)
        self._wal = f"{self.path}-wal"
        self._identity = _identity(os.fstat(self._handle))
        self._watch = FileWrites(self.path)
        self._closing.callback(self._watch.close)
        _narrow(self.path)
        return self.path

    def connected(self) -> None:
        """SQLite has opened the file and its WAL: from now on these two are the right ones."""
        self.disconnected()
        self._wal_handle = os.open(self._wal, os.O_RDONLY | os.O_CLOEXEC)
        self._wal_identity = _identity(os.fstat(self._wal_handle))
        self.written()

    def disconnected(self) -> None:
        """SQLite is about to close the file and its WAL, or has done so."""
        if self._wal_handle is not None:
            os.close(self._wal_handle)
            self._wal_handle = None

    def scrub(self, db: apsw.Connection) -> bool:
        """Brings all of the WAL into the file and empties it; False where readers are in the way."""
        self.check()
        self.disconnected()
        try:
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").get
        finally:
            self.connected()
        return not busy

    def written(self) -> None:
        """This process alone has written since the last `check`."""
        if self._wal_handle is not None:
            now, wal = os.fstat(self._handle), os.fstat(self._wal_handle)
            self._note(now, wal)

    def check(self) -> None:
        """What is written now will be found by the next start, and nobody else has written. Two system calls.

        Raises StoreUnavailable, WalGone among it.
        """
        if self._wal_handle is None:
            self.check_place()
            return
        now = self._found()
        if now.st_size < self._size or (now.st_mtime_ns != self._changed_ns and self._was_written()):
            raise StoreUnavailable("another program has written into the database file; restart the server")
        self._changed_ns = now.st_mtime_ns
        self._check_wal()

    def check_written(self) -> None:
        """The same after a commit of ours, which may have written into both files."""
        now = self._found()
        if now.st_size < self._size:
            raise StoreUnavailable("another program has shortened the database file; restart the server")
        wal = self._check_wal()
        assert self._wal_handle is not None  # there is one where something was committed
        if os.pread(self._wal_handle, 4, 0) not in _WAL_MAGIC:  # emptied, and then written at its old end
            raise StoreUnavailable("another program has emptied the database's -wal file; restart the server")
        self._note(now, wal)

    def _note(self, now: os.stat_result, wal: os.stat_result) -> None:
        """These are right; what was written into the file until now was so by this process."""
        if now.st_mtime_ns != self._changed_ns:
            self._watch.written()
        self._size, self._changed_ns, self._wal_size = now.st_size, now.st_mtime_ns, wal.st_size

    def _was_written(self) -> bool:
        """Whether a time of change that is not ours stands for bytes that are not: `touch` sets the time alone."""
        self._foreign = self._foreign or self._watch.written()
        return self._foreign

    def check_place(self) -> None:
        """The name leads to the same file, and to the same WAL; more than a commit can wait for."""
        self._found()
        if resolved(Path(self._given)) != self.path:
            raise StoreUnavailable("the database file has another place now; restart the server")

    def _found(self) -> os.stat_result:
        """What the given name leads to now, which the next start will open."""
        now = _stat(self._given)
        if now is None or (now.st_dev, now.st_ino) != self._identity:
            raise StoreUnavailable(
                "the database file was moved, deleted or replaced; put it back, or restart the server"
            )
        return now

    def _check_wal(self) -> os.stat_result:
        wal = _stat(self._wal)
        if wal is None:
            raise WalGone
        if (wal.st_dev, wal.st_ino) != self._wal_identity or wal.st_size < self._wal_size:
            raise StoreUnavailable("another program has replaced or emptied the database's -wal; restart the server")
        return wal

    @property
    def wal_is_whole(self) -> bool:
        """Whether the WAL that SQLite has open has all that was committed, though its name leads nowhere."""
        handle = self._wal_handle
        whole = handle is not None and os.fstat(handle).st_size >= self._wal_size
        return handle is not None and whole and os.pread(handle, 4, 0) in _WAL_MAGIC

    def close(self) -> None:
        """Lets others have it; SQLite has closed it before."""
        self.disconnected()
        self._closing.close()


def connected(path: Path) -> apsw.Connection:
    """A connection that writes as durably as is promised."""
    db = apsw.Connection(str(path))
    for pragma in _PRAGMAS:
        db.execute(pragma)
    return db


def make_folders(folder: Path) -> None:
    """Makes what is missing, for its owner alone."""
    if not folder.is_dir():
        make_folders(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def resolved(path: Path) -> Path:
    """The path without links. Raises SettingError."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise SettingError(f"DATABASE_URL: {path} leads nowhere, or in a circle") from error


def inspect(path: Path) -> bool:
    """Whether a board is in the file, of this version or an older one; False for none, or an empty one.

    Nothing is written, not even beside a file that is not ours: that raises SettingError.
    """
    if not path.exists():
        return False
    if not path.is_file():
        raise SettingError(f"DATABASE_URL: {path.name} is no file")
    unfinished, shm = has_wal(path), beside(path, "-shm")
    if not unfinished and not path.stat().st_size:
        return False
    was_there = shm.exists()
    try:
        return _judge(path, unfinished=unfinished)
    except SettingError:
        if unfinished and not was_there:
            shm.unlink(missing_ok=True)  # reading a WAL makes it
        raise


def _judge(path: Path, *, unfinished: bool) -> bool:
    try:
        with closing(reader(path) if unfinished else readable(path, "&immutable=1")) as db:
            version, application = db.pragma("user_version"), db.pragma("application_id")
            names = {name for [name] in db.execute("SELECT name FROM sqlite_master")}
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise SettingError(f"DATABASE_URL: {path.name} is no SQLite database, or a damaged one") from error
    if not (names or version or application):
        return False
    if application or not version or not names >= _OURS:
        raise SettingError(f"DATABASE_URL: {path.name} is a database of something else")
    if version > migrations("sqlite")[-1][0]:
        raise SettingError(f"DATABASE_URL: a newer BeePlace has changed {path.name}; start that one")
    return True


def _narrow(path: Path) -> None:
    """What SQLite left beside a private database is private too."""
    if path.stat().st_mode & 0o077:
        return
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError, PermissionError):
            path.with_name(path.name + suffix).chmod(PRIVATE_FILE)


def _identity(found: os.stat_result) -> _Identity:
    return found.st_dev, found.st_ino


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116  # twice a commit, at half the time of a Path
    except OSError:
        return None
