"""Why SQLite could not do something, in a few plain words of ours that the public may read; the log has its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import apsw

from beeplace.errors import StoreUnavailable

T = TypeVar("T")

_REASONS: dict[type[Exception], str] = {
    apsw.FullError: "the disk is full",
    apsw.BusyError: "another program holds the database file",
    apsw.LockedError: "another program holds the database file",
    apsw.ReadOnlyError: "the database file cannot be written",
    apsw.PermissionsError: "the database file cannot be written",
    apsw.CantOpenError: "the database file cannot be opened",
    apsw.CorruptError: "the database file is damaged",
    apsw.NotADBError: "the database file is damaged",
    apsw.IOError: "the disk failed to store or to read",
    apsw.NoMemError: "there is no memory left",
}

logger = logging.getLogger("beeplace.store")


def reason(error: apsw.Error) -> str:
    """One of ours; what it was exactly is logged."""
    logger.warning("SQLite could not: %s", error)
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), "the database refused")


def translated(work: Callable[..., T], args: tuple[object, ...]) -> T:
    """Runs `work`; what only SQLite knows becomes an error of the port."""
    try:
        return work(*args)
    except apsw.Error as error:
        raise StoreUnavailable(reason(error)) from error
