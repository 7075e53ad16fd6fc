"""Takes back what was drawn or done, and that again: preview, rewind, undo; and says who drew.

What it comes to is worked out beside the event loop, from the board as it is at that moment. Until it is committed
people go on drawing: the commit loop leaves out every pixel that changed meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.restoration import Left, Restoration
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.board.state import BoardState
from beeplace.desk.beside import Beside
from beeplace.desk.selection import AskedSelection, Selection, read_selection
from beeplace.errors import BadRequest, Busy, Outdated
from beeplace.log.commit_loop import CommitLoop, WorkOut
from beeplace.log.reads import Reads

if TYPE_CHECKING:
    from beeplace.desk.authors import Authors
    from beeplace.desk.walk import Found

MAX_TRIES = 5  # where so much changed meanwhile that it has to be worked out anew


async def _always() -> None:
    """Of an order that nothing can end."""


class Order(NamedTuple):
    """Who asks for an action and why; under `rid` it happens once, and `request` is what was asked for.

    `still_allowed` is asked once it has been worked out, which can take seconds: it raises where a key was revoked.
    """

    identity: bytes
    reason: str
    rid: bytes | None
    request: bytes
    still_allowed: Callable[[], Awaitable[None]] = _always


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action did: pixels that changed, pixels that stay as somebody changed them later, the first of those.

    `entry` is None where nothing was left to change.
    """

    entry: Entry | None
    changed: int
    left: int
    told: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rewind would do: pixels that change, people whose they are, pixels that stay, and the difference."""

    pixels: int
    people: int
    left: int
    picture: str  # a PNG as a data: URL


class TakeBack:
    """One for each gateway."""

    def __init__(self, board: Board, reads: Reads, commits: CommitLoop) -> None:
        self._board, self._reads, self._commits = board, reads, commits
        self._beside = Beside()
        self._turn = asyncio.Lock()  # one at a time is in memory, and on the processor

    async def selection(self, asked: AskedSelection) -> Selection:
        """What a client's selection means now. Raises BadRequest."""
        epoch_seq = (await self._reads.beginnings()).epoch_seq
        return await read_selection(asked, self._board.state, epoch_seq, self._reads.seqs_before)

    async def preview(self, selection: Selection) -> Preview:
        """What its rewind would do, as of now."""
        await self._beside.run(_load)
        from beeplace.desk.difference import picture  # noqa: PLC0415  # see `_load`

        async with self._turn:
            state = self._board.state
            bands = await self._walked(selection.on(state), state, sources=False)
            people = {name for band in bands for name in band.people.tolist()}
            shown = await self._beside.run(picture, bands, state.palette)
        self._beside.tidy()
        changed, left = sum(int(b.given_back.sum()) for b in bands), sum(int(b.left.sum()) for b in bands)
        return Preview(changed, len(people), left, shown)

    async def board_at(self, seq: int) -> tuple[BoardState, bytes]:
        """The board, and its pixels as they were at a seq of its epoch. Raises BadRequest 422 for another."""
        await self._beside.run(_load)
        from beeplace.desk.difference import without  # noqa: PLC0415  # see `_load`

        async with self._turn:
            begin, state = (await self._reads.beginnings()).epoch_seq, self._board.state
            if not begin <= seq <= state.seq:
                raise BadRequest(422, f"the board of this epoch is known from {begin} to {state.seq}")
            since = Selection(Area(0, 0, state.width, state.height), seq, state.seq)
            shown = self._board.copy(since.area)  # in the step in which `state` is the board's
            bands = await self._walked(since, state, sources=False)
            return state, await self._beside.run(without, bands, shown)

    async def authors(self, selection: Selection, most: int) -> Authors:
        """Who drew in it, who drew most first; `most` of them by name."""
        await self._beside.run(_load)
        from beeplace.desk.authors import authors  # noqa: PLC0415  # see `_load`

        async with self._turn:
            found = await authors(self._reads, self._beside, selection, most)
        self._beside.tidy()
        return found

    async def rewind(self, selection: Selection, order: Order) -> Effect:
        """Gives each selected pixel its last colour that is not selected, in one entry.

        Raises Busy, Restarting, Reused or StoreUnavailable, as `CommitLoop.act` does.
        """
        await self._beside.run(_load)
        from beeplace.desk.rewinds import rewind  # noqa: PLC0415  # see `_load`

        async def change(state: BoardState) -> Change:
            here = selection.on(state)
            bands = await self._walked(here, state)
            return await self._beside.run(rewind, here, bands, self._board)

        return await self._acted(change, order)

    async def ban(self, ban: Ban, selection: Selection, order: Order, *, goes_on: bool) -> Effect:
        """Bans people, and takes back what they drew, in one entry; the same as `rewind` otherwise.

        `selection` is of the same people; where it `goes_on`, it ends with the ban, whatever they draw until then.
        """
        await self._beside.run(_load)
        from beeplace.desk.ban_rewind import BanRewind  # noqa: PLC0415  # see `_load`

        drawn = BanRewind(self._board, self._reads, self._beside, ban, selection, goes_on=goes_on)
        return await self._acted(drawn.work_out, order, drawn.latest)

    async def undo(self, seq: int, order: Order, *, pixels: bool = True) -> Effect:
        """Takes an action back, as far as what it made is still so; without `pixels`, only what of it is in force.

        Raises BadRequest 404, or 422 where nothing but pixels changed, and what `rewind` does.
        """
        await self._beside.run(_load)
        from beeplace.desk.undos import changes_since, state_before, undo, what_is_back  # noqa: PLC0415  # see `_load`

        done = await self._reads.action(seq)
        if done is None:
            raise BadRequest(404, "there is no action with that number")
        if not pixels and done.entry.change.in_state.area is not None:
            raise BadRequest(422, "this action has changed nothing but pixels")

        async def change(_: BoardState) -> Change:
            back = await what_is_back(self._reads, self._beside, done.entry, self._board)
            before, later = await state_before(self._reads, seq), await changes_since(self._reads, seq)
            return await self._beside.run(undo, done, before, later, self._board, back if pixels else None)

        return await self._acted(change, order)

    async def act(self, change: Change, order: Order, epoch: str | None = None) -> Effect:
        """Any other action: what it changes is said in its request. `epoch` is the new one where it begins one."""
        identity, reason, rid, request, _ = order
        entry = await self._commits.act(Action(change, identity, epoch, reason=reason, rid=rid, request=request))
        return _outcome(entry, change)

    async def _walked(self, selection: Selection, state: BoardState, *, sources: bool = True) -> list[Found]:
        """All bands; only a rewind needs their sources, which are most of what they take of memory."""
        from beeplace.desk.log_walk import walk  # noqa: PLC0415  # see `_load`

        shown = self._board.copy(selection.area)  # in the step in which `state` is the board's
        bands = walk(self._reads, self._beside, selection, state, shown)
        return [band if sources else band.without_sources() async for band in bands]

    async def _acted(self, work_out: WorkOut, order: Order, latest: WorkOut | None = None) -> Effect:
        from beeplace.desk.undos import new_epoch  # noqa: PLC0415  # see `_load`

        identity, reason, rid, request, still_allowed = order
        async with self._turn:
            for _ in range(MAX_TRIES):
                seen = self._board.state
                change = await work_out(seen)
                await still_allowed()
                epoch = new_epoch(change)
                action = Action(change, identity, epoch, reason=reason, rid=rid, seen=seen, request=request)
                try:
                    entry = await self._commits.act(action, latest=latest)
                except Outdated:
                    continue
                finally:
                    self._beside.tidy()
                return _outcome(entry, change)
        raise Busy("the board changes too quickly to work this out; ask again")


def _load() -> None:
    """Loads what works on arrays: 20 MB and some hundred milliseconds that most gateways never need, and no loop waits
    for."""
    import beeplace.desk.authors  # noqa: PLC0415
    import beeplace.desk.ban_rewind  # noqa: PLC0415
    import beeplace.desk.difference  # noqa: PLC0415
    import beeplace.desk.undos  # noqa: F401, PLC0415


def _outcome(entry: Entry | None, asked: Change) -> Effect:
    """What happened, by the entry that was made of what was asked for, now or the first time."""
    change = entry.change if entry else asked
    left, told = (change.left, change.told) if isinstance(change, Restoration) else (0, ())
    return Effect(entry, change.size if entry else 0, left, told)
