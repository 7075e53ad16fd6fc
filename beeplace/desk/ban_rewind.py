"""What people had drawn who are banned, and their ban, as one change; also what they draw while it is worked out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.desk.beside import Beside
from beeplace.desk.log_walk import backwards, walk
from beeplace.desk.rewinds import rewind
from beeplace.desk.rows import Flags, Placements, chosen, rows
from beeplace.desk.selection import Selection
from beeplace.desk.walk import Found
from beeplace.errors import Outdated
from beeplace.log.commit_loop import MAX_CHANGED
from beeplace.log.reads import Reads

MAX_LOOKED_UP = 500  # pixels whose change before is looked for one by one
_OTHERS = 8  # changes of a pixel that may come while it is looked for

Source = tuple[int, int]  # the seq of a change, and its colour


@dataclass(frozen=True, slots=True)
class _Late:
    """What happened to pixels since: whether the last one is taken back, and the last that is not, by offset."""

    shown: dict[int, tuple[bool, int]]  # and its colour
    sources: dict[int, Source]
    drawn: Counter[int]


class BanRewind:
    """`selection` says what they drew; `goes_on` that it has no end but the ban."""

    def __init__(
        self, board: Board, reads: Reads, beside: Beside, ban: Ban, selection: Selection, *, goes_on: bool
    ) -> None:
        self._board, self._reads, self._beside = board, reads, beside
        self._ban, self._selection, self._goes_on = ban, selection, goes_on

    async def work_out(self, state: BoardState) -> Change:
        """The change on the board as it is now, in that state."""
        self._selection = self._selection.on(state)
        self._shown, self._seen = bytearray(self._board.copy(self._selection.area)), state
        if self._goes_on:
            self._selection = replace(self._selection, to=state.seq)
        walked = walk(self._reads, self._beside, self._selection, state, bytes(self._shown))
        self._bands = [band async for band in walked]
        return await self._made()

    async def latest(self, now: BoardState) -> Change:
        """The same on the board as it is by now. Raises Outdated where it has to be worked out anew."""
        seen, since = self._seen, None
        if (seen.epoch, seen.term) == (now.epoch, now.term):
            since = self._board.changed_since(seen.seq, MAX_CHANGED)
        if since is None:
            raise Outdated
        if self._goes_on and since and await self._has_late(now):
            return await self._made()
        return self._change.without(since, now.width)

    async def _made(self) -> Change:
        made = await self._beside.run(rewind, self._selection, self._bands, self._board)
        self._change = BanAndRewind.of(self._ban, made)
        return self._change

    async def _has_late(self, now: BoardState) -> bool:
        """Whether they have drawn since; if so, what was found is brought up to `now`."""
        area, after = self._selection.area, self._seen.seq
        parts = list[Placements]()
        async for piece in backwards(self._reads, area, after, now.seq):
            if isinstance(piece, Entry):
                raise Outdated
            parts.append(await self._beside.run(rows, *piece))
        self._selection = replace(self._selection, to=now.seq)
        taken = [chosen(part, self._selection) for part in parts]
        if not any(flags.any() for flags in taken):
            self._selection = replace(self._selection, to=after)
            return False
        late = _late(parts, taken)
        self._follow(late, await self._before(late))
        self._seen = now
        return True

    async def _before(self, late: _Late) -> dict[int, Source]:
        """What pixels showed before, where that was not theirs."""
        theirs = [offset for offset, (taken, _) in late.shown.items() if taken and offset not in late.sources]
        unknown = [offset for offset in theirs if not self._at(offset).taken]
        if len(unknown) > MAX_LOOKED_UP:
            raise Outdated
        area, found = self._selection.area, dict[int, Source]()
        for offset in unknown:
            y, x = divmod(offset, area.width)
            past = await self._reads.history(area.x + x, area.y + y, late.drawn[offset] + _OTHERS)
            last = next((entry for entry in past if entry.seq <= self._seen.seq), None)
            if last is None and len(past) == late.drawn[offset] + _OTHERS:
                raise Outdated
            found[offset] = (0 if last is None or last.change.EMPTIES else last.seq, self._shown[offset])
        return found

    def _follow(self, late: _Late, before: dict[int, Source]) -> None:
        for offset, (taken, shown) in late.shown.items():
            pixel = self._at(offset)
            if taken:
                seq, color = late.sources.get(offset) or before.get(offset) or pixel.source
                pixel.give_back(seq, color, differs=color != shown)
            else:
                pixel.leave(theirs=pixel.taken or late.drawn[offset] > 0)
            self._shown[offset] = shown

    def _at(self, offset: int) -> _Pixel:
        first = self._bands[0].area
        number, index = divmod(offset, first.width * first.height)
        return _Pixel(self._bands[number], index)


@dataclass(frozen=True, slots=True)
class _Pixel:
    """One pixel of what was found."""

    band: Found
    index: int

    @property
    def taken(self) -> bool:
        """Whether it showed what is taken back."""
        return bool(self.band.taken[self.index])

    @property
    def source(self) -> Source:
        """What it goes back to."""
        return int(self.band.sources[self.index]), int(self.band.colors[self.index])

    def give_back(self, seq: int, color: int, *, differs: bool) -> None:
        """It goes back to that change."""
        band, index = self.band, self.index
        band.taken[index], band.given_back[index], band.left[index] = True, differs, False
        band.sources[index], band.colors[index] = seq, color

    def leave(self, *, theirs: bool) -> None:
        """Somebody else drew there last."""
        band, index = self.band, self.index
        band.left[index] |= theirs
        band.taken[index] = band.given_back[index] = False


def _late(parts: Sequence[Placements], taken: Sequence[Flags]) -> _Late:
    """Of placements, the newest part first."""
    late = _Late({}, {}, Counter())
    for part, flags in zip(parts, taken, strict=True):
        columns = (part.seqs, part.offsets, part.colors, np.asarray(flags))
        for seq, offset, color, is_taken in reversed(list(zip(*(c.tolist() for c in columns), strict=True))):
            late.shown.setdefault(offset, (is_taken, color))
            late.drawn[offset] += is_taken
            if not is_taken:
                late.sources.setdefault(offset, (seq, color))
    return late
