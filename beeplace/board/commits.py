"""The commit loop: the one way a change takes from a wish to the log, the board and the bus.

It takes everything that waits, decides and commits it in one transaction, and only then changes the board,
answers those who asked, and tells the bus. Nothing is answered or shown before it is committed.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

from beeplace.board.allowance import Limits
from beeplace.board.board import Board
from beeplace.board.bus import Bus
from beeplace.board.entries import Entry
from beeplace.board.keeper import Keeper
from beeplace.board.rules import Action, Answer, Decision, Placement, decide, decide_action
from beeplace.board.store import Decide, OutcomeUnknown, Question, Store
from beeplace.errors import Busy, Restarting, StoreUnavailable

LINGER_SECONDS = 0.005  # what arrives within it shares a commit
MOST_ROWS = 1_000
MOST_WAITING = 4_096  # a full queue refuses with `busy`: better an honest no than a late yes
BUSY_MS = 1_000

Reply = Callable[[Answer], None]
Measure = Callable[[int, float], None]  # entries and seconds of one commit


class CommitLoop:
    """One for each gateway. `place` and `act` are called on the event loop; `run` is owned by the application."""

    def __init__(self, store: Store, board: Board, bus: Bus, limits: Limits, measure: Measure) -> None:
        self._store, self._board, self._bus = store, board, bus
        self.limits = limits
        self._measure = measure
        self._keeper = Keeper(board, store)
        self._waiting: deque[tuple[Placement, Reply] | tuple[Action, asyncio.Future[Entry | None]]] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self.failing: str | None = None  # why the log could not be written last time

    @property
    def waiting(self) -> int:
        """How many placements and actions wait for their commit."""
        return len(self._waiting)

    def place(self, placement: Placement, reply: Reply) -> None:
        """Queues a placement; `reply` is called once, after its commit. Raises Busy or Restarting."""
        self._admit()
        self._waiting.append((placement, reply))
        self._wake.set()

    async def act(self, action: Action) -> Entry | None:
        """Carries an organiser's action out; None where the board does not allow it.

        Raises Busy, Restarting or StoreUnavailable.
        """
        self._admit()
        done: asyncio.Future[Entry | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((action, done))
        self._wake.set()
        return await done

    def _admit(self) -> None:
        if self._stopping:
            raise Restarting
        if len(self._waiting) >= MOST_WAITING:
            raise Busy

    def now_ms(self) -> int:
        """Board time."""
        return self._store.now_ms()

    def left(self, identity: bytes) -> tuple[int, int]:
        """How many pixels an identity may still place, and the milliseconds until its window ends."""
        return self.limits.left(self._board.allowances.get(identity), self.now_ms())

    def stop(self) -> None:
        """Takes no more; `run` returns once all that was taken is committed and answered."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Commits until `stop`, and whatever was taken before it."""
        while self._waiting or not self._stopping:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            if not self._stopping:
                await asyncio.sleep(LINGER_SECONDS)
            await self._commit_next()

    async def keep(self) -> None:
        """Stores the board for the next start, once `run` has ended."""
        await self._keep(self._keeper.keep_all)

    async def _commit_next(self) -> None:
        first = self._waiting[0]
        if isinstance(first[1], asyncio.Future):
            self._waiting.popleft()
            await self._commit_action(first[0], first[1])
        else:
            await self._commit_placements(self._take())
        await self._keep(self._keeper.keep_some)

    def _take(self) -> list[tuple[Placement, Reply]]:
        taken: list[tuple[Placement, Reply]] = []
        while self._waiting and len(taken) < MOST_ROWS and isinstance(self._waiting[0][0], Placement):
            taken.append(self._waiting.popleft())  # type: ignore[arg-type]  # checked just above
        return taken

    async def _commit_placements(self, taken: list[tuple[Placement, Reply]]) -> None:
        placements = [placement for placement, _ in taken]
        question = Question(
            frozenset(p.identity for p in placements if self.limits.cooldown_ms),
            frozenset((p.identity, p.rid) for p in placements if p.rid),
        )
        try:
            decision = await self._commit(question, lambda facts: decide(placements, facts, self.limits))
            answers = decision.answers
        except StoreUnavailable as error:
            answers = [self._unavailable(p, error) for p in placements]
            decision = None
        for (_, reply), answer in zip(taken, answers, strict=True):
            reply(answer)
        if decision and decision.entries:
            self._bus.announce(decision.entries, decision.state)

    def _unavailable(self, placement: Placement, error: StoreUnavailable) -> Answer:
        code = "unknown" if isinstance(error, OutcomeUnknown) else "store_unavailable"
        return Answer(code, None, self.left(placement.identity)[0], random.randint(1_000, 5_000))

    async def _commit_action(self, action: Action, done: asyncio.Future[Entry | None]) -> None:
        area = action.area
        action = replace(action, before=self._board.copy(area) if area else b"")
        try:
            decision = await self._commit(Question(), partial(decide_action, action))
        except StoreUnavailable as error:
            if not done.cancelled():
                done.set_exception(error)
            return
        if not done.cancelled():
            done.set_result(decision.entries[0] if decision.entries else None)
        if decision.entries:
            self._bus.announce(decision.entries, decision.state)

    async def _commit(self, question: Question, decide: Decide) -> Decision:
        """One transaction, and the board after it."""
        began = perf_counter()
        try:
            decision = await self._store.commit(question, decide)
        except StoreUnavailable as error:
            self.failing = str(error)
            raise
        self.failing = None
        if decision.entries:
            await self._catch_up(decision.entries[0].seq - 1, decision)
            self._board.apply(decision.entries, decision.state)
            self._measure(len(decision.entries), perf_counter() - began)
        self._board.spend(decision.allowances, self.now_ms())
        return decision

    async def _catch_up(self, seq: int, decision: Decision) -> None:
        """Reads what the log has and this board has not: commits whose outcome was not known, and their like."""
        while self._board.state.seq < seq:
            missed = await self._store.entries_after(self._board.state.seq, seq - self._board.state.seq)
            for entry in missed:  # one by one: a reset among them begins an epoch
                state = replace(decision.state, epoch=entry.epoch, seq=entry.seq)
                self._board.apply([entry], state)
                self._bus.announce([entry], state)

    async def _keep(self, keep: Callable[[], Awaitable[None]]) -> None:
        try:
            await keep()
        except StoreUnavailable as error:
            self.failing = str(error)  # the log is whole; only the next start takes longer
