"""Small boards, placements and actions, and one way to drive a real store; shared by the tests beside this file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from beeplace.board.allowance import Allowance
from beeplace.board.board import Board
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.reset import Reset
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area, Pixel
from beeplace.board.palette import Palette
from beeplace.board.rules import Action, Answer, Decision, Facts, PlacementRequest, decide, decide_action
from beeplace.board.state import BoardState, LiveSettings
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.replica import Replica
from beeplace.log.sqlite.store import SqliteStore
from beeplace.log.store import BoardSpec, FactsNeeded, Store
from tests.postgres import schema_url

WIDTH, HEIGHT = 9, 8
PALETTE = Palette(("#FFFFFF", "#E50000", "#02BE01", "#0000EA"))
LIMITS = LiveSettings(max_pixels=3, cooldown_seconds=10)
NO_LIMIT = LiveSettings(max_pixels=3, cooldown_seconds=0)
WANTED = BoardSpec(WIDTH, HEIGHT, PALETTE, LIMITS)
STATE = BoardState("first", 0, WIDTH, HEIGHT, PALETTE, settings=LIMITS)
ANN, BOB, ORGANISER = b"ann".ljust(16), b"bob".ljust(16), b"organiser".ljust(16)
WHOLE = Area(0, 0, WIDTH, HEIGHT)


def placement(
    x: int = 1, y: int = 2, color: int = 3, *, by: bytes = ANN, rid: bytes | None = None, epoch: str | None = None
) -> PlacementRequest:
    return PlacementRequest(by, Pixel(x, y, color), rid, epoch)


def rid(number: int) -> bytes:
    return number.to_bytes(16, "big")


def facts(state: BoardState = STATE, now_ms: int = 0, **allowances: Allowance) -> Facts:
    """`allowances` by the name of who has them: `ann=Allowance(1, 10_000)`."""
    return Facts(state, now_ms, 0, {name.encode().ljust(16): a for name, a in allowances.items()})


def entry(seq: int, x: int = 1, y: int = 2, color: int = 3, epoch: str = "first") -> Entry:
    return Entry(seq, epoch, 0, ANN, None, Placement(x, y, color))


def fill(area: Area = WHOLE, color: int = 2, before: bytes = b"") -> Action:
    return Action(Fill(area, color), ORGANISER, before=before)


def reset(before: bytes = b"") -> Action:
    return Action(Reset(WHOLE), ORGANISER, epoch=secrets.token_hex(8), before=before)


def read_only(closed: int = 1) -> Action:
    return Action(ReadOnly(bool(closed)), ORGANISER)


class Ticks:
    """A machine's clock that moves when it is told to."""

    def __init__(self, now_ms: int = 5_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


StoreMaker = Callable[[Path, Ticks], Store]


def sqlite(folder: Path, ticks: Ticks) -> Store:
    return SqliteStore(folder / "board.db", ticks)


def postgres(folder: Path, ticks: Ticks) -> Store:
    """In a schema for each folder, on the server that the tests share."""
    return PostgresStore(schema_url(str(folder)), ticks)


STORES: dict[str, StoreMaker] = {"postgres": postgres, "sqlite": sqlite}


class Session:
    """A store that is opened, closed and opened again, and the board that it gave; what a commit loop does in short."""

    store: Store
    board: Board
    replica: Replica

    def __init__(self, folder: Path, make: StoreMaker = sqlite, settings: LiveSettings = LIMITS) -> None:
        self.folder, self.make, self.settings = folder, make, settings
        self.ticks = Ticks()

    async def open(self, wanted: BoardSpec = WANTED) -> None:
        """A new board begins with the session's settings."""
        wanted = replace(wanted, settings=self.settings)
        self.store = self.make(self.folder, self.ticks)
        self.board = await self.store.open(wanted)
        self.replica = Replica(self.board, self.store)

    async def restart(self, wanted: BoardSpec = WANTED) -> None:
        """As after a crash: nothing but the log was written down."""
        await self.store.close()
        await self.open(wanted)

    async def place(self, *placements: PlacementRequest) -> list[Answer]:
        question = FactsNeeded(
            frozenset(p.identity for p in placements),
            frozenset((p.identity, p.rid) for p in placements if p.rid),
            self.board,
        )
        decision = await self.store.commit(question, partial(self._decide, placements))
        self.board.apply(decision.entries, decision.state)
        self.board.spend(decision.allowances, self.store.now_ms())
        return decision.answers

    def _decide(self, placements: Sequence[PlacementRequest], facts: Facts) -> Decision:
        """By the session's settings, whatever the board's are."""
        decision = decide(placements, replace(facts, state=replace(facts.state, settings=self.settings)))
        decision.state = replace(decision.state, settings=facts.state.settings)
        return decision

    async def act(self, action: Action) -> Sequence[Entry]:
        decision = await self.store.commit(FactsNeeded(board=self.board), partial(decide_action, action))
        self.board.apply(decision.entries, decision.state)
        return decision.entries

    async def log(self) -> list[Entry]:
        return await self.store.entries_after(0, 1_000_000)
