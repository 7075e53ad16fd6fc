"""Who may still ask, and what of a refusal is written down: bounds that one identity cannot use up for the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from beeplace.board.rules import CachedAnswer
from beeplace.errors import Busy

MAX_WAITING = 4_096  # a full queue refuses with `busy`: better an honest no than a late yes
# From so many that wait on, one identity may have so many among them; who has none is taken until the queue is full.
SHARES = ((3_072, 1), (2_048, 4))
CROWDED = SHARES[-1][0]
REFUSALS_SECONDS = 10
MAX_REFUSALS_EACH, MAX_REFUSALS = 20, 2_000  # in that time of one identity, and of all


class FairQueue:
    """How many placements of each identity wait for their commit; counted only while many wait.

    `crowd` gives the identities of those who wait.
    """

    def __init__(self, crowd: Callable[[], Iterable[bytes]]) -> None:
        self._crowd = crowd
        self._waiting: Counter[bytes] = Counter()

    def enter(self, identity: bytes, waiting: int) -> None:
        """One more, behind so many of all, who are `CROWDED` at least. Raises Busy where others come first."""
        if waiting >= MAX_WAITING:
            raise Busy
        if not self._waiting:
            self._waiting.update(self._crowd())
        most = next(most for beyond, most in SHARES if waiting >= beyond)
        if self._waiting[identity] >= most:
            raise Busy
        self._waiting[identity] += 1

    def left(self) -> None:
        """Some wait no more: who still does is counted again when the next one comes to many."""
        self._waiting.clear()


class RefusalMemory:
    """Which refusals are remembered under their request ids, each of which is a row on stable storage.

    A refusal charged nothing: one that is not remembered is judged again when its request comes again.
    """

    def __init__(self) -> None:
        self._ends_ms = 0
        self._kept: Counter[bytes] = Counter()
        self._all = 0

    def keep(self, remembered: Iterable[CachedAnswer], now_ms: int) -> list[CachedAnswer]:
        """Without the refusals that are too many."""
        return [one for one in remembered if one.answer.code is None or self._admits(one.identity, now_ms)]

    def _admits(self, identity: bytes, now_ms: int) -> bool:
        if now_ms >= self._ends_ms:
            self._ends_ms, self._all = now_ms + REFUSALS_SECONDS * 1000, 0
            self._kept.clear()
        if self._all >= MAX_REFUSALS or self._kept[identity] >= MAX_REFUSALS_EACH:
            return False
        self._all += 1
        self._kept[identity] += 1
        return True
