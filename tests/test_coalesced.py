"""Long work is done once for all who wait for it, and shows them all what they had seen when they asked."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.coalesced import Coalesced


class Works:
    """Takes turns that the test gives, and notes when each began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Semaphore(0)
        self.ask = Coalesced(self._work)

    async def _work(self, key: str) -> int:
        self.begun.append(key)
        number = len(self.begun)
        await self.go.acquire()
        if key == "broken":
            raise LookupError
        return number


async def begins(works: Works, count: int) -> None:
    async with asyncio.timeout(60):
        while len(works.begun) < count:  # noqa: ASYNC110  # the work itself is what is looked at
            await asyncio.sleep(0)


async def test_who_asks_while_one_is_done_shares_the_next() -> None:
    works = Works()
    first = asyncio.create_task(works.ask("a"))
    await begins(works, 1)
    later = [asyncio.create_task(works.ask("a")) for _ in range(50)]
    for _ in range(2):
        works.go.release()
    assert await first == 1
    assert await asyncio.gather(*later) == 50 * [2]


async def test_one_is_done_at_a_time() -> None:
    works = Works()
    both = [asyncio.create_task(works.ask(key)) for key in ("a", "b")]
    await begins(works, 1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert works.begun == ["a"]
    works.go.release()
    works.go.release()
    assert await asyncio.gather(*both) == [1, 2]


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    works = Works()
    gone, stays = asyncio.create_task(works.ask("a")), asyncio.create_task(works.ask("a"))
    await begins(works, 1)
    gone.cancel()
    works.go.release()
    assert await stays == 1


async def test_work_that_fails_fails_for_those_who_asked_and_for_nobody_else() -> None:
    works = Works()
    asked = asyncio.create_task(works.ask("broken"))
    await begins(works, 1)
    works.go.release()
    with pytest.raises(LookupError):
        await asked
    works.go.release()
    assert await works.ask("a") == 2
