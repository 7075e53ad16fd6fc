"""The whole board, and what changed since a seq: made once for all who need them, in short steps of the loop.

See docs/decisions/0020-late-clients.md.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from beeplace.board.batch import MAX_PIXELS, most_pixels
from beeplace.board.board import Board
from beeplace.gateway.fanout.snapshot import Delta, Snapshot
from beeplace.gateway.wire.protocol import encode_pixels

_LITTLE_PIXELS = 512 * 512  # of a board that is copied and encoded at once: 0.3 ms in base64
_SHARE = 0.05  # of the time that making snapshots of a large board may take
_SECONDS_EACH = 0.05  # for which a snapshot is sent on, for each client that is behind
_AT_ONCE = 32  # of those who waited for one snapshot, in one turn of the loop
_EXACT = 256  # changes: a delta that goes back no further begins just where it was asked for
_MAX_DELTA_CHARACTERS = 8_000_000
_DELTA_SECONDS = 0.1  # of each second that looking for deltas may take; beyond it there are snapshots, which are shared


class Snapshots:
    """Shared by all who join or ask between two refreshes.

    They are as new as the board. One of a large board may be older, since making it takes longer than it is worth:
    whoever gets it gets what it lacks as one delta once it has been read.
    """

    def __init__(self, board: Board, clock: Callable[[], float] = time.monotonic) -> None:
        self._board, self._clock = board, clock
        self.slow: Callable[[], int] = lambda: 0  # how many clients are behind
        self._latest: Snapshot | None = None
        self._kept: Snapshot | None = None  # of a large board, encoded
        self._waiting: dict[str, list[Callable[[Snapshot], None]]] = {}  # by the form that they wait for
        self._deflated: set[str] = set()  # forms that somebody who waits takes compressed
        self._making: asyncio.Task[None] | None = None
        self._deltas: dict[int, Delta | None] = {}
        self._characters = 0
        self._seq = board.state.seq  # of what is kept here
        self._too_far: tuple[str, int] = ("", -1)  # the newest (epoch, seq) from which a delta is too long
        self._second, self._spent = 0, 0.0

    # Snapshots

    def latest(self) -> Snapshot:
        """The board as of now, or, if it is large, as of any moment since the last refresh."""
        self._freshen()
        if self._latest is None:
            state = self._board.state
            self._latest = Snapshot(state.name, state.seq, bytes(self._board.pixels))
        return self._latest

    def at_hand(self, form: str, *, deflate: bool = False) -> Snapshot | None:
        """One whose form needs no more work, compressed where wanted; None where it has to be made, see `wait`."""
        if len(self._board.pixels) <= _LITTLE_PIXELS:
            latest = self.latest()
            if not deflate or not latest.encoded(form).is_large:
                return latest
        kept = self._kept
        if kept is None or form not in kept.forms or not self._serves(kept):
            return None
        return kept if kept.forms[form].is_packed or not deflate else None

    def _serves(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot of a large board is new enough to be sent."""
        now = self._board.state
        if snapshot.epoch != now.name or now.seq - snapshot.seq > MAX_PIXELS // 4:
            return False
        # Each slow reader may hold one that nobody else has, so the more there are the longer one is shared.
        patience = max(snapshot.seconds / _SHARE, _SECONDS_EACH * self.slow())
        return snapshot.seq == now.seq or self._clock() - snapshot.made_at <= patience

    def wait(self, form: str, done: Callable[[Snapshot], None], *, deflate: bool = False) -> None:
        """Calls `done` once there is one in that form, compressed where wanted; by then the board may be newer."""
        if deflate:
            self._deflated.add(form)
        self._waiting.setdefault(form, []).append(done)
        if self._making is None:
            self._making = asyncio.create_task(self._make(), name="snapshots")

    async def _make(self) -> None:
        try:
            while self._waiting:
                form = next(iter(self._waiting))
                if self._kept is None or not self._serves(self._kept):
                    self._kept = await self._copy()
                snapshot = self._kept
                if form not in snapshot.forms:
                    await snapshot.encode(form)
                if form in self._deflated:
                    await snapshot.pack(form)
                    self._deflated.discard(form)
                await self._hand_out(snapshot, self._waiting.pop(form))
        finally:
            self._making = None

    async def _copy(self) -> Snapshot:
        self._kept = None  # its memory, where nobody is being sent it
        began = time.perf_counter()
        snapshot = self.latest()
        snapshot.made_at, snapshot.seconds = self._clock(), time.perf_counter() - began
        await asyncio.sleep(0)
        return snapshot

    async def _hand_out(self, snapshot: Snapshot, waiting: list[Callable[[Snapshot], None]]) -> None:
        loop = asyncio.get_running_loop()
        for number, done in enumerate(waiting, start=1):
            loop.call_soon(done, snapshot)  # each a step of its own: what fails for one is not the others'
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)

    def renew(self) -> None:
        """A batch went out: who joins from here on needs what it covered."""
        self._latest = None
        self._forget_deltas()

    async def close(self) -> None:
        """Nothing is made any more."""
        if self._making:
            self._making.cancel()
            with suppress(asyncio.CancelledError):
                await self._making

    # Deltas

    def delta(self, seq: int) -> Delta | None:
        """What changed after `seq` of this epoch, or after a seq somewhat before it, which says the same.

        None where the whole board is shorter, where it would take too long, or where the seq is not ours.
        """
        self._freshen()
        now = self._board.state
        first = shared_from(seq, now.seq)
        if seq > now.seq or (self._too_far >= (now.name, first) and self._too_far[0] == now.name):
            return None
        if first not in self._deltas:
            if self._characters > _MAX_DELTA_CHARACTERS:
                self._forget_deltas()
            if self._overspent():
                return None
            self._deltas[first] = self._found(first)
        return self._deltas[first]

    def _overspent(self) -> bool:
        """Whether so much of this second went into deltas that nobody gets another one."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._spent = second, 0.0
        return self._spent > _DELTA_SECONDS

    def _found(self, seq: int) -> Delta | None:
        now, began = self._board.state, time.perf_counter()
        offsets = self._board.changed_since(seq, most_pixels(now))
        delta = None
        if offsets is None:
            self._too_far = (now.name, seq)  # and so it stays: what changed since does not become less
        else:
            delta = Delta(now.name, seq, now.seq, encode_pixels(self._board.pixels, now.width, offsets))
            self._characters += len(delta.pixels)
        self._spent += time.perf_counter() - began
        return delta

    def _forget_deltas(self) -> None:
        self._deltas.clear()
        self._characters = 0

    def _freshen(self) -> None:
        if self._seq != self._board.state.seq and len(self._board.pixels) <= _LITTLE_PIXELS:
            self._seq = self._board.state.seq
            self.renew()


def shared_from(seq: int, now: int) -> int:
    """Where a delta from `seq` begins: up to a sixteenth further back, so that many who come back share one.

    A client applies any range that begins at its own seq or before it.
    """
    back = now - seq
    return seq if back <= _EXACT else seq - seq % (1 << back.bit_length() - 5)
