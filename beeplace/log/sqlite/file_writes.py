"""Whether a file's bytes were written, as opposed to its times set: what inotify tells, on Linux, and stat does not."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

_IN_MODIFY = 0x0000_0002
_IN_Q_OVERFLOW = 0x0000_4000
_HEAD = struct.Struct("iIII")  # watch, mask, cookie, length of the name behind it
_BUFFER_BYTES = 65_536


class FileWrites:
    """Of one file, whatever it is called meanwhile. Tells nothing where the system has no inotify, or no more of it."""

    def __init__(self, path: Path) -> None:
        self._handle = _watching(path)

    def written(self) -> bool:
        """Whether anybody has written into the file since it was last asked; True where that is not known."""
        if self._handle is None:
            return True
        found = False
        while True:
            try:
                events = os.read(self._handle, _BUFFER_BYTES)
            except BlockingIOError:
                return found
            at = 0
            while at < len(events):
                _, mask, _, length = _HEAD.unpack_from(events, at)
                found = found or bool(mask & (_IN_MODIFY | _IN_Q_OVERFLOW))
                at += _HEAD.size + length

    def close(self) -> None:
        """Watches no more."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _watching(path: Path) -> int | None:
    library = ctypes.CDLL(None, use_errno=True)
    try:
        init, add_watch = library.inotify_init1, library.inotify_add_watch
    except AttributeError:
        return None
    init.argtypes, init.restype = (ctypes.c_int,), ctypes.c_int
    add_watch.argtypes, add_watch.restype = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32), ctypes.c_int
    handle = int(init(os.O_NONBLOCK | os.O_CLOEXEC))
    if handle < 0:
        return None
    if add_watch(handle, os.fsencode(path), _IN_MODIFY) < 0:
        os.close(handle)
        return None
    return handle
