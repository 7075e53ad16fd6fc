"""Any order of placements, actions, refreshes, joins, breaks and restarts, on a real store beside the model.

Every step is checked at once: each answer, the board, and each screen against the picture of its own seq.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from beeplace.board.batch import Batch
from beeplace.board.changes import Change
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area, Pixel
from beeplace.board.palette import Palette
from beeplace.board.rules import Action, Answer, PlacementRequest
from beeplace.board.state import LiveSettings
from beeplace.log.checkpoints import Checkpoints
from beeplace.log.reconcile import adopt
from beeplace.log.store import BoardSpec
from tests.log.model_based.model import COLORS, HEIGHT, WIDTH, DecodedPlacement, Model, Screen, Told
from tests.log.samples import ORGANISER, PALETTE, Session, StoreMaker, sqlite

T = TypeVar("T")

NAMES = [bytes([n]) * 16 for n in range(3)]
RIDS = [None, None, *(bytes([n]) * 16 for n in range(4))]
MEMORY = next((str(path) for path in [Path("/dev/shm")] if os.access(path, os.W_OK)), None)  # waits for no disk
COLUMNS, LINES = [0, 1, 2, WIDTH - 1], [0, 1, 15, 16, 31, HEIGHT - 1]  # few, so that they meet; in every block
WHOLE = Area(0, 0, WIDTH, HEIGHT)
WANTED = BoardSpec(WIDTH, HEIGHT, PALETTE)
PALETTES = [PALETTE, Palette(("#000000", "#111111", "#222222", "#333333"))]


def between(one: tuple[int, int], other: tuple[int, int]) -> Area:
    """The rectangle with these two corners."""
    (x, y), (right, bottom) = map(min, one, other), map(max, one, other)
    return Area(x, y, right - x + 1, bottom - y + 1)


good = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(COLUMNS),
    st.sampled_from(LINES),
    st.integers(0, COLORS - 1),
    st.sampled_from(RIDS),
    st.sampled_from([None, "now"]),
)
any_wish = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from([-1, *COLUMNS, WIDTH]),
    st.sampled_from([-1, *LINES, HEIGHT]),
    st.integers(-1, COLORS),
    st.sampled_from(RIDS),
    st.sampled_from([None, "now", "before"]),
)
corners = st.tuples(st.sampled_from(COLUMNS), st.sampled_from(LINES))
areas = st.builds(between, corners, corners)
any_areas = st.builds(
    Area, st.integers(-1, WIDTH), st.integers(-1, HEIGHT), st.integers(0, WIDTH), st.integers(0, HEIGHT)
)


def told(answer: Answer) -> Told:
    return answer.code, answer.seq, answer.remaining, answer.retry_in_ms


class BoardMachine(RuleBasedStateMachine):
    """`screens` are the clients; one that missed a batch syncs when the next one shows it the gap."""

    screens: Bundle[Screen] = Bundle("screens")
    make: StoreMaker = staticmethod(sqlite)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.every_screen: list[Screen] = []
        self.committed: list[tuple[int, str, type[Change]]] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(most=st.integers(1, 3), cooldown_ms=st.sampled_from([0, 1_000, 1_000]))
    def begin(self, most: int, cooldown_ms: int) -> None:
        self.session = Session(
            Path(self.folder.name),
            self.make,
            settings=LiveSettings(max_pixels=most, cooldown_seconds=cooldown_ms // 1000),
        )
        self.wanted = WANTED
        self.run(self.session.open(self.wanted))
        self.model = Model(self.session.board.state.epoch, most, cooldown_ms)
        self.start()

    def start(self) -> None:
        """What a gateway builds around a board."""
        self.batch = Batch(self.session.board.state)
        self.checkpoints = Checkpoints(self.session.board, self.session.store, every=4)

    def committing(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Runs one commit; the batch takes in what it added to the log."""
        before = self.session.board.state.seq
        result = self.run(work())
        if entries := self.run(self.session.store.entries_after(before, 1_000)):
            self.batch.add(entries, self.session.board.state)
        return result

    # What people and organisers do

    @rule(wish=good)
    def place_one(self, wish: DecodedPlacement) -> None:
        self.place([wish])

    @rule(several=st.lists(good | any_wish, min_size=1, max_size=6))
    def place_several(self, several: list[DecodedPlacement]) -> None:
        self.place(several)

    def place(self, several: list[DecodedPlacement]) -> None:
        epochs = {"now": self.model.epoch, "before": "another epoch"}
        several = [(*wish[:5], epochs.get(wish[5] or "")) for wish in several]
        placements = [PlacementRequest(who, Pixel(x, y, color), rid, epoch) for who, x, y, color, rid, epoch in several]
        now_ms = self.session.store.now_ms()
        expected = [self.model.place(wish, now_ms) for wish in several]
        answers = self.committing(lambda: self.session.place(*placements))
        assert [told(answer) for answer in answers] == expected
        self.committed += [(answer[1] or 0, self.model.epoch, Placement) for answer in self.new(expected)]

    def new(self, answers: list[Told]) -> list[Told]:
        """Those that name a seq for the first time."""
        known = {seq for seq, _, _ in self.committed}
        return list({a[1]: a for a in answers if a[0] is None and a[1] not in known}.values())

    def act(self, action: Action) -> Entry | None:
        entries = self.committing(lambda: self.session.act(action))
        self.committed += [(entry.seq, entry.epoch, type(entry.change)) for entry in entries]
        return entries[0] if entries else None

    @rule(area=areas | any_areas, color=st.integers(0, COLORS - 1) | st.integers(-1, COLORS))
    def fill(self, area: Area, color: int) -> None:
        places = {(x, y) for x in range(area.x, area.x + area.width) for y in range(area.y, area.y + area.height)}
        board = {(x, y) for x in range(WIDTH) for y in range(HEIGHT)}
        if fits := bool(places) and places <= board and color in range(COLORS):
            self.model.change(dict.fromkeys(places, color))
        assert (self.act(Action(Fill(area, color), ORGANISER)) is not None) == fits

    @rule()
    def reset(self) -> None:
        entry = self.act(Action(Reset(WHOLE), ORGANISER, epoch=f"epoch{self.model.seq}"))
        assert entry
        self.model.pixels = {}
        self.model.begin(entry.epoch)

    @rule(value=st.sampled_from([False, False, True]))
    def read_only(self, value: bool) -> None:
        self.act(Action(ReadOnly(value), ORGANISER))
        self.model.read_only = value
        self.model.change({})

    @rule(pause_ms=st.sampled_from([1, 400, 999, 1_000, 2_500, 599_999, 600_000]))
    def wait(self, pause_ms: int) -> None:
        self.session.ticks.now_ms += pause_ms

    @rule(who=st.sampled_from(NAMES), late_ms=st.integers(-1, 1))
    def wait_for_the_end_of_a_window(self, who: bytes, late_ms: int) -> None:
        self.session.ticks.now_ms += max(0, self.model.left(who, self.session.store.now_ms())[1] + late_ms)

    # What screens see

    @rule(target=screens)
    def join(self) -> Screen:
        state = self.session.board.state
        self.every_screen.append(Screen(state.epoch, state.seq, bytearray(self.session.board.pixels)))
        return self.every_screen[-1]

    @rule(lost=st.just(set()) | st.sets(st.integers(0, 3)))
    def refresh(self, lost: set[int]) -> None:
        """One batch to every screen, except those whose connection is broken just now."""
        changes = self.batch.take()
        if changes is None:
            return
        assert changes.offsets is not None
        colors = {offset: self.session.board.pixels[offset] for offset in changes.offsets}
        for number, screen in enumerate(self.every_screen):
            screen.missed |= number in lost or screen.epoch != changes.epoch
            if number in lost:
                continue
            if screen.hear(changes.epoch, changes.from_seq, changes.to_seq, colors) == "sync":
                assert screen.missed, "a batch left a gap"
                self.sync(screen)

    @rule(screen=screens)
    def sync(self, screen: Screen) -> None:
        """The exact delta, or the whole board where the epoch is another."""
        board, screen.missed = self.session.board, False
        if screen.epoch != board.state.epoch:
            screen.epoch, screen.seq, screen.pixels = board.state.epoch, board.state.seq, bytearray(board.pixels)
            return
        offsets = board.changed_since(screen.seq, len(board.pixels))
        assert offsets is not None
        did = screen.hear(screen.epoch, screen.seq, board.state.seq, {o: board.pixels[o] for o in offsets})
        assert did == ("apply" if screen.seq < board.state.seq else did)
        assert screen.seq == board.state.seq

    @rule(back=st.integers(0, 100))
    def delta_from_any_earlier_seq(self, back: int) -> None:
        seqs = sorted(self.model.pictures)
        seq = seqs[-1 - back % len(seqs)]
        picture = bytearray(self.model.pictures[seq])
        offsets = self.session.board.changed_since(seq, len(picture))
        assert offsets is not None
        for offset in offsets:
            picture[offset] = self.session.board.pixels[offset]
        assert bytes(picture) == self.model.picture()

    # What happens to the server

    @rule()
    def keep(self) -> None:
        self.run(self.checkpoints.keep_some())

    @rule(cleanly=st.booleans(), palette=st.sampled_from([None, None, 0, 1]))
    def restart(self, cleanly: bool, palette: int | None) -> None:
        if cleanly:
            self.run(self.checkpoints.keep_all())
        if palette is not None:
            self.wanted = replace(self.wanted, palette=PALETTES[palette])
        self.run(self.session.restart(self.wanted))
        board, now_ms = self.session.board, self.session.store.now_ms()
        assert {who for who, a in board.allowances.items() if a.ends_ms > now_ms} == {
            who for who in NAMES if self.model.cooldown_ms and self.model.window(who, now_ms)[0]
        }
        self.run(
            adopt(self.session.store, board, self.session.replica, replace(self.wanted, settings=self.session.settings))
        )
        if board.state.epoch != self.model.epoch:
            self.model.begin(board.state.epoch)
            self.committed.append((board.state.seq, board.state.epoch, Recolor))
        self.start()
        for screen in self.every_screen:
            screen.missed = True  # whatever the last batch would have had

    # What is always true

    @invariant()
    def the_board_is_the_model(self) -> None:
        if hasattr(self, "model"):
            state = self.session.board.state
            assert (state.epoch, state.seq, state.read_only) == (self.model.epoch, self.model.seq, self.model.read_only)
            assert self.session.board.pixels == self.model.picture()

    @invariant()
    def every_screen_shows_the_picture_of_its_seq(self) -> None:
        for screen in self.every_screen:
            if screen.epoch == self.model.epoch:
                assert screen.pixels == self.model.pictures[screen.seq]

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.refresh(set())
            for screen in self.every_screen:
                self.sync(screen)
                assert screen.pixels == self.model.picture()
            log = self.run(self.session.log())
            assert [(e.seq, e.epoch, type(e.change)) for e in log] == self.committed
            assert [e.seq for e in log] == list(range(1, len(log) + 1))
            self.run(self.session.store.close())
        self.runner.close()
        self.folder.cleanup()
