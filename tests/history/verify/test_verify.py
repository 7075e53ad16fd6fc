"""`beeplace verify`: it finds nothing where nothing is wrong, and names whatever was planted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.board.allowance import Limits
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.history.verify.allowances import AllowanceReplay
from beeplace.history.verify.check import Check, Checked, ShownBoard
from beeplace.log.archive import Archive, Head, Row
from tests import redis
from tests.closed_store import archive
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.log.samples import BOB, NO_LIMIT, ORGANISER, STORES, Session, fill, placement, read_only, reset
from tests.log.stores import change
from tests.placing import FREELY, placing
from tests.postgres import schema, schema_url, shared

KINDS = pytest.mark.parametrize("kind", sorted(STORES))


async def drawn(folder: Path, kind: str = "sqlite") -> Session:
    """A closed store with two epochs, a fill, read-only, blocks up to entry 5 and a tail of 3."""
    session = Session(folder, STORES[kind], NO_LIMIT)
    await session.open()
    await session.place(placement(0, 0, 1), placement(1, 1, 1))
    await session.act(reset())
    await session.place(placement(2, 3, 1), placement(2, 3, 2))
    await session.store.keep([session.board.bitmap.block(0)], 5)
    await session.act(fill(Area(5, 5, 2, 2), 3))
    await session.place(placement(5, 5, 1, by=BOB))
    await session.act(read_only())
    await session.store.close()
    return session


async def checked(archive: Archive, *seen: ShownBoard) -> dict[str, Checked]:
    check = Check(archive, seen)
    await check.run()
    return {one.name: one for one in check.checks}


@KINDS
async def test_a_board_that_is_right_is_right(tmp_path: Path, kind: str) -> None:
    checks = await checked(archive(await drawn(tmp_path, kind)))
    assert {name: (one.word, one.details) for name, one in checks.items()} == {
        "log": ("ok", ()),
        "stored board": ("ok", ()),
    }
    assert checks["log"].told == "8 entries without a hole, 5 of them placements, 2 epochs"


@KINDS
async def test_a_picture_is_compared_at_its_own_seq(tmp_path: Path, kind: str) -> None:
    session = await drawn(tmp_path, kind)
    [old, new] = [epoch.name for epoch in (await head(archive(session))).epochs]
    first, last = bytearray(72), session.board.pixels
    first[0] = 1
    seen = [
        ShownBoard("now", new, 8, bytes(last)),
        ShownBoard("then", old, 1, bytes(first)),
        ShownBoard("never", new, 9, bytes(last)),
    ]
    checks = await checked(archive(session), *seen)
    assert [checks[name].word for name in ("then", "now", "never")] == ["ok", "ok", "wrong"]
    assert checks["never"].told == "it is at 9, where the log has not come"


async def head(archive: Archive) -> Head:
    async with archive.moment() as moment:
        return moment.head


@pytest.mark.parametrize(
    ("sql", "where", "sentence"),
    [
        ("DELETE FROM log WHERE seq = 2", "log", "entry 2 is missing"),
        ("DELETE FROM log WHERE seq BETWEEN 1 AND 2", "log", "entries 1 to 2 are missing"),
        ("DELETE FROM log WHERE seq = 8", "log", "entry 8 is missing"),
        ("UPDATE board SET seq = 9", "log", "entry 9 is missing"),
        (
            "UPDATE log SET color = 2 WHERE seq = 1",
            "log",
            "entry 1: color 2 is #02BE01 in the palette, and #E50000 in the log",
        ),
        ("UPDATE log SET color = 4 WHERE seq = 1", "log", "entry 1: color 4 is not in the palette of 4"),
        ("UPDATE log SET x = 9 WHERE seq = 2", "log", "entry 2: (9, 1) is not on the board"),
        ("UPDATE log SET epoch = 1 WHERE seq = 4", "log", "entry 4: it belongs to epoch {new}, and says {old}"),
        ("UPDATE log SET kind = 1 WHERE seq = 3", "log", "entry 3: an epoch begins here without its entry"),
        ("UPDATE log SET kind = 5 WHERE seq = 8", "log", "entry 8: it begins no epoch"),
        (
            "UPDATE log SET previous = 1 WHERE seq = 5",
            "log",
            "entry 5: (2, 3) had changed before at 4, and it says 1",
        ),
        (
            "UPDATE log SET color = 3, hex = '#0000EA' WHERE seq = 5",
            "stored board",
            "(2, 3) in block 0 is 2, by entry 5 it is 3",
        ),
        ("DELETE FROM block", "stored board", "block 0 is missing"),
        ("UPDATE block SET pixels = zeroblob(72)", "stored board", "(2, 3) in block 0 is 0, by entry 5 it is 2"),
        ("UPDATE block SET versions = x'00'", "stored board", "block 0 is damaged"),
        (
            "UPDATE board SET kept_seq = 6",
            "stored board",
            "(6, 5) in block 0 changed last at 0, by the log at 6",
        ),
        (
            "UPDATE board SET kept_seq = 99",
            "stored board",
            "it says that it goes to entry 99, and the log ends at 8",
        ),
        (
            "UPDATE board SET read_only = 0",
            "stored board",
            "the board's read-only is False, by the log it is True",
        ),
    ],
)
async def test_planted_damage_is_named(tmp_path: Path, sql: str, where: str, sentence: str) -> None:
    session = await drawn(tmp_path)
    old, new = (epoch.name for epoch in (await head(archive(session))).epochs)
    change(tmp_path / "board.db", sql)
    check = (await checked(archive(session)))[where]
    assert check.word == "wrong"
    assert sentence.format(old=old, new=new) in check.details


async def test_a_block_that_is_newer_than_its_mark_is_right(tmp_path: Path) -> None:
    """A pass that is under way has stored some blocks, and has not said so yet."""
    session = await drawn(tmp_path)
    await session.open()
    await session.store.keep([session.board.bitmap.block(0)], None)
    await session.store.close()
    assert (await checked(archive(session)))["stored board"].word == "ok"


async def test_many_faults_are_counted_and_a_few_told(tmp_path: Path) -> None:
    session = await drawn(tmp_path)
    state = session.board.state
    picture = ShownBoard("a wall", state.epoch, state.seq, bytes(7 - color for color in session.board.pixels))
    check = (await checked(archive(session), picture))["a wall"]
    assert check.told == "72 things are wrong"
    assert len(check.details) == 21


def entry(at_ms: int, identity: bytes = BOB) -> Row:
    return Row(1, "epoch", 1, 0, 0, None, None, 0, "#FFFFFF", at_ms, identity, None)


@given(st.lists(st.tuples(st.integers(0, 6_000), st.integers(-5, 5)), max_size=60), st.integers(1, 4))
def test_whoever_keeps_to_the_allowance_exceeds_nothing(steps: list[tuple[int, int]], most: int) -> None:
    """Whenever they place, and although the wall clock runs a little beside board time."""
    limits, now_ms, allowance = Limits(most, 10_000), 1_000_000, None
    spending = AllowanceReplay(limits)
    for step_ms, beside_ms in steps:
        now_ms += step_ms
        charged = limits.charge(allowance, now_ms)
        if charged:
            allowance = charged
            assert not spending.exceeds(entry(now_ms + beside_ms))


@given(st.lists(st.integers(1, 2_000), min_size=4, max_size=4))
def test_one_pixel_too_many_in_a_window_is_found(steps: list[int]) -> None:
    spending, now_ms, exceeds = AllowanceReplay(Limits(3, 10_000)), 1_000_000, list[bool]()
    for step_ms in steps:
        now_ms += step_ms
        assert not spending.exceeds(entry(now_ms, str(now_ms).encode()))  # others, once each
        exceeds.append(spending.exceeds(entry(now_ms)))
    assert exceeds == [False, False, False, True]


def test_a_clock_that_is_set_back_accuses_nobody() -> None:
    spending = AllowanceReplay(Limits(1, 10_000))
    assert not spending.exceeds(entry(1_000_000))
    assert not spending.exceeds(entry(500_000))


def lines(output: str) -> list[tuple[str, str]]:
    """What was said of what, without details."""
    return [(line[:8].strip(), line[9:].split(": ")[0]) for line in output.splitlines() if not line.startswith("  ")]


async def test_a_gateway_that_runs_is_compared_under_placements(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(**FREELY)
    settings = {"DATABASE_URL": f"sqlite:///{server.folder}/data/beeplace.db", "PORT": server.port, "COOLDOWN": 0}
    async with placing(server.url) as placed:
        for _ in range(2):
            await placed.more(50)
            ended = await asyncio.to_thread(run_beeplace, tmp_path, "verify", **settings)
            gateway = f"gateway http://127.0.0.1:{server.port}"
            told = lines(ended.stdout.replace(gateway, "gateway"))
            assert told == [("ok", "gateway"), ("ok", "stored board"), ("ok", "log")], ended.stdout
            assert (ended.returncode, ended.stderr) == (0, "")


async def test_a_gateway_that_shows_something_else_is_wrong(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(**FREELY)
    async with placing(server.url) as placed:
        await placed.more(10)
    seq = max(placed.by_seq)
    offset, color = placed.by_seq[seq]
    database = server.folder / "data" / "beeplace.db"
    change(database, f"UPDATE log SET color = 0, hex = '#FFFFFF' WHERE seq = {seq}")
    ended = run_beeplace(tmp_path, "verify", "--url", server.url, DATABASE_URL=f"sqlite:///{database}", COOLDOWN=0)
    assert ended.returncode == 1
    y, x = divmod(offset, 32)
    assert f"({x}, {y}) is {color}, by entry {seq} it is 0" in ended.stdout


async def test_another_gateway_s_board_is_not_ours_to_judge(start_server: StartServer, tmp_path: Path) -> None:
    session, server = await drawn(tmp_path), start_server()
    settings = {"DATABASE_URL": f"sqlite:///{session.folder}/board.db", "COOLDOWN": 0}
    ended = run_beeplace(tmp_path, "verify", **settings, PORT=server.port)
    assert (ended.returncode, lines(ended.stdout)[0][0]) == (0, "skipped")
    ended = run_beeplace(tmp_path, "verify", "--url", server.url, **settings)
    assert (ended.returncode, lines(ended.stdout)[-3][0]) == (1, "wrong")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://"])
async def test_a_gateway_that_does_not_answer_is_wrong_when_it_was_named(tmp_path: Path, url: str) -> None:
    session = await drawn(tmp_path)
    settings = {"DATABASE_URL": f"sqlite:///{session.folder}/board.db", "COOLDOWN": 0}
    ended = run_beeplace(tmp_path, "verify", "--url", url, **settings)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[0] == f"wrong    gateway {url}: no gateway answers there"


async def test_two_gateways_and_redis_show_what_the_log_says(start_server: StartServer, tmp_path: Path) -> None:
    """Under placements; and what is painted into Redis by somebody else is named."""
    with redis.RedisServer() as server:
        settings = {"DATABASE_URL": schema_url(str(tmp_path)), "REDIS_URL": server.url(), **FREELY}
        one, two = start_server(**settings), start_server(**settings)
        urls = ["--url", one.url, "--url", two.url]
        async with placing(one.url) as placed:
            await placed.more(50)
            ended = await asyncio.to_thread(run_beeplace, tmp_path, "verify", *urls, **settings)
        assert (ended.returncode, [word for word, _ in lines(ended.stdout)]) == (0, ["ok"] * 5), ended.stdout
        for gateway in (one, two):
            gateway.stop()
        server.command("SETRANGE", "{beeplace}:board", 7, b"\x63")
        ended = run_beeplace(tmp_path, "verify", **settings)
        assert ended.returncode == 1
        assert "(7, 0) is 99, by entry" in ended.stdout
        server.command("FLUSHALL")
        ended = run_beeplace(tmp_path, "verify", **settings)
        assert (ended.returncode, ("note", "Redis") in lines(ended.stdout)) == (0, True)


async def test_a_restored_board_is_right_in_either_database(tmp_path: Path) -> None:
    await drawn(tmp_path)
    there = {"DATABASE_URL": schema_url(str(tmp_path)), "COOLDOWN": 0}
    assert run_beeplace(tmp_path, "backup", "file", DATABASE_URL="sqlite:///board.db").returncode == 0
    assert run_beeplace(tmp_path, "restore", "file", **there).returncode == 0
    ended = run_beeplace(tmp_path, "verify", **there)
    assert (ended.returncode, [word for word, _ in lines(ended.stdout)]) == (0, ["skipped", "ok", "ok"]), ended.stdout


@KINDS
async def test_a_pixel_too_many_after_a_change_of_settings_is_wrong(tmp_path: Path, kind: str) -> None:
    """The log says which settings held at each entry; the session that places knows only those of before."""
    session = Session(tmp_path, STORES[kind])
    await session.open()
    await session.place(placement(by=BOB))
    await session.act(Action(Adjust((("maxPixels", 2),)), ORGANISER))
    await session.place(placement(by=BOB))
    assert (await checked(archive(session)))["allowances"].word == "ok"
    await session.place(placement(by=BOB))
    await session.act(Action(Adjust((("maxPixels", 5),)), ORGANISER))
    await session.store.close()
    found = (await checked(archive(session)))["allowances"]
    assert (found.word, found.told) == ("wrong", "1 placements were more than was allowed")
    assert list(found.details) == [f"entry 4: one pixel too many of {BOB.hex()[:8]}"]


@KINDS
async def test_what_a_paste_or_settings_say_is_checked(tmp_path: Path, kind: str) -> None:
    session = Session(tmp_path, STORES[kind], NO_LIMIT)
    await session.open()
    await session.act(Action(Paste(Area(0, 0, 2, 1), b"\1\2"), ORGANISER, before=bytes(2)))
    await session.act(Action(Adjust((("maxPixels", 2),)), ORGANISER))
    await session.store.close()
    spoil(session, "UPDATE {}log SET color = 9 WHERE seq = 1")
    assert (await checked(archive(session)))["log"].word == "wrong"
    spoil(session, "UPDATE {}log SET color = 0, payload = NULL WHERE seq = 1")
    assert list((await checked(archive(session)))["log"].details) == ["entry 1: its pixels are damaged"]


def spoil(session: Session, sql: str) -> None:
    """Changes a closed store from beside."""
    if session.make is STORES["sqlite"]:
        change(session.folder / "board.db", sql.format(""))
    else:
        shared().sql(sql.format(f"{schema(str(session.folder))}."))
