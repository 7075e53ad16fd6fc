"""The store's thread: one after the other, in the order asked for, and every answer reaches who asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from beeplace.log.sqlite.thread import StoreThread


@pytest.fixture
def worker() -> Iterator[StoreThread]:
    worker = StoreThread("worker under test")
    yield worker
    worker.end()


async def test_work_is_done_in_its_order_on_one_other_thread(worker: StoreThread) -> None:
    done: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        return threading.get_ident()

    threads = await asyncio.gather(*(worker.run(work, number) for number in range(99)))
    assert done == list(range(99))
    assert len({*threads, threading.get_ident()}) == 2


async def test_the_loop_goes_on_meanwhile(worker: StoreThread) -> None:
    released = threading.Event()
    waiting = asyncio.ensure_future(worker.run(released.wait, 30))
    await asyncio.sleep(0)
    assert not waiting.done()
    released.set()
    assert await waiting is True


async def test_what_is_raised_reaches_who_asked_and_ends_nothing(worker: StoreThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)
    assert await worker.run(lambda: "still here") == "still here"


async def test_what_was_asked_for_is_done_though_nobody_waits_any_more(worker: StoreThread) -> None:
    released = threading.Event()
    done: list[int] = []
    first = asyncio.ensure_future(worker.run(released.wait, 30))
    second = asyncio.ensure_future(worker.run(done.append, 2))
    await asyncio.sleep(0)
    second.cancel()
    released.set()
    assert await first is True
    assert await worker.run(lambda: list(done)) == [2]
    assert second.cancelled()


async def test_the_end_waits_for_what_was_asked_for() -> None:
    worker, begun, released = StoreThread("ending"), threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        released.wait(30)
        return "done"

    asking = asyncio.ensure_future(worker.run(work))
    await asyncio.to_thread(begun.wait, 30)
    ending = asyncio.ensure_future(asyncio.to_thread(worker.end))
    released.set()
    await ending
    assert "ending" not in [thread.name for thread in threading.enumerate()]
    assert await asking == "done"
