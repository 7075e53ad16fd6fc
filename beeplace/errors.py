"""The small family of errors that may leave a module; each docstring is its message."""

from __future__ import annotations


class BeePlaceError(Exception):
    """Something went wrong in BeePlace."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or type(self).__doc__)


class SettingError(BeePlaceError):
    """A setting is wrong; the start stops with exit code 78."""


class BoardMismatch(SettingError):
    """The stored board differs from the settings."""


class StoreLocked(BeePlaceError):
    """Another process uses this database; the start stops with exit code 75."""


class StoreNotEmpty(BeePlaceError):
    """The database has a board already; a backup is restored into an empty one only."""


class BackupDamaged(BeePlaceError):
    """This is no backup of BeePlace, or a damaged one."""


class RollupDamaged(BeePlaceError):
    """The stored figures of the log cannot be read; they are counted anew."""


class ImportRefused(BeePlaceError):
    """The file is none of the form that was named, or no board can have what it has."""


class FilmRefused(BeePlaceError):
    """There is nothing of the log that such a film could show."""


class StoreUnavailable(BeePlaceError):
    """The log cannot be written now."""


class LogWentBack(StoreUnavailable):
    """The log is not the one that was shown: an older copy was put in its place, or another server took over."""


class NotDone(StoreUnavailable):
    """Too much waited for the log: this did not happen, and will not."""


class Reused(BeePlaceError):
    """This request id was used before, for something else."""


class Outdated(BeePlaceError):
    """The board changed too much while this was worked out from it."""


class Busy(BeePlaceError):
    """Too many placements wait for their commit."""


class Restarting(BeePlaceError):
    """The gateway is stopping and takes no more placements."""


class BadPayload(BeePlaceError):
    """An event's payload is malformed."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(detail)
        self.code = code


class BadRequest(BeePlaceError):
    """An HTTP request is malformed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
