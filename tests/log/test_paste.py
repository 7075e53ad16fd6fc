"""A paste end to end: one entry of many pixels and colours, through the commit loop, on every store."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from beeplace.board.board import Board
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.recolor import Recolor
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.errors import Reused
from beeplace.history.backup import backup, restore
from beeplace.history.log_text import encode_log
from beeplace.history.verify.check import Check
from beeplace.log.archive import Undo
from beeplace.log.store import BoardSpec
from tests.closed_store import archive
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import (
    ANN,
    BOB,
    HEIGHT,
    NO_LIMIT,
    ORGANISER,
    PALETTE,
    STATE,
    STORES,
    WIDTH,
    Session,
    entry,
    fill,
    placement,
    reset,
    rid,
)  # fmt: skip

AREA = Area(2, 1, 3, 2)
COLORS, MASK = bytes((1, 0, 2, 0, 3, 0)), bytes((1, 0, 1, 0, 1, 1))  # the last gets colour 0
SOME = Paste(AREA, COLORS, MASK)


def paste(change: Paste = SOME, request: bytes | None = None) -> Action:
    return Action(change, ORGANISER, reason="a picture", rid=request)


@pytest.fixture(params=sorted(STORES))
async def acting(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """A loop on a store of every kind, without an allowance."""
    session = Session(tmp_path / "board", STORES[request.param], NO_LIMIT)
    session.folder.mkdir()
    await session.open()
    desk = Desk(session)
    task = asyncio.create_task(desk.loop.run())
    yield desk
    desk.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task
    await session.store.close()


async def whole(session: Session) -> tuple[bytes, list[int]]:
    """The pixels, and when each changed last."""
    versions = [session.board.bitmap.versions.at(offset) for offset in range(WIDTH * HEIGHT)]
    return bytes(session.board.pixels), versions


async def words(session: Session) -> dict[str, str]:
    check = Check(archive(session), ())
    await check.run()
    return {one.name: one.word for one in check.checks}


async def test_a_paste_is_one_entry_that_paints_where_its_mask_says(acting: Desk) -> None:
    session = acting.session
    await acting.place(placement(3, 1, 2), placement(2, 1, 3, by=BOB))
    entry = await acting.loop.act(paste())
    assert entry is not None
    assert (entry.seq, entry.action, entry.change, session.board.state.seq) == (3, 3, SOME, 3)
    assert session.board.copy(AREA) == bytes((1, 2, 2, 0, 3, 0))
    assert [session.board.bitmap.versions.at(y * WIDTH + x) for y in (1, 2) for x in (2, 3, 4)] == [3, 1, 3, 0, 3, 3]
    assert await session.log() == [*(await session.log())[:2], entry]


async def test_a_paste_survives_a_restart(acting: Desk) -> None:
    session = acting.session
    await acting.place(placement(3, 1, 2))
    await acting.loop.act(paste())
    before = await whole(session)
    other = Session(session.folder, session.make, NO_LIMIT)
    await session.store.close()
    await other.open()
    assert await whole(other) == before
    session.store = other.store


async def test_what_was_there_before_a_paste_is_kept(acting: Desk) -> None:
    await acting.place(placement(3, 1, 2), placement(2, 1, 3, by=BOB))
    await acting.loop.act(paste())
    await acting.session.store.close()
    undone = [part async for part in archive(acting.session).entries(0, 3) if isinstance(part, Undo)]
    assert [(part.seq, zlib.decompress(part.before)) for part in undone] == [(3, bytes((3, 2, 0, 0, 0, 0)))]
    await acting.session.open()


async def test_a_pixel_s_history_has_no_paste_that_left_it(acting: Desk) -> None:
    store = acting.session.store
    await acting.place(placement(3, 1, 2), placement(2, 1, 3, by=BOB))
    await acting.loop.act(paste())
    left, changed, emptied = [[e.seq for e in await store.history(x, y, 9)] for x, y in ((3, 1), (2, 1), (4, 2))]
    assert (left, changed, emptied) == ([1], [3, 2], [3])


async def test_a_limit_counts_what_changed_the_pixel(acting: Desk) -> None:
    """Behind more masked pastes than are asked for, and between them."""
    store = acting.session.store
    for color in (1, 2, 3):
        await acting.place(placement(3, 1, color))
        for _ in range(3):
            await acting.loop.act(paste())
    assert [e.seq for e in await store.history(3, 1, 2)] == [9, 5]
    assert [e.seq for e in await store.history(3, 1, 9)] == [9, 5, 1]
    assert [e.seq for e in await store.history(2, 1, 4)] == [12, 11, 10, 8]


async def test_a_history_names_the_colour_as_it_was(acting: Desk) -> None:
    await acting.loop.act(paste())
    other = Palette(("#000000", "#111111", "#222222", "#333333"))
    await acting.loop.act(Action(Recolor(other), ORGANISER, epoch="another"))
    [entry] = await acting.session.store.history(4, 1, 9)
    assert (entry.change.color_of(4, 1), entry.hex) == (2, PALETTE[2])


async def test_a_paste_with_a_request_id_happens_once(acting: Desk) -> None:
    first = await acting.loop.act(paste(request=rid(1)))
    assert await acting.loop.act(paste(request=rid(1))) == first
    with pytest.raises(Reused):
        await acting.loop.act(paste(Paste(AREA, bytes(6)), rid(1)))
    assert len(await acting.session.log()) == 1


async def test_a_paste_that_does_not_fit_is_no_entry(acting: Desk) -> None:
    for wrong in (Paste(Area(WIDTH - 1, 0, 2, 1), bytes(2)), Paste(Area(0, 0, 2, 1), b"\0\4")):
        assert await acting.loop.act(paste(wrong)) is None
    assert await acting.session.log() == []


async def test_the_log_s_text_has_its_runs(acting: Desk) -> None:
    await acting.loop.act(paste())
    [entry] = await acting.session.log()
    assert encode_log([entry]).splitlines()[1] == "p,2,1,3,2,1;-;2;-;3;0,0"


async def test_verify_and_backup_know_a_paste(acting: Desk, tmp_path: Path) -> None:
    session = acting.session
    await acting.place(placement(3, 1, 2))
    await acting.loop.act(paste())
    await acting.place(placement(2, 1, 2))
    await acting.loop.act(paste(Paste(Area(0, 0, WIDTH, HEIGHT), bytes(range(4)) * (WIDTH * HEIGHT // 4))))
    await session.store.keep([session.board.bitmap.block(0)], 4)
    before = await whole(session)
    assert set((await words(session)).values()) == {"ok"}
    await backup(archive(session), tmp_path / "backup")
    for kind, make in STORES.items():
        other = Session(tmp_path / kind, make, NO_LIMIT)
        await restore(archive(other), tmp_path / "backup")
        await other.open()
        assert await whole(other) == before
        assert [e.seq for e in await other.store.history(3, 1, 9)] == [4, 1]
        await other.store.close()
        assert set((await words(other)).values()) == {"ok"}


async def test_a_paste_too_long_for_a_message_is_restored_from_a_backup(tmp_path: Path) -> None:
    """Noise of 300 x 300 pixels: 90 kB in the log, and a third more in the backup."""
    session = Session(tmp_path / "one", settings=NO_LIMIT)
    session.folder.mkdir()
    await session.open(BoardSpec(300, 300, Palette(tuple(f"#0000{n:02X}" for n in range(256)))))
    colors = random.Random(1).randbytes(90_000)
    await session.act(Action(Paste(Area(0, 0, 300, 300), colors), ORGANISER, before=bytes(90_000)))
    await session.store.close()
    await backup(archive(session), tmp_path / "backup")
    other = Session(tmp_path / "other")
    await restore(archive(other), tmp_path / "backup")
    await other.open()
    assert bytes(other.board.pixels) == colors
    await other.store.close()


async def test_histories_agree_between_the_stores(tmp_path: Path) -> None:
    """The same random changes, and every pixel's history, with any limit."""
    told = []
    for kind, make in STORES.items():
        session, chance = Session(tmp_path / kind, make, NO_LIMIT), random.Random(7)
        session.folder.mkdir()
        await session.open()
        for number in range(60):
            x, y = chance.randrange(WIDTH - 3), chance.randrange(HEIGHT - 2)
            area, mask = Area(x, y, 3, 2), bytes(chance.choices((0, 1), k=6))
            pixels = chance.randbytes(6)
            if number == 20:
                await session.act(reset())
            elif number % 3 == 0:
                await session.place(placement(x, y, number % 4, by=ANN))
            elif number % 7 == 0:
                await session.act(fill(area, number % 4))
            else:
                change = Paste.over(area, bytes(color % 4 for color in pixels), mask)
                await session.act(paste(change or Paste(area, bytes(6))))
        histories = [
            [(e.seq, e.change, e.hex if type(e.change) in (Paste, Placement) else None) for e in found]
            for y in range(HEIGHT)
            for x in range(WIDTH)
            for most in (1, 3, 50)
            for found in [await session.store.history(x, y, most)]
        ]
        await session.store.close()
        told.append(histories)
    assert [e for found in told[0] for e in found]
    assert told[0] == told[1]


async def test_what_is_painted_ahead_is_what_is_painted_at_once(acting: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beeplace.log.replica.LARGE", 1)
    monkeypatch.setattr("beeplace.log.replica.STEP_SECONDS", 0.0)
    await acting.place(placement(3, 1, 2), placement(2, 2, 3, by=BOB), placement(8, 7, 1, by=BOB))
    plain = acting.session.board.twin()
    bitmap = acting.session.board.bitmap
    entry = await acting.loop.act(paste())
    assert entry
    assert acting.session.board.bitmap is not bitmap
    plain.apply([entry], acting.session.board.state)
    assert plain.pixels == acting.session.board.pixels
    assert [plain.bitmap.block(0)] == [acting.session.board.bitmap.block(0)]
    await acting.place(placement(3, 1, 3))
    assert acting.session.board.bitmap.versions.at(WIDTH + 3) == 5


def test_what_was_painted_ahead_of_another_change_is_not_taken() -> None:
    board, after = Board(STATE), replace(STATE, seq=3)
    for _ in board.paint_ahead(Entry(3, after.epoch, 0, ORGANISER, 3, SOME)):
        pass
    board.apply([entry(1, 3, 1, 1), entry(2, 3, 1, 3)], replace(after, seq=2))
    board.apply([Entry(3, after.epoch, 0, ORGANISER, 3, SOME)], after)
    assert board.copy(AREA) == bytes((1, 3, 2, 0, 3, 0))
