"""Keeps the board's bitfield in Redis as it should be: `u8`, offset `y * width + x`, for whoever reads it there.

After each commit of this gateway its pixels are painted, by a script that does so only when what is there is older
and of the same epoch. Each second every gateway looks whether state, length and content are those of its own board,
and repairs whatever is not. Redis is believed in nothing: a state that is ahead of this board counts only as long
as a gateway that is alive says that it has come so far. Where two boards use one database, the bitfield stays the one's
that has it until its gateways have been silent for some seconds; the other says so, and paints nothing.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, auto
from hashlib import sha1
from time import monotonic
from typing import NamedTuple

from beeplace.board.board import Board
from beeplace.log.committed import Committed
from beeplace.log.redis.codec import Seal
from beeplace.log.redis.connection import RedisConnection, Refused, Script, Unavailable, logger

LOOK_SECONDS = 1.0
GRACES = (0.05, 0.4)  # seconds: in which what is in flight arrives, and in which what was missed is read from the log
MAX_LOOKS = 6  # in a row, while it changes under our eyes
MAX_PIXELS = 10_000  # more are written as a whole board
BIG = 1_000_000  # bytes; a bitfield of so many is compared every so many seconds, times its size
CLAIM_MS = 3_000  # for which a board keeps the bitfield without asking again
LITTLE = 100_000  # bytes that are hashed in passing; more of them in a thread

PIECE = 1 << 20  # bytes that are sent at once: 16 MB would hold up the loop for longer than a refresh
STAGED_MS = 10_000  # for which a piece waits for the next one

APPLY, WRITE, LOOK, STAGE = Script("apply"), Script("write"), Script("look"), Script("stage")
CLAIM, RELEASE = Script("claim"), Script("release")
ANOTHERS = "Redis: another board keeps its bitfield in this database; give each board a database number of its own"


class StoredBitfield(NamedTuple):
    """What Redis says it has. `seq` is -1 where it is no number, `length` where there is no string."""

    epoch: str
    seq: int
    width: str
    height: str
    length: int
    digest: str


class Verdict(Enum):
    """What a look at it led to."""

    RIGHT = auto()
    BEHIND = auto()  # right as far as it goes, as far as that can be seen
    AHEAD = auto()
    WRONG = auto()


class Pending(NamedTuple):
    """Pixels to paint, in (start, end] of an epoch; None where only the board knows them all."""

    epoch: str
    start: int
    end: int
    pixels: dict[int, int] | None


class Bitfield:
    """One for each gateway; `run` is owned by the bus. `alive` says how far the gateways that are heard have come."""

    def __init__(self, line: RedisConnection, name: str, seal: Seal, board: Board, alive: Callable[[], int]) -> None:
        self._line, self._seal, self._board, self._alive = line, seal, board, alive
        self._keys = [f"{{{name}}}:board", f"{{{name}}}:state"]
        self._owner = f"{{{name}}}:owner"
        self._staged = f"{{{name}}}:staged:{secrets.token_hex(8)}"  # no other gateway's
        self._ours, self._claimed = False, ""
        self._pending: Pending | None = None
        self._wake = asyncio.Event()
        self._compared = float("-inf")
        self.failing: str | None = None
        self.rebuilt = 0  # how often the whole bitfield was written

    def note(self, news: Committed) -> None:
        """Has the pixels of a commit painted."""
        fresh = pending(news)
        known = self._pending
        if known and (known.epoch, known.end) == (fresh.epoch, fresh.start) and known.pixels is not None:
            both = None if fresh.pixels is None else known.pixels | fresh.pixels
            fresh = Pending(fresh.epoch, known.start, fresh.end, both)
        elif known:
            fresh = Pending(fresh.epoch, min(known.start, fresh.start), fresh.end, None)
        if fresh.pixels and len(fresh.pixels) > MAX_PIXELS:
            fresh = fresh._replace(pixels=None)
        self._pending = fresh
        self._wake.set()

    async def run(self, miss: Callable[[], None]) -> None:
        """Paints and looks until it is cancelled; calls `miss` where others seem to be ahead of the board."""
        next_look = monotonic()
        while True:
            try:
                if monotonic() >= next_look:
                    next_look = monotonic() + LOOK_SECONDS
                    self._ours = await self._claim()
                    if self._ours:
                        await self._look_after(miss, compare=True)
                elif self._ours and not await self._paint():
                    await self._look_after(miss, compare=False)
                self.failing = None if self._ours else ANOTHERS
            except Unavailable as error:
                self.failing, next_look = str(error), monotonic() + self._line.breaker.seconds
                self._compared = float("-inf")
            except Refused as error:
                logger.warning("failing: %s", error)
                self.failing = str(error)
            await self._idle(next_look - monotonic())

    async def _idle(self, seconds: float) -> None:
        if self.failing:
            return await asyncio.sleep(max(0.0, seconds))
        if not self._pending:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await self._wake.wait()
        self._wake.clear()
        return None

    async def _claim(self) -> bool:
        board = self._seal.board
        answer = await self._line.run(CLAIM, [self._owner], board, CLAIM_MS, self._claimed)
        if answer not in (0, 1):
            raise await self._line.distrust()
        if answer != 1:
            return False
        if board != self._claimed:
            self._claimed, self._compared = board, float("-inf")
        return True

    async def leave(self) -> None:
        """Leaves the bitfield to others. Raises Unavailable or Refused."""
        await self._line.run(RELEASE, [self._owner], self._claimed)

    async def _paint(self) -> bool:
        """Paints what is pending; False where the bitfield is not what it would have to be for that."""
        todo, self._pending = self._pending, None
        if todo is None:
            return True
        if todo.pixels is None:
            return False
        return await self._apply(todo.epoch, todo.start, todo.end, todo.pixels)

    async def _apply(self, epoch: str, start: int, end: int, pixels: dict[int, int]) -> bool:
        state = self._board.state
        packed = b"".join((offset << 8 | color).to_bytes(5, "big") for offset, color in pixels.items())
        shape, keys = (epoch, start, end, state.width, state.height), [*self._keys, self._owner]
        answer = await self._line.run(APPLY, keys, *shape, packed, self._claimed)
        self._ours = self._ours and answer != b"another"
        return bool(answer != b"rebuild")

    async def _look_after(self, miss: Callable[[], None], *, compare: bool) -> None:
        """Looks and repairs until all is right, or until it has changed too often to say so."""
        graces = iter(GRACES)
        self._pending = None  # the board has it
        for _ in range(MAX_LOOKS):
            stored, verdict = await self._look(compare=compare)
            if not self._ours or verdict is Verdict.RIGHT or (verdict is Verdict.AHEAD and stored.seq <= self._alive()):
                return
            if verdict is Verdict.AHEAD:
                await self._wait_or_write(graces, stored, miss)
            elif verdict is Verdict.WRONG or not await self._bring_up(stored):
                await self._write()

    async def _wait_or_write(self, graces: Iterator[float], stored: StoredBitfield, miss: Callable[[], None]) -> None:
        """Waits for what it has and the board has not, and in the end takes it for false."""
        grace = next(graces, None)
        if grace is None:
            return await self._write(f"{stored.epoch} {stored.seq}")
        if grace == GRACES[-1]:
            miss()
        return await asyncio.sleep(grace)

    async def _look(self, *, compare: bool) -> tuple[StoredBitfield, Verdict]:
        size = len(self._board.pixels)
        due = compare and monotonic() >= self._compared + (size // BIG if size > BIG else 0)
        answer = await self._line.run(LOOK, self._keys, size if due else -1, size=size if due else 0)
        try:
            stored = _stored(answer)
        except (ValueError, TypeError, AttributeError):
            raise await self._line.distrust() from None
        verdict = self._judged(stored)
        if verdict is not Verdict.RIGHT or not due:
            return stored, verdict
        self._compared = monotonic()
        return stored, Verdict.RIGHT if await self._equals(stored) else Verdict.WRONG

    def _judged(self, stored: StoredBitfield) -> Verdict:
        """From all but the content."""
        state = self._board.state
        if stored.seq < 0 or not stored.epoch:
            return Verdict.WRONG
        if stored.seq > state.seq:
            return Verdict.AHEAD
        shape = (stored.epoch, stored.width, stored.height, stored.length)
        if shape != (state.epoch, str(state.width), str(state.height), len(self._board.pixels)):
            return Verdict.WRONG
        return Verdict.RIGHT if stored.seq == state.seq else Verdict.BEHIND

    async def _equals(self, stored: StoredBitfield) -> bool:
        pixels = self._board.pixels
        if len(pixels) <= LITTLE:
            return _digest(pixels) == stored.digest
        return await asyncio.to_thread(_digest, bytes(pixels)) == stored.digest

    async def _bring_up(self, stored: StoredBitfield) -> bool:
        """Paints all that changed since; False where that is too much, or no longer fits."""
        board = self._board
        offsets = board.changed_since(stored.seq, MAX_PIXELS)
        if offsets is None:
            return False
        pixels = {offset: board.pixels[offset] for offset in offsets}
        return await self._apply(board.state.epoch, stored.seq, board.state.seq, pixels)

    async def _write(self, known_false: str = "") -> None:
        state, self._compared = self._board.state, float("-inf")
        whole = bytes(self._board.pixels)
        shape = state.epoch, state.seq, state.width, state.height
        keys = [*self._keys, self._owner]
        if (size := len(whole)) > PIECE:
            await self._stage(whole)
            keys, whole = [*keys, self._staged], b""
        answer = await self._line.run(WRITE, keys, *shape, whole, known_false, self._claimed, size=size)
        self._ours = self._ours and answer != b"another"
        self.rebuilt += self._ours

    async def _stage(self, whole: bytes) -> None:
        """Sends a large bitfield in pieces, for `write.lua` to put in its place."""
        for start in range(0, len(whole), PIECE):
            piece = whole[start : start + PIECE]
            await self._line.run(STAGE, [self._staged], start, piece, STAGED_MS, size=len(piece))


def pending(news: Committed) -> Pending:
    """What has to be painted for news of one epoch; where another begins in them, only the board knows."""
    state, start = news.state, news.entries[0].seq - 1
    pixels: dict[int, int] = {}
    for entry in news.entries:
        change = entry.change
        if (spot := change.single(state.width)) is not None:
            pixels[spot[0]] = spot[1]
        elif change.size or change.BEGINS_EPOCH:
            return Pending(state.epoch, start, state.seq, None)
    return Pending(state.epoch, start, state.seq, pixels)


def _stored(answer: list[bytes | int]) -> StoredBitfield:
    epoch, seq, width, height, length, digest = (a if isinstance(a, int) else a.decode("latin-1") for a in answer)
    number = str(seq)
    return StoredBitfield(
        str(epoch), int(number) if re.fullmatch(r"[0-9]{1,15}", number) else -1, str(width), str(height),
        int(length), str(digest),
    )  # fmt: skip


def _digest(pixels: bytes | bytearray) -> str:
    return sha1(pixels, usedforsecurity=False).hexdigest()
