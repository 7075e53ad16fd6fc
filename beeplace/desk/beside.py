"""Runs the long work of organisers beside the event loop, in one thread: what it takes of memory is used again by the
next one, where each of several threads would have a heap of its own."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Beside:
    """The thread, which begins with the first work."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "desk")

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """The result of `work`, or what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)

    def tidy(self) -> None:
        """Gives the memory that nothing uses any more back to the system, once the work under way is done."""
        self._executor.submit(_give_back)


def _give_back() -> None:
    """The GNU C library keeps it otherwise: 20 MB after a walk over a large board."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
