"""Makes the undo of an action: of what it made, as much as still is so goes back to what was there before it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import numpy as np

from beeplace.board.board import Board
from beeplace.board.changes import Change
from beeplace.board.changes.change import Before, next_state
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.restoration import MAX_TOLD, Left
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.desk.beside import Beside
from beeplace.desk.log_walk import on_board, shown_again
from beeplace.desk.rewinds import NOTHING, left_at
from beeplace.desk.walk import mask_of
from beeplace.log.past import ActionFilter, Done
from beeplace.log.reads import Reads

_STATES_AT_ONCE = 2**62  # all: they are some hundreds of an evening
_REWINDS_AT_ONCE = 2**31  # all of these, too


async def state_before(reads: Reads, seq: int) -> BoardState:
    """The board's state as it was before an entry: what painted nothing, played from the beginning."""
    state = await reads.first_state()
    for entry in await reads.state_changes(0, seq - 1):
        state = next_state(entry.change, state, entry.epoch, entry.seq)
    return state


async def changes_since(reads: Reads, seq: int) -> list[Change]:
    """What changed the board's state after an entry."""
    return [entry.change for entry in await reads.state_changes(seq, _STATES_AT_ONCE)]


async def what_is_back(reads: Reads, beside: Beside, target: Entry, board: Board) -> bytes:
    """Where what an action made was covered, and is shown again since that was taken back: see `Before.shown_again`.

    Only rewinds and undos that came after it can have done so.
    """
    if target.change.BEGINS_EPOCH or on_board(target.change, board) is None:
        return b""
    seqs = [undo.seq async for undo in reads.undos(target.seq)]
    kinds = (Rewind.NUMBER, BanAndRewind.NUMBER)
    rewinds = await reads.actions(ActionFilter(board.state.seq + 1, kinds), _REWINDS_AT_ONCE)
    seqs += [listed.seq for listed in rewinds if listed.seq > target.seq]
    return await shown_again(reads, beside, board, target, np.array(seqs, np.uint64)) if seqs else b""


def undo(done: Done, state: BoardState, later: list[Change], board: Board, back: bytes | None) -> Change:
    """The change that takes an action back; `state` is the board's before the action, `back` is of `what_is_back`, None
    where its pixels stay.

    Not for the event loop where there is much of it.
    """
    target = done.entry
    before = Before(state, done.before, board.bitmap, board.state.width, later, back or b"")
    if back is None:
        return Undone(target.change.in_state.undone(target.seq, before) or NOTHING, 0, (), target.seq)
    shown = target.change.undone(target.seq, before)
    if shown is not None and shown.BEGINS_EPOCH:
        return shown
    if target.change.area is None:
        return Undone(shown or NOTHING, 0, (), target.seq)
    left = target.change.size - (shown.size if shown else 0)
    told = tuple(_told(target.change, shown, board)) if left else ()
    change = Undone(shown or NOTHING, left, told, target.seq)
    change.record()
    return change


def new_epoch(change: Change) -> str | None:
    """The name of the epoch that a change begins; None where it begins none."""
    return secrets.token_hex(8) if change.BEGINS_EPOCH else None


def _told(changed: Change, shown: Change | None, board: Board) -> Iterator[Left]:
    """The first pixels that an action changed, and that stay."""
    area, here = changed.area, on_board(changed, board)
    assert area is not None
    mask = mask_of(changed)
    painted = np.ones(area.width * area.height, np.bool_) if mask is None else np.frombuffer(mask, np.bool_)
    if here is None:
        return
    area, painted = here, painted.reshape(area.height, area.width)[: here.height, : here.width].ravel()
    given_back = mask_of(shown) if shown and shown.size else bytes(len(painted))
    stays = painted & (np.frombuffer(given_back, np.uint8) == 0) if given_back else np.zeros_like(painted)
    for index in np.flatnonzero(stays)[:MAX_TOLD].tolist():
        y, x = divmod(index, area.width)
        yield left_at(board, area.x + x, area.y + y)
