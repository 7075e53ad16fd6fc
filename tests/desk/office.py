"""A commit loop on a real store, and what organisers take back through it."""

from __future__ import annotations

import os

from beeplace.board.changes import Change
from beeplace.board.geometry import Area
from beeplace.desk.selection import Selection
from beeplace.desk.take_back import Effect, Order, TakeBack
from beeplace.log.reads import Reads
from tests.log.desk import Desk
from tests.log.samples import ORGANISER, WHOLE, Session, placement


def order(reason: str = "because") -> Order:
    return Order(ORGANISER, reason, os.urandom(16), os.urandom(8))


class Office(Desk):
    """`take_back` is what is tested."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.take_back = TakeBack(session.board, Reads(session.store), self.loop)

    async def draw(self, x: int, y: int, color: int, by: bytes) -> int:
        [answer] = await self.place(placement(x, y, color, by=by))
        assert answer.seq
        return answer.seq

    def of(self, *people: bytes, area: Area = WHOLE, after: int = 0, to: int | None = None) -> Selection:
        return Selection(
            area, after, self.session.board.state.seq if to is None else to, frozenset(p[:4] for p in people)
        )

    async def rewind(self, selection: Selection) -> Effect:
        return await self.take_back.rewind(selection, order())

    async def undo(self, seq: int) -> Effect:
        return await self.take_back.undo(seq, order())

    async def act(self, change: Change) -> int:
        outcome = await self.take_back.act(change, order())
        assert outcome.entry
        return outcome.entry.seq

    def color(self, x: int, y: int) -> int:
        return self.session.board.pixels[y * self.session.board.state.width + x]
