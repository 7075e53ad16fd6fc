"""Waits for a state of things that has no event of its own: looks again and again, with a generous deadline."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from tests.preloaded import Fork

DEADLINE_SECONDS = 60.0

T = TypeVar("T")


async def until(happened: Callable[[], bool], every: float = 0.01, within: float = DEADLINE_SECONDS) -> None:
    """Returns once it is so. `every` so many seconds: rarely, where many wait and looking costs something."""
    async with asyncio.timeout(within):
        while not happened():  # noqa: ASYNC110  # see above
            await asyncio.sleep(every)


def wait_until(happened: Callable[[], bool]) -> None:
    """The same without a loop."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


async def patiently(work: Callable[[], Awaitable[T]], denied: type[Exception]) -> T:
    """Tries until it is not denied any more."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            try:
                return await work()
            except denied:
                await asyncio.sleep(0.01)


async def becomes(ask: Callable[[], Awaitable[T]], wanted: T, within: float = DEADLINE_SECONDS) -> None:
    """Asks until the answer is as wanted; fails with what it was last."""
    last: list[T] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (last := [await ask()]) != [wanted]:  # noqa: ASYNC110  # an answer has no event
                await asyncio.sleep(0.05)
    assert last == [wanted]


def ended(process: subprocess.Popen[bytes] | Fork, name: str) -> int:
    """The exit code of a server that was told to stop; fails, and kills it, where it does not."""
    try:
        return process.wait(DEADLINE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"{name} did not stop in time") from None
