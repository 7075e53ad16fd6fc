"""The crowd: lets its people in one after the other, keeps time, watches over itself, and ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from beeplace.people.rehearsals import fingerprint
from beeplace.rehearsal.address import RehearsedSite
from beeplace.rehearsal.batches import ReceivedBatches
from beeplace.rehearsal.figures import RehearsalFigures
from beeplace.rehearsal.person import CrowdState, Person

ARRIVALS_PER_SECOND = 100  # at least, so that a small crowd is in soon
ARRIVAL_SECONDS = 30.0  # at most, for a large one
WATCH_SECONDS = 0.25
EMPTY_SECONDS = 15.0  # after which a rehearsal ends in which nobody is in
SETTLE_SECONDS = 0.02
END_SECONDS = 10.0  # for answers and batches that are outstanding at the end
NOBODY, STOPPED = "nobody was in any more", "stopped"

Told = Callable[[str, int, int], None]  # what is under way, how much of it is done, and of how much


class RehearsalCrowd:
    """`people` of them go to a site under the names of a token. `come` hears how many were let in, once all tried."""

    def __init__(
        self, where: RehearsedSite, token: str, people: int, told: Told, come: Callable[[int], None] = lambda _: None
    ) -> None:
        self.figures = RehearsalFigures()
        self.batches = ReceivedBatches(self.figures.frame)
        self._around = CrowdState(where, self.figures, self.batches, people, tried=self._tried)
        self._people = [Person(number, fingerprint(token, number), self._around) for number in range(people)]
        self._to_try = people
        self._all_tried = asyncio.Event()
        self._told, self._come = told, come
        self._tasks: list[asyncio.Task[object]] = []
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()  # why, before its time

    def _tried(self) -> None:
        self._to_try -= 1
        if not self._to_try:
            self._all_tried.set()

    async def run(self, seconds: float) -> None:
        """Everybody comes, and stays for `seconds` from then on; returns when all have gone."""
        play = asyncio.create_task(self._play(seconds))
        self._tasks += [play, asyncio.create_task(self._empty()), asyncio.create_task(self._watch())]
        try:
            await asyncio.wait((play, self._end), return_when=asyncio.FIRST_COMPLETED)
            if self._end.done():
                self.figures.ended = await self._end
        finally:
            self._around.closing = True
            await self._settle()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _play(self, seconds: float) -> None:
        pace = max(ARRIVALS_PER_SECOND, len(self._people) / ARRIVAL_SECONDS)
        began = monotonic()
        for number, person in enumerate(self._people):
            await asyncio.sleep(began + number / pace - monotonic())
            living = asyncio.create_task(person.live())
            living.add_done_callback(self._lived)
            self._tasks.append(living)
            self._told("people on their way", number + 1, len(self._people))
        await self._all_tried.wait()
        self._come(len(self.figures.joined))
        began = monotonic()
        while (passed := monotonic() - began) < seconds:
            self._told("rehearsal, seconds", round(passed), round(seconds))
            await asyncio.sleep(min(WATCH_SECONDS, seconds - passed))

    @property
    def refresh_ms(self) -> int:
        """The site's, as somebody was told last."""
        return self._around.refresh_ms

    def words(self) -> str:
        """How it goes."""
        found = self.figures
        return f"{found.inside:,} in, {found.placed:,} placed, frame p99 {found.frame.part(0.99)} ms"

    def _lived(self, task: asyncio.Task[object]) -> None:
        """Somebody could not go on: the site says what no BeePlace would say, or there is a fault of ours."""
        if not task.cancelled() and (error := task.exception()) and not self._end.done():
            self._end.set_exception(error)

    def stop(self, why: str = STOPPED) -> None:
        """Ends it before its time, in order."""
        if not self._end.done():
            self._end.set_result(why)

    async def _watch(self) -> None:
        """Counts time, and how late this process is: what it measures then is its own."""
        last = monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = monotonic()
            self.figures.own.add(max(0.0, now - last - WATCH_SECONDS))
            self.figures.seconds += now - last
            self.figures.person_seconds += (now - last) * self.figures.inside
            last = now

    async def _empty(self) -> None:
        """Ends it once nobody was in for a while, after everybody had tried."""
        await self._all_tried.wait()
        since = monotonic()
        while monotonic() - since < EMPTY_SECONDS:
            await asyncio.sleep(WATCH_SECONDS)
            if self.figures.inside:
                since = monotonic()
        self.stop(NOBODY)

    async def _settle(self) -> None:
        """Returns once no answer and no batch is outstanding, or after some seconds."""
        for _ in range(int(END_SECONDS / SETTLE_SECONDS)):
            if not (self._around.asked or len(self.batches)):
                return
            await asyncio.sleep(SETTLE_SECONDS)
