"""How many clients each worker of this machine has, so that newcomers go to those who have the fewest.

The numbers are in memory that all workers share. They are hints: nobody waits for one, and those of a worker that has
died or hangs are passed over within a second.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

FILE = "loads"  # in the folder where the workers of a machine find each other
VALID_SECONDS = 1.0
MAX_WORKERS = 64
_PLACE = struct.Struct("=qd")  # clients, and until when that is known; 0.0 where there never was a worker
_BYTES = MAX_WORKERS * _PLACE.size
_LEFT = -1.0
_LEAD, _LEAST_LEAD = 0.04, 2  # of clients that one may have more than another, as a share and as a number


class WorkerLoads:
    """One worker's view. `number` is its place, counted from 1; `clients` counts its own now."""

    def __init__(
        self, folder: Path, number: int, clients: Callable[[], int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._offset, self._clients, self._clock = (number - 1) * _PLACE.size, clients, clock
        with (folder / FILE).open("a+b") as file:
            os.ftruncate(file.fileno(), _BYTES)
            self._memory = mmap.mmap(file.fileno(), _BYTES)

    def tell(self) -> None:
        """The others know the number of its clients for a second."""
        _PLACE.pack_into(self._memory, self._offset, self._clients(), self._clock() + VALID_SECONDS)

    def leave(self) -> None:
        """It takes no more clients: nobody leaves newcomers to it."""
        _PLACE.pack_into(self._memory, self._offset, 0, _LEFT)

    def ahead(self) -> bool:
        """Whether another worker that takes clients has notably fewer; tells the others as well."""
        self.tell()
        own, now = self._clients(), self._clock()
        enough = own - max(_LEAST_LEAD, _LEAD * own)
        for offset in range(0, _BYTES, _PLACE.size):
            clients, known_until = _PLACE.unpack_from(self._memory, offset)
            if not known_until:
                return False
            if clients < enough and known_until >= now:
                return True
        return False
