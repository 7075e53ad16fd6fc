"""The commit loop: the one way a change takes from a wish to the log, the board and the bus.

It takes everything that waits, decides and commits it in one transaction, and only then changes the board,
answers those who asked, and tells the bus. Nothing is answered or shown before it is committed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from beeplace.board import windows
from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.entries import Entry
from beeplace.board.rules import Action, Answer, Decision, Facts, PlacementRequest, decide, decide_action, refusal
from beeplace.board.state import BoardState
from beeplace.errors import Busy, LogWentBack, NotDone, Outdated, Restarting, Reused, StoreUnavailable
from beeplace.log.bus import Bus
from beeplace.log.checkpoints import Checkpoints
from beeplace.log.committed import Committed, CommitTimes, Measure
from beeplace.log.crash_points import passing
from beeplace.log.fair_queue import CROWDED, MAX_WAITING, FairQueue, RefusalMemory
from beeplace.log.replica import LARGE, Replica
from beeplace.log.store import BoardBehind, Decide, FactsNeeded, OutcomeUnknown, Store

PACE_SECONDS = 0.020  # from the beginning of a commit to that of the next: what arrives meanwhile shares it
MANY_ROWS = 64  # of one commit, after which the next comes later, so that more share what a commit costs as such
MANY_PACE_SECONDS = 0.040
SHARED_PACE_SECONDS = 0.100  # the longest that gateways of one board take turns, however many they are
MAX_ROWS = 1_000
BUSY_MS = 1_000
LOOK_SECONDS = 2.0  # without a commit, after which the store looks at what it stands on
PROBE_SECONDS = 1.0
MAX_PROBE_SECONDS = 60.0  # between two probes, where the ones before were wrong
PATIENCE_SECONDS = 8.0  # of who waits for an action
MAX_TRIES = 50  # of a commit, while other gateways commit in between
MAX_CHANGED = 65_536  # pixels that may have changed while an action was worked out

logger = logging.getLogger("beeplace.commits")

Reply = Callable[[Answer], None]
WorkOut = Callable[[BoardState], Awaitable[Change]]  # on the board as it is at the call, in that state


class CommitLoop:
    """One for each gateway. `place` and `act` are called on the event loop; `run` is owned by the application."""

    def __init__(self, *, store: Store, board: Board, replica: Replica, bus: Bus, measure: Measure) -> None:
        self._store, self._board, self._replica, self._bus = store, board, replica, bus
        self.times = CommitTimes(measure)
        self._checkpoints = Checkpoints(board, store)
        self._waiting: deque[tuple[PlacementRequest, Reply] | tuple[Action, _Asked]] = deque()
        self._queueing, self._refusals = FairQueue(self._crowd), RefusalMemory()
        self._acting = 0  # actions that wait or are being committed
        self._wake = asyncio.Event()
        self._taken = 0  # placements of the last commit
        self._stopping = False
        # Why the log could not be written. Invariant: it stays until a placement or an action is committed, or a
        # probe has stored what a placement stores; a commit that had nothing to write proves nothing.
        self._failing: str | None = None
        self.unkept: str | None = None  # why the board could not be stored for the next start; the log is whole
        self._probe_seconds = PROBE_SECONDS
        self._probed = False  # the last pause was ended by a probe, and nothing has been committed since

    @property
    def waiting(self) -> int:
        """How many placements and actions wait for their commit."""
        return len(self._waiting)

    @property
    def failing(self) -> str | None:
        """Why nothing can be saved now; None while it can."""
        return self._failing

    def _pause(self, reason: str | None) -> None:
        """Beginning and end are logged: whoever looks for the reason at night has the log, and perhaps nothing else."""
        before, self._failing = self._failing, reason
        if reason is not None and reason != before:
            logger.warning("saving is paused: %s", reason)
        elif reason is None and before is not None:
            logger.warning("saving goes on")

    def place(self, placement: PlacementRequest, reply: Reply) -> None:
        """Queues a placement; `reply` is called once: after its commit, or at once where none can change the answer.

        Raises Busy or Restarting.
        """
        if self._stopping:
            raise Restarting
        if code := self._refusal(placement):
            reply(Answer(code, None, *windows.left_there(self._board, placement, self.now_ms())))
            return
        if (waiting := len(self._waiting)) >= CROWDED:
            self._queueing.enter(placement.identity, waiting)
        self._waiting.append((placement, reply))
        self._wake.set()
        passing("queued")

    def _crowd(self) -> list[bytes]:
        return [asked.identity for asked, _ in self._waiting]

    def _refusal(self, placement: PlacementRequest) -> str | None:
        """Why a placement is refused without a look into the log; None where only the log can tell.

        The board's size never changes, and a window that is known to be used up stays so until it ends. Palette,
        read-only and limits are as this gateway heard last, a second ago at most. A request id may have been
        answered before, which only the log knows, and an action in the queue may change the rest. Who has not entered
        and has placed nothing lately is refused at once: their requests, however many, keep nobody else waiting.
        """
        state = self._board.state
        moderated = state.moderation.restricts
        code = refusal(placement, state, self.now_ms() if moderated else 0)
        if code is None and (moderated or state.settings.cooldown_seconds):
            code = "cooldown" if windows.spent(self._board, placement, self.now_ms()) else None
        if code is None or code == "out_of_board":
            return code
        if code == "entry" and placement.identity not in self._board.allowances:
            return code
        return None if placement.rid or self._acting or code == "epoch" else code

    async def act(
        self, action: Action, patience: float = PATIENCE_SECONDS, latest: WorkOut | None = None
    ) -> Entry | None:
        """Carries an organiser's action out; None where the board does not allow it, or nothing is left to do.

        `latest` makes the change on the board as it is by then, or raises Outdated, while no placement of this gateway
        is committed; without it, pixels stay that changed since the action was worked out.

        Raises Busy, Restarting, Reused, Outdated or StoreUnavailable; of these, after `patience` seconds, NotDone where
        it has not begun, and never will, and OutcomeUnknown where it is being committed.
        """
        self._admit()
        if action.change.size > LARGE:
            await asyncio.to_thread(action.change.record)  # compresses up to 16 MB, once
            self._admit()
        asked = _Asked(asyncio.get_running_loop().create_future(), latest)
        self._waiting.append((action, asked))
        self._acting += 1
        self._wake.set()
        try:
            async with asyncio.timeout(patience):
                return await asked.done
        except TimeoutError:
            raise (OutcomeUnknown if asked.begun else NotDone) from None

    def _admit(self) -> None:
        if self._stopping:
            raise Restarting
        if len(self._waiting) >= MAX_WAITING:
            raise Busy

    def now_ms(self) -> int:
        """Board time."""
        return self._store.now_ms()

    def left(self, identity: bytes) -> tuple[int, int]:
        """How many pixels an identity may still place, and the milliseconds until its window ends."""
        return windows.left(self._board, identity, self.now_ms())

    def stop(self) -> None:
        """Takes no more; `run` returns once all that was taken is committed and answered."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Commits until `stop`, and whatever was taken before it."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while self._waiting or not self._stopping:
            if not self._waiting:
                await self._idle()
                continue
            if not self._stopping and len(self._waiting) < MAX_ROWS:
                await asyncio.sleep(max(0.0, due - clock()))
            began = clock()
            await self._commit_next()
            due = began + self._pace()

    def _pace(self) -> float:
        """Gateways that share a board commit together about as often as one that is alone: each commit is work for all
        of them, which take it in."""
        pace = PACE_SECONDS if self._taken < MANY_ROWS else MANY_PACE_SECONDS
        return max(pace, min(SHARED_PACE_SECONDS, pace * (1 + self._bus.gateways)))

    async def _idle(self) -> None:
        """Waits for work; while the log could not be written, tries it, so that a pause ends without a placement."""
        self._wake.clear()
        try:
            async with asyncio.timeout(self._probe_seconds if self.failing else LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            await (self._probe() if self.failing else self._look())

    async def _look(self) -> None:
        try:
            await self._store.look()
        except StoreUnavailable as error:
            self._failed(error)

    async def _probe(self) -> None:
        try:
            await self._store.probe()
            await self._replica.catch_up()
        except StoreUnavailable as error:
            self._pause(str(error))
        else:
            self._pause(None)
            self._probed = True

    def _failed(self, error: StoreUnavailable) -> None:
        """A probe that ended the pause wrongly is not believed again so soon: a pause must not come and go."""
        if self._probed:
            self._probe_seconds = min(MAX_PROBE_SECONDS, 2 * self._probe_seconds)
        self._pause(str(error))
        self._probed = False

    def _stored(self) -> None:
        if self._failing:
            self._pause(None)
        self._probed, self._probe_seconds = False, PROBE_SECONDS

    async def keep(self) -> None:
        """Stores the board for the next start, once `run` has ended."""
        await self._keep(self._checkpoints.keep_all)

    async def _commit_next(self) -> None:
        first = self._waiting[0]
        if isinstance(first[1], _Asked):
            self._waiting.popleft()
            try:
                await self._commit_action(first[0], first[1])
            finally:
                self._acting -= 1
        else:
            await self._commit_placements(self._take())
        await self._keep(self._checkpoints.keep_some)

    def _take(self) -> list[tuple[PlacementRequest, Reply]]:
        taken: list[tuple[PlacementRequest, Reply]] = []
        if not self._acting and len(self._waiting) <= MAX_ROWS:  # as nearly always
            taken.extend(self._waiting)  # type: ignore[arg-type]  # without actions there are only placements
            self._waiting.clear()
        while self._waiting and len(taken) < MAX_ROWS and isinstance(self._waiting[0][0], PlacementRequest):
            taken.append(self._waiting.popleft())  # type: ignore[arg-type]  # checked just above
        self._queueing.left()
        self._taken = len(taken)
        return taken

    async def _commit_placements(self, taken: list[tuple[PlacementRequest, Reply]]) -> None:
        placements = [placement for placement, _ in taken]
        try:
            answers = (await self._placed(placements)).answers
        except StoreUnavailable as error:
            answers = [self._unavailable(p, error) for p in placements]
        for (_, reply), answer in zip(taken, answers, strict=True):
            reply(answer)
            passing("answering")
        passing("answered")

    async def _placed(self, placements: Sequence[PlacementRequest]) -> Decision:
        """Allowances are asked for where there is a limit; another gateway may just have set one."""
        requests = frozenset([(p.identity, p.rid) for p in placements if p.rid])
        for _ in range(MAX_TRIES):
            known = self._board.state
            question = FactsNeeded(windows.needed(placements, known, self.now_ms()), requests, self._board, known)
            with suppress(BoardBehind):
                return await self._commit(question, partial(self._judge, placements, known))
        raise StoreUnavailable("others commit more quickly than this gateway follows")

    def _judge(self, placements: Sequence[PlacementRequest], known: BoardState, facts: Facts) -> Decision:
        """Raises BoardBehind where the log has limits for which no allowances were asked for."""
        state = facts.state
        if state.settings.limits.cooldown_ms and not known.settings.limits.cooldown_ms:
            raise BoardBehind
        if state.moderation.zones != known.moderation.zones:
            raise BoardBehind
        decision = decide(placements, facts)
        if decision.remembered:
            decision.remembered = self._refusals.keep(decision.remembered, facts.now_ms)
        return decision

    def _unavailable(self, placement: PlacementRequest, error: StoreUnavailable) -> Answer:
        code = "unknown" if isinstance(error, OutcomeUnknown) else "store_unavailable"
        return Answer(code, None, self.left(placement.identity)[0], random.randint(1_000, 5_000))

    async def _commit_action(self, action: Action, asked: _Asked) -> None:
        try:
            entry = await self._acted(action, asked)
        except (StoreUnavailable, Busy, Reused, Outdated) as error:
            if not asked.done.cancelled():
                asked.done.set_exception(error)
            return
        if not asked.done.cancelled():
            asked.done.set_result(entry)

    async def _acted(self, action: Action, asked: _Asked) -> Entry | None:
        """Commits an action with what was there before it, for which the board must have all that the log has."""
        requests = frozenset([(action.identity, action.rid)] if action.rid else ())
        for _ in range(MAX_TRIES):
            if asked.done.cancelled():
                return None
            known = self._board.state
            change = await asked.latest(known) if asked.latest else self._current(action)
            whole = replace(action, change=change, before=await self._replica.replaced_by(change))
            if asked.done.cancelled():  # who waited was told that it did not happen
                return None
            asked.begun = True
            passing("acting")
            try:
                question = FactsNeeded(frozenset(), requests, self._board, known, all_known=True)
                decision = await self._commit(question, partial(decide_action, whole))
            except BoardBehind:
                asked.begun = False
            else:
                return decision.entries[0] if decision.entries else await self._first(decision.answers)
        raise Busy

    def _current(self, action: Action) -> Change:
        """What an action changes on the board as it is now. Raises Outdated."""
        seen, now = action.seen, self._board.state
        if seen is None or seen.seq == now.seq:
            return action.change
        since = None
        if (seen.epoch, seen.term) == (now.epoch, now.term):
            since = self._board.changed_since(seen.seq, MAX_CHANGED)
        if since is None:
            raise Outdated
        return action.change.without(since, now.width)

    async def _first(self, answers: Sequence[Answer]) -> Entry | None:
        """The entry of an action that happened before, by its answer; None without one."""
        if not answers:
            return None
        [answer] = answers
        if answer.code or answer.seq is None:
            raise Reused
        return (await self._store.entries_after(answer.seq - 1, 1))[0]

    async def _commit(self, question: FactsNeeded, decide: Decide) -> Decision:
        """One transaction, and then the board and the bus. Raises BoardBehind once the board has caught up."""
        with self.times:
            try:
                decision = await self._decided(question, decide)
            except StoreUnavailable as error:
                self._failed(error)
                raise
            if decision.entries:
                self._stored()
            passing("committed")
            await self._tell(Committed(decision.entries, decision.state, decision.allowances))
            if decision.entries:
                self.times.made(len(decision.entries))
        return decision

    async def _decided(self, question: FactsNeeded, decide: Decide) -> Decision:
        try:
            return await self._store.commit(question, decide)
        except (BoardBehind, LogWentBack) as error:
            await self._replica.catch_up()
            raise BoardBehind from error

    async def _tell(self, news: Committed) -> None:
        """The commit stands: whatever fails from here on delays what is seen, and changes no answer."""
        await self._replica.prepare(news)
        if not self._replica.take(news):
            try:
                await self._replica.catch_up()
            except StoreUnavailable as error:
                self._pause(str(error))
                self._replica.hear(None)
        passing("applied")
        if news.entries:
            self._bus.announce(news)

    async def _keep(self, keep: Callable[[], Awaitable[None]]) -> None:
        try:
            await keep()
            self.unkept = None
        except StoreUnavailable as error:
            self.unkept = f"the board cannot be stored for the next start, which will take longer: {error}"


@dataclass(slots=True)
class _Asked:
    """An action that somebody waits for; once it has begun, nobody can call it off."""

    done: asyncio.Future[Entry | None]
    latest: WorkOut | None
    begun: bool = False
