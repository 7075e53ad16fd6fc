"""Keeps a second process away from a file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from beeplace.errors import StoreLocked


def locked(path: Path) -> int:
    """Holds the file's lock until it is closed, also against a process that dies."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreLocked(f"another BeePlace uses {path.name.removesuffix('.lock')}") from error
    return handle
