"""What happens when the settings ask for another board than the store holds."""

from __future__ import annotations

import secrets
from functools import partial

from beeplace.board.board import Board
from beeplace.board.entries import Kind
from beeplace.board.feed import Feed
from beeplace.board.news import News
from beeplace.board.rules import Action, Decision, Facts, decide_action
from beeplace.board.store import Question, Store, Wanted
from beeplace.errors import BoardMismatch


async def adopt(store: Store, board: Board, feed: Feed, wanted: Wanted) -> None:
    """Takes a new palette over, as an entry of the log and a new epoch. Raises BoardMismatch for what cannot be."""
    state = board.state
    if (wanted.width, wanted.height) != (state.width, state.height):
        raise BoardMismatch(
            f"BOARD_SIZE: the stored board is {state.width} x {state.height}, not {wanted.width} x {wanted.height}; "
            "keep its size, or give another DATABASE_URL"
        )
    if wanted.palette == state.palette:
        return
    if lost := sorted(set(board.pixels) - set(range(len(wanted.palette)))):
        raise BoardMismatch(
            f"COLORS: the stored board uses the indices {lost}, which {len(wanted.palette)} colours lack"
        )
    action = Action(Kind.PALETTE, bytes(16), epoch=secrets.token_hex(8), palette=wanted.palette)
    decision = await store.commit(Question(), partial(_unless_adopted, action, wanted))
    if not feed.take(News(decision.entries, decision.state)) or not decision.entries:
        await feed.catch_up()


def _unless_adopted(action: Action, wanted: Wanted, facts: Facts) -> Decision:
    """Another gateway that starts with the same settings may have been first."""
    return Decision(facts.state) if facts.state.palette == wanted.palette else decide_action(action, facts)
