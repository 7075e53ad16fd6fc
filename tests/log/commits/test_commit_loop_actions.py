"""An organiser's action happens once under one request id, and not at all once its organiser was told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import apsw
import asyncpg
import pytest

from beeplace.board.changes import Change
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.undo import Undone
from beeplace.board.geometry import Area
from beeplace.board.rules import ACTION_REMEMBERED_MS, Action
from beeplace.board.state import BoardState
from beeplace.errors import NotDone, Outdated, Reused
from beeplace.log.store import OutcomeUnknown
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import Session, fill, placement, read_only, reset, rid
from tests.postgres import schema_url
from tests.waiting import until

FILL = replace(fill(), rid=rid(1))


@pytest.fixture
async def desk(session: Session) -> AsyncIterator[Desk]:
    """On a store of each kind."""
    desk = Desk(session)
    task = asyncio.create_task(desk.loop.run())
    yield desk
    desk.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task


@asynccontextmanager
async def held(session: Session) -> AsyncIterator[None]:
    """Somebody else has the log, for less than the store's patience."""
    file = session.folder / "board.db"
    if file.exists():
        db = apsw.Connection(str(file))
        try:
            db.execute("BEGIN IMMEDIATE")
            yield
        finally:
            db.close()
        return
    other = await asyncpg.connect(schema_url(str(session.folder)))
    try:
        async with other.transaction():
            await other.execute("SELECT FROM board FOR UPDATE")
            yield
    finally:
        await other.close()


async def seqs(session: Session) -> list[int]:
    return [entry.seq for entry in await session.log()]


@pytest.mark.parametrize("action", [FILL, replace(reset(), rid=rid(2)), replace(read_only(), rid=rid(3))])
async def test_an_action_repeated_under_its_id_happens_once(desk: Desk, action: Action) -> None:
    first = await desk.loop.act(action)
    await desk.loop.act(fill())
    assert first is not None
    assert await desk.loop.act(action) == first
    assert await seqs(desk.session) == [1, 2]


async def test_two_at_once_under_one_id_are_one(desk: Desk) -> None:
    first, second = await asyncio.gather(desk.loop.act(FILL), desk.loop.act(FILL))
    assert first == second
    assert await seqs(desk.session) == [1]


async def test_another_action_under_the_same_id_is_refused(desk: Desk) -> None:
    await desk.loop.act(FILL)
    for other in (replace(fill(color=1), rid=FILL.rid), replace(read_only(), rid=FILL.rid)):
        with pytest.raises(Reused):
            await desk.loop.act(other)
    assert await seqs(desk.session) == [1]


async def test_an_id_is_remembered_for_a_day_and_over_a_restart(desk: Desk) -> None:
    first = await desk.loop.act(FILL)
    desk.session.ticks.now_ms += ACTION_REMEMBERED_MS - 1_000
    await desk.place(placement())
    assert await desk.loop.act(FILL) == first
    desk.session.ticks.now_ms += 1_001
    again = await desk.loop.act(FILL)
    assert first
    assert again
    assert (first.seq, again.seq) == (1, 3)


async def test_an_action_without_an_id_happens_each_time(desk: Desk) -> None:
    await desk.loop.act(fill())
    await desk.loop.act(fill())
    assert await seqs(desk.session) == [1, 2]


async def test_an_action_that_was_refused_may_fit_later(desk: Desk) -> None:
    beyond = replace(fill(color=200), rid=FILL.rid)
    assert await desk.loop.act(beyond) is None
    assert await desk.loop.act(beyond) is None
    assert (await desk.loop.act(FILL)) is not None


async def test_who_waited_too_long_in_the_queue_is_told_so_and_nothing_happens(desk: Desk) -> None:
    async with held(desk.session):
        begun = asyncio.ensure_future(desk.loop.act(fill()))
        await asyncio.sleep(0)  # lets it take its place in the queue
        await until(lambda: desk.loop.waiting == 0)
        with pytest.raises(NotDone):
            await desk.loop.act(FILL, 0.05)
    assert (await begun) is not None
    await desk.place(placement())
    assert await seqs(desk.session) == [1, 2]


async def test_who_waited_too_long_while_it_was_worked_out_is_told_so_and_nothing_happens(desk: Desk) -> None:
    told = asyncio.Event()

    async def latest(_: BoardState) -> Change:
        await told.wait()
        return FILL.change

    with pytest.raises(NotDone):
        await desk.loop.act(FILL, 0.05, latest)
    told.set()
    await desk.place(placement())
    entries = await desk.session.log()
    assert [entry.change.NUMBER for entry in entries] == [Placement.NUMBER]


async def test_an_action_that_has_begun_is_not_known_and_its_id_tells(desk: Desk) -> None:
    async with held(desk.session):
        with pytest.raises(OutcomeUnknown):
            await desk.loop.act(FILL, 0.05)
    entry = await desk.loop.act(FILL)
    assert entry is not None
    assert await seqs(desk.session) == [entry.seq] == [1]


async def test_pixels_that_changed_since_an_action_was_worked_out_stay(desk: Desk) -> None:
    seen = desk.session.board.state
    worked_out = Undone(Paste(Area(0, 0, 3, 1), b"\3\3\3"), 0, (), 1)
    await desk.place(placement(1, 0, 2))
    entry = await desk.loop.act(replace(fill(), change=worked_out, seen=seen))
    assert entry
    assert desk.session.board.pixels[:3] == b"\3\2\3"
    assert (entry.change.size, isinstance(entry.change, Undone) and entry.change.left) == (2, 1)


async def test_an_action_that_was_worked_out_before_a_reset_is_outdated(desk: Desk) -> None:
    seen = desk.session.board.state
    await desk.loop.act(reset())
    with pytest.raises(Outdated):
        await desk.loop.act(replace(fill(), seen=seen))
