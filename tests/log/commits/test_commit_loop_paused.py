"""A log that takes no placements, though it can be read and other rows can be written: the pause of saving stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from beeplace.errors import StoreUnavailable
from beeplace.log import commit_loop
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import ANN, Session, placement, rid
from tests.log.stores import change, no_blocks, of
from tests.waiting import until

FUNCTION = """CREATE FUNCTION {0}.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""
TRIGGER = "CREATE TRIGGER refused BEFORE INSERT ON {0}.log FOR EACH ROW %s EXECUTE FUNCTION {0}.refuse()"


def refuse(session: Session, *, only: bytes | None = None) -> None:
    """The database takes no more entries, of anybody or of one identity."""
    if (session.folder / "board.db").exists():
        when = f"WHEN NEW.identity = x'{only.hex()}'" if only else ""
        sql = f"CREATE TRIGGER refused BEFORE INSERT ON log {when} BEGIN SELECT RAISE(ABORT, 'full'); END"
        change(session.folder / "board.db", sql)
        return
    when = rf"WHEN (NEW.identity = '\x{only.hex()}')" if only else ""
    of(session, FUNCTION)
    of(session, TRIGGER % when)


def allow(session: Session) -> None:
    if (session.folder / "board.db").exists():
        change(session.folder / "board.db", "DROP TRIGGER refused")
    else:
        of(session, "DROP TRIGGER refused ON {0}.log")


@asynccontextmanager
async def desk_of(session: Session) -> AsyncIterator[Desk]:
    desk = Desk(session)
    task = asyncio.create_task(desk.loop.run())
    yield desk
    desk.loop.stop()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await task


class Probes:
    """Counts how often a store was asked whether it can store, and what it said."""

    def __init__(self, session: Session) -> None:
        self.well: list[bool] = []
        self._probe = session.store.probe
        session.store.probe = self  # type: ignore[method-assign]  # counts, and passes everything on

    async def __call__(self) -> None:
        try:
            await self._probe()
        except StoreUnavailable:
            self.well.append(False)
            raise
        self.well.append(True)


async def test_a_pause_lasts_until_a_placement_can_be_stored(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "PROBE_SECONDS", 0.01)
    probes = Probes(session)
    async with desk_of(session) as desk:
        refuse(session)
        assert [a.code for a in await desk.place(placement())] == ["store_unavailable"]
        await until(lambda: len(probes.well) >= 5)
        assert (probes.well[:5], bool(desk.loop.failing)) == (5 * [False], True)
        allow(session)
        await until(lambda: not desk.loop.failing)
        assert await session.log() == []
        assert [a.seq for a in await desk.place(placement())] == [1]


async def test_a_pause_is_logged_when_it_begins_and_ends(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(commit_loop, "PROBE_SECONDS", 0.01)
    probes = Probes(session)
    async with desk_of(session) as desk:
        refuse(session)
        await desk.place(placement())
        await until(lambda: len(probes.well) >= 3)
        reason = desk.loop.failing
        allow(session)
        await until(lambda: not desk.loop.failing)
    said = [record.getMessage() for record in caplog.records if record.name == "beeplace.commits"]
    assert said == [f"saving is paused: {reason}", "saving goes on"]


async def test_refusals_that_write_no_entry_end_no_pause(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "PROBE_SECONDS", 3600.0)
    async with desk_of(session) as desk:
        refuse(session)
        await desk.place(placement())
        refused = await desk.place(placement(-1), placement(-1, rid=rid(1)))
        assert {a.code for a in refused} <= {"out_of_board", "store_unavailable"}
        assert desk.loop.failing


async def test_a_probe_that_was_wrong_is_believed_less_often(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_loop, "PROBE_SECONDS", 0.01)
    probes = Probes(session)
    async with desk_of(session) as desk:
        refuse(session, only=ANN)
        for wrong in range(4):
            assert [a.code for a in await desk.place(placement())] == ["store_unavailable"]
            assert desk.loop._probe_seconds == pytest.approx(0.01 * 2**wrong)
            await until(lambda: not desk.loop.failing)
        assert probes.well == 4 * [True]
        await desk.place(placement(by=rid(9)))
        assert desk.loop._probe_seconds == 0.01


async def test_a_board_that_cannot_be_kept_pauses_nothing(session: Session) -> None:
    async with desk_of(session) as desk:
        await desk.place(placement())
        with no_blocks(session):
            await desk.loop.keep()
        assert (desk.loop.failing, bool(desk.loop.unkept)) == (None, True)
        await desk.loop.keep()
        assert desk.loop.unkept is None


async def test_a_probe_leaves_the_log_and_the_board_as_they_were(session: Session) -> None:
    await session.place(placement())
    before = await session.store.state(), await session.log(), await session.store.windows()
    await session.store.probe()
    assert (await session.store.state(), await session.log(), await session.store.windows()) == before
    assert [a.seq for a in await session.place(placement(2))] == [2]
    await session.restart()
    assert [e.seq for e in await session.log()] == [1, 2]
