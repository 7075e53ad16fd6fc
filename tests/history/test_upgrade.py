"""A database of the version before is brought up in place, and shows what it showed; its backups are read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from beeplace.board.rules import Answer
from beeplace.board.state import LiveSettings
from beeplace.history.backup import backup, restore
from beeplace.history.log_text import encode_log
from beeplace.history.verify.check import Check, Checked
from beeplace.log.reconcile import adopt
from beeplace.log.store import BoardSpec
from tests.closed_store import archive
from tests.history.old_board import ASKED, COLORS, SECRETS, SIDE, SPENT, SPENT_ENDS_MS, OldBoard
from tests.log.samples import BOB, PALETTE, STORES, Session, placement
from tests.log.stores import of, rows

KINDS = pytest.mark.parametrize("kind", sorted(STORES))
ENTRIES = int(os.environ.get("UPGRADE_ENTRIES", "3500"))  # with 100,000 it takes a minute and a half
SOME = [(0, 0), (3, 5), (7, 8), (20, 20), (SIDE - 1, SIDE - 1)]


@pytest.fixture(scope="module")
def old() -> OldBoard:
    return OldBoard(ENTRIES)


@pytest.fixture(scope="module")
def little() -> OldBoard:
    return OldBoard(3_100)


async def database(old: OldBoard, folder: Path, kind: str) -> Session:
    """One that no gateway of this version has seen."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        old.to_sqlite(folder / "board.db")
    else:
        await old.to_postgres(folder)
    return Session(folder, STORES[kind])


def steps(session: Session) -> int:
    """The last step of the schema that was taken."""
    if (session.folder / "board.db").exists():
        return int(rows(session.folder / "board.db", "PRAGMA user_version")[0][0])
    return int(of(session, "SELECT max(number) FROM {}.migration")[0][0])


async def checked(session: Session) -> dict[str, Checked]:
    check = Check(archive(session), ())
    await check.run()
    return {one.name: one for one in check.checks}


async def is_shown(session: Session, old: OldBoard, *, restored: bool = False) -> None:
    """All that a gateway shows is what the old one showed."""
    board, store, state = session.board, session.store, session.board.state
    assert bytes(board.pixels) == bytes(old.pixels)
    assert [board.bitmap.versions.at(offset) for offset in range(SIDE * SIDE)] == list(old.versions)
    assert (state.seq, state.width, state.palette.colors) == (old.count + restored, SIDE, tuple(COLORS[1]))
    assert (state.epoch == "third") is not restored
    for x, y in SOME:
        told = [entry.seq for entry in await store.history(x, y, 100)]
        assert told == old.histories[y * SIDE + x][::-1][:100]
    log = (await store.entries_after(0, old.count + 1))[: old.count]
    assert [(e.seq, e.at_ms, e.identity) for e in log] == [(r.seq, r.at_ms, r.identity) for r in old.rows]
    text = re.sub(r"^(.*),\d+$", r"\1,10", encode_log(log[:1]).split("\n")[1])
    assert [text, *encode_log(log).split("\n")[2:-1]] == old.lines
    windows = await store.windows()
    assert {i: (a.used, a.ends_ms) for i, a in windows.items()} == {SPENT: (3, SPENT_ENDS_MS)}
    assert {name: await store.secret(name) for name in SECRETS} == SECRETS


async def goes_on(session: Session) -> None:
    """Nobody gets a pixel more, a request is answered as before, and placing goes on."""
    seq = session.board.state.seq
    answers = await session.place(placement(7, 8, 1, by=SPENT, rid=ASKED), placement(by=SPENT))
    assert answers == [Answer(None, 1, 2, 10_000), Answer("cooldown", None, 0, 4_000)]
    session.ticks.now_ms += 4_000
    answers = await session.place(placement(7, 8, 2, by=SPENT), placement(7, 8, 3, by=BOB))
    assert [a.seq for a in answers] == [seq + 1, seq + 2]
    assert [e.seq for e in await session.store.history(7, 8, 2)] == [seq + 2, seq + 1]


@KINDS
async def test_a_database_of_the_version_before_is_brought_up_in_place(
    old: OldBoard, tmp_path: Path, kind: str
) -> None:
    session = await database(old, tmp_path / "old", kind)
    await session.open()
    await is_shown(session, old)
    assert session.board.state.settings == LiveSettings()
    await goes_on(session)
    after, pixels = session.board.state, bytes(session.board.pixels)
    await session.restart()
    assert (session.board.state.seq, bytes(session.board.pixels)) == (after.seq, pixels)
    await session.store.close()
    checks = await checked(session)
    assert {name: one.word for name, one in checks.items()} == {"log": "ok", "stored board": "ok", "allowances": "note"}
    assert checks["allowances"].told.endswith("this log began without them")


@KINDS
async def test_before_the_upgrade_verify_and_backup_read_it_and_change_nothing(
    old: OldBoard, tmp_path: Path, kind: str
) -> None:
    session = await database(old, tmp_path / "old", kind)
    checks = await checked(session)
    assert {name: one.word for name, one in checks.items()} == {"log": "ok", "stored board": "ok", "allowances": "note"}
    await backup(archive(session), tmp_path / "backup")
    assert steps(session) == 2
    other = Session(tmp_path / "restored", STORES["sqlite" if kind == "postgres" else "postgres"])
    other.ticks = session.ticks
    await restore(archive(other), tmp_path / "backup")
    await other.open()
    await is_shown(other, old, restored=True)
    await goes_on(other)
    await other.store.close()
    assert {one.word for one in (await checked(other)).values()} == {"ok", "note"}


@KINDS
async def test_a_backup_of_the_version_before_is_restored(little: OldBoard, tmp_path: Path, kind: str) -> None:
    little.to_backup(tmp_path / "backup")
    session = Session(tmp_path / "restored", STORES[kind])
    await restore(archive(session), tmp_path / "backup")
    await session.open()
    await is_shown(session, little, restored=True)
    await goes_on(session)
    await session.store.close()
    assert {one.word for one in (await checked(session)).values()} == {"ok", "note"}


@KINDS
async def test_after_the_upgrade_the_environment_s_settings_hold_as_an_entry(
    little: OldBoard, tmp_path: Path, kind: str
) -> None:
    """The version before took them from the environment, so that nothing changes for people."""
    session = await database(little, tmp_path / "old", kind)
    await session.open()
    wanted = BoardSpec(SIDE, SIDE, session.board.state.palette, LiveSettings(max_pixels=5, cooldown_seconds=20))
    assert wanted.palette != PALETTE
    await adopt(session.store, session.board, session.replica, wanted)
    settings = session.board.state.settings
    assert (settings.max_pixels, settings.cooldown_seconds, session.board.state.seq) == (5, 20, little.count + 1)
    [entry] = await session.store.entries_after(little.count, 9)
    assert entry.change.NAME == "settings"
    await session.store.close()
