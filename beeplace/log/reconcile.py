"""What happens when the settings ask for another board than the store holds."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from beeplace.board.board import Board
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.recolor import Recolor
from beeplace.board.rules import Action, Decision, Facts, decide_action
from beeplace.board.state import BoardState
from beeplace.errors import BoardMismatch, StoreUnavailable
from beeplace.log.committed import Committed
from beeplace.log.replica import Replica
from beeplace.log.store import BoardBehind, BoardSpec, Decide, FactsNeeded, Store

MAX_TRIES = 50  # while other gateways commit in between


async def adopt(store: Store, board: Board, replica: Replica, wanted: BoardSpec) -> None:
    """Takes a new palette over, as an entry of the log and a new epoch, and live settings that no organiser chose.

    Raises BoardMismatch for what cannot be.
    """
    state = board.state
    chosen = "width" in state.settings.chosen
    if (wanted.width, wanted.height) != (state.width, state.height) and not chosen:
        raise BoardMismatch(
            f"BOARD_SIZE: the stored board is {state.width} x {state.height}, not {wanted.width} x {wanted.height}; "
            "keep its size, or give another DATABASE_URL"
        )
    await _recolor(store, board, replica, wanted)
    if adjustment(board.state, wanted):
        await _commit(store, replica, partial(_adjusted, wanted))


async def _recolor(store: Store, board: Board, replica: Replica, wanted: BoardSpec) -> None:
    for _ in range(MAX_TRIES):
        if wanted.palette == board.state.palette or "colors" in board.state.settings.chosen:
            return
        if lost := sorted(set(board.pixels) - set(range(len(wanted.palette)))):
            raise BoardMismatch(
                f"COLORS: the stored board uses the indices {lost}, which {len(wanted.palette)} colours lack"
            )
        action = Action(Recolor(wanted.palette), bytes(16), epoch=secrets.token_hex(8))
        try:
            question = FactsNeeded(board=board, known=board.state, all_known=True)
            decision = await store.commit(question, partial(decide_action, action))
        except BoardBehind:  # a colour that this board lacks may be among what others committed
            await replica.catch_up()
            continue
        replica.take(Committed(decision.entries, decision.state))
    if wanted.palette != board.state.palette:
        raise StoreUnavailable("others change the board too quickly to give it other colours; start once more")


async def _commit(store: Store, replica: Replica, decide: Decide) -> None:
    decision = await store.commit(FactsNeeded(), decide)
    if not replica.take(Committed(decision.entries, decision.state)) or not decision.entries:
        await replica.catch_up()


def adjustment(state: BoardState, wanted: BoardSpec) -> dict[str, Any]:
    """What of the live settings the environment gives another value, by name, and no organiser chose."""
    given, has = wanted.settings.named(), state.settings.named()
    return {name: given[name] for name in given if given[name] != has[name] and name not in state.settings.chosen}


def overruled(state: BoardState, wanted: BoardSpec) -> dict[str, Any]:
    """What an organiser chose and the environment gives another value: name and the value that holds."""
    given, has = told(wanted), told(state)
    return {name: has[name] for name in sorted(state.settings.chosen) if given[name] != has[name]}


def environment(wanted: BoardSpec, state: BoardState) -> dict[str, Any]:
    """What the environment would give those settings: name and value."""
    given = told(wanted)
    return {name: given[name] for name in overruled(state, wanted)}


def told(board: BoardSpec | BoardState) -> dict[str, Any]:
    """What organisers may change, by the names of the interface."""
    more = {"colors": board.palette.colors, "width": board.width, "height": board.height}
    return {**board.settings.named(), **more}


def _adjusted(wanted: BoardSpec, facts: Facts) -> Decision:
    """By the state as it is now: another gateway may have been first."""
    values = adjustment(facts.state, wanted)
    change = Adjust(tuple(values.items()), from_environment=True)
    return decide_action(Action(change, bytes(16)), facts) if values else Decision(facts.state)
