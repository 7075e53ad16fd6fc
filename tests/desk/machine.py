"""Any order of placements, fills, pastes, rewinds, undos, resets and restarts, on a real store beside the model."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from beeplace.board.board import Board
from beeplace.board.changes import KINDS, Change
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.restoration import Restoration
from beeplace.board.geometry import Area
from beeplace.desk.selection import Selection
from beeplace.desk.take_back import Effect, Order, TakeBack
from beeplace.history.verify.check import Check
from beeplace.log import commit_loop
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.memory_bus import MemoryBus
from beeplace.log.reads import Reads
from tests.closed_store import archive
from tests.desk.model import Asked, Happened, Place, TakeBackModel
from tests.log.samples import HEIGHT, NO_LIMIT, ORGANISER, WHOLE, WIDTH, Session, StoreMaker, placement, sqlite

T = TypeVar("T")

PEOPLE = [bytes([n]) * 16 for n in range(4)]
MEMORY = next((str(path) for path in [Path("/dev/shm")] if os.access(path, os.W_OK)), None)  # waits for no disk
XS, YS = [0, 1, 2, WIDTH - 1], [0, 1, HEIGHT - 1]  # few, so that they meet
COLORS = 4
NAMES = {kind.NAME: [number for number, other in KINDS.items() if other.NAME == kind.NAME] for kind in KINDS.values()}

colors = st.integers(0, COLORS - 1)


def between(one: Place, other: Place) -> Area:
    (x, y), (right, bottom) = map(min, one, other), map(max, one, other)
    return Area(x, y, right - x + 1, bottom - y + 1)


corners = st.tuples(st.sampled_from(XS), st.sampled_from(YS))
areas = st.builds(between, corners, corners)
kinds = st.none() | st.sets(
    st.sampled_from(["placement", "fill", "paste", "clear", "rewind", "undo", "ban"]), min_size=1
)
some_people = st.none() | st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2)


def places(area: Area) -> set[Place]:
    return {(x, y) for x in range(area.x, area.x + area.width) for y in range(area.y, area.y + area.height)}


def _names(people: set[bytes] | None) -> frozenset[bytes]:
    return frozenset(person[:4] for person in people or ())


def order() -> Order:
    return Order(ORGANISER, "because", os.urandom(16), os.urandom(8))


class TakeBackMachine(RuleBasedStateMachine):
    """Every answer and the whole board are compared after each step."""

    make: StoreMaker = staticmethod(sqlite)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.steps = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        commit_loop.PACE_SECONDS = 0.0  # nobody shares a commit here
        self.session = Session(Path(self.folder.name), self.make, settings=NO_LIMIT)
        self.model = TakeBackModel()
        self.run(self._open())

    async def _open(self) -> None:
        await self.session.open()
        store, board = self.session.store, self.session.board
        self.loop = CommitLoop(
            store=store, board=board, replica=self.session.replica, bus=MemoryBus(), measure=lambda *_: None
        )
        self.task = asyncio.create_task(self.loop.run())
        self.desk = TakeBack(board, Reads(store), self.loop)

    async def _close(self) -> None:
        self.loop.stop()
        await self.task
        await self.session.store.close()

    @property
    def board(self) -> Board:
        return self.session.board

    @property
    def seq(self) -> int:
        return self.board.state.seq

    # What people and organisers do

    @rule(who=st.sampled_from(PEOPLE), x=st.sampled_from(XS), y=st.sampled_from(YS), color=colors)
    def place(self, who: bytes, x: int, y: int, color: int) -> None:
        [answer] = self.run(self.session.place(placement(x, y, color, by=who)))
        assert answer.seq
        self.model.happen(Happened(answer.seq, "placement", who, {(x, y): color}))

    @rule(area=areas, color=colors)
    def fill(self, area: Area, color: int) -> None:
        self.change(Fill(area, color), dict.fromkeys(places(area), color))

    @rule(area=areas)
    def clear(self, area: Area) -> None:
        self.change(Clear(area), dict.fromkeys(places(area), 0))

    @rule(area=areas, data=st.data())
    def paste(self, area: Area, data: st.DataObject) -> None:
        size = area.width * area.height
        given = bytes(data.draw(st.lists(colors, min_size=size, max_size=size)))
        mask = bytes(data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)))
        pasted = Paste.over(area, given, mask)
        if pasted is None:
            return
        every = ((x, y) for y in range(area.y, area.y + area.height) for x in range(area.x, area.x + area.width))
        self.change(pasted, {at: color for at, color, changes in zip(every, given, mask, strict=True) if changes})

    def change(self, change: Change, painted: dict[Place, int]) -> None:
        outcome = self.run(self.desk.act(change, order()))
        assert outcome.entry
        assert (outcome.changed, outcome.left) == (len(painted), 0)
        self.model.happen(Happened(outcome.entry.seq, change.NAME, ORGANISER, painted))

    @rule()
    def reset(self) -> None:
        outcome = self.run(self.desk.act(Reset(WHOLE), order(), epoch=os.urandom(8).hex()))
        assert outcome.entry
        self.model.begin(outcome.entry.seq)

    @rule(cleanly=st.booleans())
    def restart(self, cleanly: bool) -> None:
        if cleanly:
            self.run(self.loop.keep())
        self.run(self._close())
        self.run(self._open())

    # Taking back

    @rule(
        area=areas | st.just(WHOLE), back=st.tuples(st.integers(0, 12), st.integers(0, 4)),
        people=some_people, others=some_people, kinds=kinds,
    )  # fmt: skip
    def rewind(
        self, area: Area, back: tuple[int, int], people: set[bytes] | None, others: set[bytes] | None,
        kinds: set[str] | None,
    ) -> None:  # fmt: skip
        after, to = (max(self.model.empty, self.seq - ago) for ago in back)
        asked = Asked(places(area), after, to, people, others, kinds)
        numbers = frozenset(number for kind in kinds or () for number in NAMES[kind])
        selection = Selection(area, after, to, _names(people), _names(others), numbers)
        painted, goes_on, left = self.model.rewound(asked)
        preview = self.run(self.desk.preview(selection))
        assert (preview.pixels, preview.left) == (len(painted), left)
        told, drawn = self.run(self.desk.authors(selection, 3)), self.model.authors(asked)
        assert {4 * a.name: (a.pixels, a.first_seq, a.last_seq) for a in told.first}.items() <= drawn.items()
        assert (told.people, len(told.first)) == (len(drawn), min(3, len(drawn)))
        assert told.pixels == sum(pixels for pixels, _, _ in drawn.values())
        self.took_back(self.run(self.desk.rewind(selection, order())), "rewind", painted, goes_on, left)

    @precondition(lambda self: any(one.kind != "placement" for one in self.model.log))
    @rule(number=st.integers(0, 50))
    def undo(self, number: int) -> None:
        """The last actions are the ones that are taken back most."""
        actions = [one for one in self.model.log if one.kind != "placement"]
        self.undo_of(actions[-1 - number % min(len(actions), 5)].seq)

    def undo_of(self, seq: int) -> None:
        painted, back, left = self.model.undone(seq)
        self.took_back(self.run(self.desk.undo(seq, order())), "undo", painted, back, left)

    def took_back(
        self, outcome: Effect, kind: str, painted: dict[Place, int], back: dict[Place, int], left: int
    ) -> None:
        assert (outcome.changed, outcome.left) == (len(painted), left)
        assert len(outcome.told) == min(left, 20)
        assert (outcome.entry is None) == (not painted)
        if outcome.entry:
            assert isinstance(outcome.entry.change, Restoration)
            self.model.happen(Happened(outcome.entry.seq, kind, ORGANISER, painted, back))

    @invariant()
    def the_board_is_as_the_model_says(self) -> None:
        self.steps += 1
        if hasattr(self, "session"):
            every = [self.model.color((x, y)) for y in range(HEIGHT) for x in range(WIDTH)]
            assert list(self.board.pixels) == every

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.run(self._close())
            check = Check(archive(self.session), ())
            self.run(check.run())
            assert all(one.word == "ok" for one in check.checks), check.checks
        self.runner.close()
        self.folder.cleanup()
