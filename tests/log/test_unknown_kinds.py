"""Entries of a kind that only a newer BeePlace knows: shown by area and colour, and nobody falls over them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beeplace.board.changes import KINDS, Record, read
from beeplace.board.changes.unknown import Unknown
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.errors import SettingError, StoreUnavailable
from beeplace.history.backup import backup
from beeplace.history.log_text import encode_log
from beeplace.history.verify.check import Check, ShownBoard
from beeplace.log.committed import Committed
from beeplace.log.redis.codec import Message, Seal
from beeplace.log.replica import Replica
from tests.closed_store import archive
from tests.log.samples import ANN, STATE, STORES, WHOLE, Session, entry, placement, postgres
from tests.log.stores import change, of

NEWER = 77
ODD = [(9, 8, 1, 1, 1), (0, 0, 10, 1, 1), (0, 0, 1, 1, 256), (0, 0, 1, 1, -1), (-1, 0, 1, 1, 1), (0, 0, -1, 1, 1)]


def append(session: Session, corners: tuple[int, ...] | None, color: int = 2, kind: int = NEWER) -> None:
    """One entry behind the log's end, as another program would write it, and the board's seq with it."""
    x, y, width, height = map(str, corners) if corners else 4 * ("NULL",)
    if (session.folder / "board.db").exists():
        values = f"{kind}, {x}, {y}, {width}, {height}, {color}, '#02BE01', 0, x'00', NULL, 0, NULL"
        change(
            session.folder / "board.db",
            f"""INSERT OR IGNORE INTO kind VALUES ({kind}, 'newer');
            INSERT INTO log SELECT seq + 1, epoch, {values} FROM board;
            UPDATE board SET seq = seq + 1""",
        )
        return
    of(session, f"INSERT INTO {{0}}.kind VALUES ({kind}, 'newer') ON CONFLICT DO NOTHING")
    columns = "seq, at_ms, epoch, kind, x, y, width, height, color, hex, identity"
    row = rf"seq + 1, 0, epoch, {kind}, {x}, {y}, {width}, {height}, {color}, '#02BE01', '\x00'"
    of(session, f"INSERT INTO {{0}}.log ({columns}) SELECT {row} FROM {{0}}.board")
    of(session, "UPDATE {0}.board SET seq = seq + 1")


@pytest.fixture(params=sorted(STORES))
async def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """A closed store with one placement."""
    session = Session(tmp_path, STORES[request.param])
    await session.open()
    await session.place(placement(1, 1, 1))
    await session.store.close()
    return session


async def test_a_start_shows_it_by_area_and_colour(folder: Session) -> None:
    append(folder, (1, 1, 2, 1))
    append(folder, None)
    await folder.open()
    assert (folder.board.state.seq, folder.board.pixels[10:13]) == (3, bytearray(b"\x02\x02\x00"))
    assert [a.seq for a in await folder.place(placement(2, 1, 3))] == [4]
    assert [(e.seq, e.change.record().kind, e.hex) for e in await folder.store.history(2, 1, 9)] == [
        (4, 1, "#0000EA"),
        (2, NEWER, "#02BE01"),
    ]
    lines = encode_log(await folder.log()).split("\n")[1:-1]
    assert [line.rsplit(",", 1)[0] for line in lines] == ["1,1,1", "f,1,1,2,1,2", "-", "2,1,3"]
    await folder.store.close()


@pytest.mark.parametrize("odd", ODD)
async def test_what_the_board_does_not_have_is_not_shown(folder: Session, odd: tuple[int, ...]) -> None:
    append(folder, odd[:4], odd[4])
    await folder.open()
    assert (folder.board.state.seq, bytes(folder.board.pixels)) == (2, bytes(10) + b"\x01" + bytes(61))
    assert [e.change.area for e in await folder.log()] == [Area(1, 1, 1, 1), None]
    await folder.store.close()


async def test_a_running_gateway_takes_it_in(tmp_path: Path) -> None:
    session = Session(tmp_path, postgres)
    await session.open()
    append(session, (0, 0, 9, 8))
    await session.replica.catch_up()
    assert bytes(session.board.pixels) == 72 * b"\x02"
    await session.store.close()


async def test_a_board_of_another_size_pauses_saving_and_ends_nothing(tmp_path: Path) -> None:
    session = Session(tmp_path, postgres)
    await session.open()
    of(session, "UPDATE {0}.epoch SET width = 18")
    with pytest.raises(StoreUnavailable, match="another size"):
        await Replica(session.board, session.store).catch_up()
    await session.store.close()


def test_news_of_it_are_taken() -> None:
    seal = Seal(bytes(32), "board")
    other = Entry(2, "first", 0, ANN, 2, Unknown(Record(NEWER, WHOLE, 2)))
    begins = Entry(3, "second", 0, ANN, 3, Unknown(Record(NEWER + 1)))
    news = Committed([entry(1), other, begins], replace(STATE, seq=3, epoch="second"), {})
    heard = seal.opened(seal.closed(Message("me", 1, "second", 3, news)))
    assert heard
    assert heard.news
    assert list(heard.news.entries) == [entry(1), other, begins]
    assert [[e.seq for e in piece.entries] for piece in heard.news.by_epoch()] == [[1, 2], [3]]


def test_a_kind_that_is_not_known_is_none_of_those_that_are() -> None:
    assert NEWER not in KINDS
    assert not read(Record(NEWER)).KNOWN


async def test_a_newer_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    session = Session(tmp_path, postgres)
    await session.open()
    await session.store.close()
    of(session, "INSERT INTO {0}.migration (number) VALUES (999)")
    before = of(session, "SELECT * FROM {0}.board"), of(session, "SELECT * FROM {0}.migration")
    with pytest.raises(SettingError, match="newer BeePlace"):
        await session.open()
    await session.store.close()
    assert (of(session, "SELECT * FROM {0}.board"), of(session, "SELECT * FROM {0}.migration")) == before


@pytest.mark.parametrize(
    "foreign",
    [
        "CREATE TABLE {0}.board (something_else text)",
        "CREATE TABLE {0}.migration (app text, name text)",
        "CREATE TABLE {0}.migration AS SELECT 1 AS number, now() AS at",
        "CREATE VIEW {0}.log AS SELECT 1 AS seq",
    ],
)
async def test_a_schema_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, foreign: str) -> None:
    session = Session(tmp_path, postgres)
    of(session, foreign)
    tables = "SELECT relname FROM pg_class WHERE relnamespace = '{0}'::regnamespace ORDER BY 1"
    before = of(session, tables)
    with pytest.raises(SettingError, match="something else"):
        await session.open()
    await session.store.close()
    assert of(session, tables) == before


async def test_verify_notes_it_and_plays_it_by_area_and_colour(folder: Session) -> None:
    append(folder, (1, 1, 2, 1))
    append(folder, (0, 0, 10, 1))
    check = Check(archive(folder), [ShownBoard("board", *await shown(folder))])
    await check.run()
    assert [(one.name, one.word) for one in check.checks if one.word != "ok"] == [("kinds", "note")]


async def shown(session: Session) -> tuple[str, int, bytes]:
    await session.open()
    await session.store.close()
    return session.board.state.epoch, session.board.state.seq, bytes(session.board.pixels)


async def test_a_backup_says_which_version_to_back_up_with(folder: Session, tmp_path: Path) -> None:
    append(folder, (1, 1, 2, 1))
    with pytest.raises(StoreUnavailable, match="entry 2 is of kind 77, which a newer BeePlace made"):
        await backup(archive(folder), tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))
