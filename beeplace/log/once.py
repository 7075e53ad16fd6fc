"""What may happen once, on whichever gateway: a name is used up in the memory that the log has of requests."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from beeplace.board.geometry import Pixel
from beeplace.board.rules import REMEMBERED_MS, Answer, CachedAnswer, Decision, Facts
from beeplace.errors import StoreUnavailable
from beeplace.log.store import BoardBehind, FactsNeeded, Store

_TRIES = 50
_PAUSE_SECONDS = 0.02  # in which the board in memory takes in what was committed just now

_USED = Answer("duplicate", None, 0, 0)


class Once:
    """Names are kept for ten minutes, as request ids are: what they stand for has to end before."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def first(self, identity: bytes, name: bytes) -> bool:
        """Whether nobody has used this name of an identity, 16 bytes each; from now on it is used.

        Raises StoreUnavailable.
        """
        question, decide = FactsNeeded(requests=frozenset([(identity, name)])), partial(_use_up, identity, name)
        for _ in range(_TRIES):
            with suppress(BoardBehind):
                return bool((await self._store.commit(question, decide)).remembered)
            await asyncio.sleep(_PAUSE_SECONDS)
        raise StoreUnavailable


def _use_up(identity: bytes, name: bytes, facts: Facts) -> Decision:
    if facts.answers:
        return Decision(facts.state)
    used = CachedAnswer(identity, name, Pixel(0, 0, 0), _USED, facts.now_ms + REMEMBERED_MS)
    return Decision(facts.state, remembered=[used])
