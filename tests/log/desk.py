"""A commit loop on a real store, and all that it tells, in the order in which it came."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from beeplace.board.entries import Entry
from beeplace.board.rules import Answer, PlacementRequest
from beeplace.board.state import BoardState
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.memory_bus import MemoryBus
from beeplace.log.replica import Replica
from tests.log.samples import Session

DEADLINE_SECONDS = 30


class Desk:
    """A commit loop that runs, and all that it told: ("answer", ...), ("feed", ...) in the order in which it came."""

    def __init__(self, session: Session) -> None:
        self.session, self.replica = session, Replica(session.board, session.store)
        self.told: list[tuple[str, int | str | None]] = []
        self.measured: list[int] = []
        self.replica.follow(self._heard)
        self.loop = CommitLoop(
            store=session.store,
            board=session.board,
            replica=self.replica,
            bus=MemoryBus(),
            measure=self._measure,
        )

    def _heard(self, entries: Sequence[Entry], state: BoardState) -> None:
        assert entries[-1].seq == state.seq
        self.told.append(("feed", state.seq))

    def _measure(self, entries: int, seconds: float) -> None:
        assert seconds > 0
        self.measured.append(entries)

    def ask(self, placement: PlacementRequest) -> asyncio.Future[Answer]:
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def reply(answer: Answer) -> None:
            self.told.append(("answer", answer.code or answer.seq))
            done.set_result(answer)

        self.loop.place(placement, reply)
        return done

    async def place(self, *placements: PlacementRequest) -> list[Answer]:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await asyncio.gather(*[self.ask(placement) for placement in placements])
