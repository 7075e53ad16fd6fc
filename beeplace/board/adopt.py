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
from beeplace.errors import BoardMismatch, StoreUnavailable

MOST_TRIES = 50  # while other gateways commit in between


async def adopt(store: Store, board: Board, feed: Feed, wanted: Wanted) -> None:
    """Takes a new palette over, as an entry of the log and a new epoch. Raises BoardMismatch for what cannot be."""
    state = board.state
    if (wanted.width, wanted.height) != (state.width, state.height):
        raise BoardMismatch(
            f"BOARD_SIZE: the stored board is {state.width} x {state.height}, not {wanted.width} x {wanted.height}; "
            "keep its size, or give another DATABASE_URL"
        )
    for _ in range(MOST_TRIES):
        if wanted.palette == board.state.palette:
            return
        if lost := sorted(set(board.pixels) - set(range(len(wanted.palette)))):
            raise BoardMismatch(
                f"COLORS: the stored board uses the indices {lost}, which {len(wanted.palette)} colours lack"
            )
        action = Action(Kind.PALETTE, bytes(16), epoch=secrets.token_hex(8), palette=wanted.palette)
        try:
            decision = await store.commit(Question(), partial(_if_all_is_known, action, board.state.seq))
        except _Behind:
            await feed.catch_up()
            continue
        feed.take(News(decision.entries, decision.state))
    if wanted.palette != board.state.palette:
        raise StoreUnavailable("others change the board too quickly to give it other colours; start once more")


class _Behind(Exception):
    """Other gateways committed what this board does not have yet: a colour that it lacks may be among it."""


def _if_all_is_known(action: Action, seq: int, facts: Facts) -> Decision:
    if facts.state.seq != seq:
        raise _Behind
    return decide_action(action, facts)
