"""A file that is there whole or not at all, and standard input and output for bytes: where backups and exports go."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

STANDARD = Path("-")
STEADY_BYTES = 1 << 20  # a few milliseconds of a disk
PRIVATE = 0o600
SHARED = 0o666  # less what the process's mask takes away, as for any file that somebody makes


def new_file(path: Path, what: str, mode: int) -> AbstractContextManager[BinaryIO]:
    """A new file of that name, or standard output for `-`. Raises FileExistsError."""
    return standard(1, what) if path == STANDARD else _whole_file(path, mode)


@contextmanager
def standard(descriptor: int, what: str) -> Iterator[BinaryIO]:
    """Standard input or output, for bytes; Python's own stays as it is. Raises OSError where it is a terminal."""
    if os.isatty(descriptor):
        raise OSError(0, f"{what} is bytes; redirect it, or name a file")
    with os.fdopen(os.dup(descriptor), "wb" if descriptor else "rb") as file:
        yield file


@contextmanager
def _whole_file(path: Path, mode: int) -> Iterator[BinaryIO]:
    """It has its name once it is whole and on stable storage; nothing is left of one that fails."""
    with whole_path(path, mode) as unfinished, io.BufferedWriter(_SteadyFile(unfinished, "wb")) as file:
        yield file


class _SteadyFile(io.FileIO):
    """Goes to the disk as it is written: a hundred megabytes at once hold up commits of a gateway on the same one."""

    _unsynced = 0

    def write(self, data: Buffer, /) -> int:
        written = super().write(data)
        self._unsynced += written
        if self._unsynced >= STEADY_BYTES:
            os.fsync(self.fileno())
            self._unsynced = 0
        return written


@contextmanager
def whole_path(path: Path, mode: int = SHARED) -> Iterator[Path]:
    """The same for what opens files by name: an empty file to write, until it is whole. Raises FileExistsError."""
    if path.exists():
        raise FileExistsError(0, "there is a file of that name already", str(path))
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        yield unfinished
        os.fsync(handle)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
