"""Copies, older copies and clones of a log: each position is answered exactly, or with the whole board."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import closing
from functools import partial
from pathlib import Path

import apsw
import pytest

from tests import postgres, redis
from tests.clients.http import get, post
from tests.clients.phone import Phone, dial
from tests.clients.tcp import DEADLINE_SECONDS
from tests.conftest import StartServer
from tests.e2e.pair import ready, until_ready
from tests.e2e.process import run_beeplace
from tests.servers import API_KEY, ServerProcess
from tests.standby import Standby
from tests.waiting import becomes, wait_until

FREE = {"COOLDOWN": 0, "BOARD_SIZE": 16}
ShownBitfield = tuple[str, int, bytes]


async def drawn(server: ServerProcess, color: int, *places: int) -> list[ShownBitfield]:
    """Places there, one after the other, and says what was shown after each."""
    shown = []
    async with dial(server.url) as phone:
        await phone.join()
        for place in places:
            assert (await phone.place(place % 16, place // 16, color))["ok"]
            await phone.until(lambda place=place: phone.board[place] == color)  # type: ignore[misc]
            shown.append((phone.epoch, phone.seq, bytes(phone.board)))
    return shown


async def placed(phone: Phone, x: int) -> bool:
    """Whether a pixel is taken."""
    ok: bool = (await phone.place(x, 1, 2))["ok"]
    return ok


async def board_of(server: ServerProcess) -> ShownBitfield:
    """The board as any client gets it."""
    _, pixels, headers = await get(server.url, "/api/board")
    epoch, seq = headers["ETag"].strip('"').split(":")
    return epoch, int(seq), pixels


async def returned(server: ServerProcess, shown: ShownBitfield) -> tuple[Phone, str]:
    """Somebody who comes back with what it has, and what it was answered with."""
    async with dial(server.url) as phone:
        phone.canvas.pixels = bytearray(shown[2])
        state = await phone.join({"epoch": shown[0], "seq": shown[1]})
        return phone, "delta" if "delta" in state else "board"


async def all_converge(server: ServerProcess, shown: list[ShownBitfield]) -> list[str]:
    """Everybody ends with the server's board, by `join` and by `sync`; what each was answered with."""
    _, _, now = await board_of(server)
    answers = []
    for one in shown:
        phone, answered = await returned(server, one)
        assert phone.board == now, f"{one[:2]} was answered with a {answered}"
        answers.append(answered)
        async with dial(server.url) as other:
            await other.join({"board": "none"})
            told = await other.call("sync", {"epoch": one[0], "seq": one[1]})
            assert ("pixels" in told) == (answered == "delta")
    return answers


def copy(path: Path, to: Path) -> None:
    """A SQLite file beside its gateway, as `sqlite3 .backup` copies it."""
    to.unlink(missing_ok=True)
    with (
        closing(apsw.Connection(str(path))) as source,
        closing(apsw.Connection(str(to))) as target,
        target.backup("main", source, "main") as backup,
    ):
        backup.step()


def put_back(path: Path, older: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(older, path)


@pytest.mark.parametrize("running", [True, False])
async def test_an_older_copy_of_the_file_is_no_history_of_what_came_after_it(
    start_server: StartServer, tmp_path: Path, *, running: bool
) -> None:
    server = start_server(**FREE)
    path, older = server.folder / "data" / "beeplace.db", tmp_path / "older.db"
    shown = await drawn(server, 1, *range(10))
    if running:
        copy(path, older)
    else:
        server.stop()
        shutil.copy(path, older)
        server.start()
    lost = await drawn(server, 2, *range(5, 25))
    server.stop()
    put_back(path, older)
    server.start()
    new = await drawn(server, 3, *range(100, 115))
    assert await all_converge(server, shown + new) == ["delta"] * 25
    assert await all_converge(server, lost) == ["board"] * 20
    status, _, _ = await get(server.url, "/api/board", headers={"If-None-Match": f'"{lost[14][0]}:{lost[14][1]}"'})
    assert status == 200


async def test_walls_are_told_that_the_log_is_another(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(**FREE)
    path, older = server.folder / "data" / "beeplace.db", tmp_path / "older.db"
    [*_, (epoch, seq, _)] = await drawn(server, 1, *range(3))
    copy(path, older)
    [*_, (lost, lost_seq, _)] = await drawn(server, 2, *range(3))
    server.stop()
    put_back(path, older)
    server.start()
    await drawn(server, 3, *range(3))
    status, body, headers = await get(server.url, f"/api/log?after={seq}&epoch={epoch}")
    assert (status, headers["X-Board-Epoch"]) == (200, body.decode().splitlines()[0].split(",")[2])
    assert headers["X-Board-Epoch"] == (await board_of(server))[0] not in (epoch, lost)
    assert (await get(server.url, f"/api/log?after={lost_seq}&epoch={lost}"))[0] == 409
    ahead = await get(server.url, f"/api/log?after={seq + 9}&epoch={headers['X-Board-Epoch']}")
    assert ahead[:2] == (200, b"")  # another gateway may be
    assert (await get(server.url, f"/api/log?after=0&epoch=%0d%0aX:-{epoch.split('-')[1]}"))[0] == 409


async def test_after_a_restart_in_which_nothing_was_lost_a_delta_is_enough(start_server: StartServer) -> None:
    server = start_server(**FREE)
    rid = "AAAAAAAAAAAAAAAAAAAAAA"
    async with dial(server.url) as phone:
        token = (await phone.join())["token"]
        first = await phone.place(1, 1, 1, rid=rid, epoch=phone.epoch)
        shown = phone.epoch, phone.seq, bytes(phone.board)
    server.kill()
    server.start()
    async with dial(server.url) as phone:
        await phone.join({"token": token})
        again = await phone.place(1, 1, 1, rid=rid, epoch=shown[0])
        assert (again["ok"], again["seq"]) == (True, first["seq"])
        assert (await phone.place(2, 2, 2, epoch=shown[0]))["ok"]
        assert (await phone.place(2, 2, 2, epoch="f" + shown[0]))["code"] == "epoch"
    assert await all_converge(server, [shown]) == ["delta"]


# PostgreSQL


def dump(database: postgres.PostgresServer, name: str, to: Path) -> None:
    program = postgres.program("pg_dump")
    subprocess.run([program, "-Fc", "-f", to, database.address(name)], check=True, timeout=DEADLINE_SECONDS)


def restore(database: postgres.PostgresServer, name: str, dumped: Path, *options: str) -> None:
    program = postgres.program("pg_restore")
    subprocess.run([program, *options, "-d", database.address(name), dumped], check=True, timeout=DEADLINE_SECONDS)


@pytest.mark.parametrize("how", ["another database of the name", "into the same database", "the rows alone"])
async def test_a_database_restored_behind_what_was_shown(start_server: StartServer, tmp_path: Path, how: str) -> None:
    with postgres.PostgresServer() as database:
        server = start_server(DATABASE_URL=database.url("board"), **FREE)
        shown = await drawn(server, 1, *range(5))
        dump(database, "board", tmp_path / "dump")
        lost = await drawn(server, 2, *range(3, 8))
        server.stop()
        match how:
            case "another database of the name":
                database.sql("DROP DATABASE board")
                restore(database, "postgres", tmp_path / "dump", "--create")
            case "into the same database":
                database.sql("DROP SCHEMA public CASCADE", "board")
                database.sql("CREATE SCHEMA public", "board")
                restore(database, "board", tmp_path / "dump")
            case _:
                tables = "board, epoch, term, log, action, allowance, request, commit, block, secret, kind, migration"
                database.sql(f"TRUNCATE {tables}, report_version", "board")
                restore(database, "board", tmp_path / "dump", "--data-only", "--disable-triggers")
        server.start()
        new = await drawn(server, 3, *range(100, 107))
        assert await all_converge(server, shown + new) == ["delta"] * 12
        assert await all_converge(server, lost) == ["board"] * 5


async def test_under_running_gateways_an_older_database_is_gone_on_with(
    start_server: StartServer, tmp_path: Path
) -> None:
    with postgres.PostgresServer() as database:
        settings = {"DATABASE_URL": database.url("board"), "REDIS_URL": redis.shared_url(), **FREE}
        one, other = start_server(**settings), start_server(**settings)
        shown = await drawn(one, 1, *range(5))
        dump(database, "board", tmp_path / "dump")
        lost = await drawn(other, 2, *range(3, 8))
        async with dial(one.url) as here:
            await here.join()
            database.sql("DROP SCHEMA public CASCADE", "board")
            database.sql("CREATE SCHEMA public", "board")
            restore(database, "board", tmp_path / "dump", "--single-transaction")
            await here.closed()  # it is to join again
        for server in (one, other):
            await until_ready(server, lambda status, told: status == 200 and told["seq"] == 5)
        new = await drawn(one, 3, *range(100, 103)) + await drawn(other, 3, *range(103, 106))
        assert new[-1][1] == 11
        for server in (one, other):
            await until_ready(server, lambda _, told: told["seq"] == 11)
            await all_converge(server, shown)  # or the whole board: a log that went back under a gateway is in doubt
            assert await all_converge(server, lost) == ["board"] * 5
            assert (await all_converge(server, new))[-1] == "delta"


async def test_a_postgresql_that_was_restarted_costs_nobody_the_board(start_server: StartServer) -> None:
    with postgres.PostgresServer() as database:
        server = start_server(DATABASE_URL=database.url("board"), SOCKET_EVENTS_PER_SECOND=1_000, **FREE)
        shown = await drawn(server, 1, *range(5))
        async with dial(server.url) as phone:
            await phone.join()
            phone.on_gap, before = phone.sync, phone.epoch  # the term is another one
            database.stop("immediate")
            database.start()
            await until_ready(server, lambda status, _: status == 200)
            for x in range(5):
                await becomes(partial(placed, phone, x), True)  # once the gateway is connected again
            await phone.until(lambda: phone.seq == 10)
            assert phone.epoch != before
            assert (bytes(phone.board[16:21]), phone.socket.code) == (bytes([2]) * 5, None)
        assert await all_converge(server, shown) == ["delta"] * 5


async def test_a_standby_that_takes_over_without_the_last_commits(start_server: StartServer) -> None:
    with postgres.PostgresServer() as first:
        server = start_server(DATABASE_URL=first.url("board"), **FREE)
        shown = await drawn(server, 1, *range(5))
        standby = Standby(first)
        with standby:
            wait_until(standby.has_all)
            standby.stop()
            lost = await drawn(server, 2, *range(3, 8))
            first.stop("immediate")
            standby.port = first.port  # as an address that moves
            standby.start()
            standby.sql("SELECT pg_promote()")
            await until_ready(server, lambda status, told: (status, told.get("seq")) == (200, 5))
            new = await drawn(server, 3, *range(100, 107))
            assert new[-1][1] == 12
            await all_converge(server, shown)
            assert await all_converge(server, lost) == ["board"] * 5
            assert await all_converge(server, new) == ["delta"] * 7
            server.stop()
            server.start()
            assert await all_converge(server, lost) == ["board"] * 5
            assert await all_converge(server, new) == ["delta"] * 7


# Boards that share a Redis


async def test_a_rehearsal_beside_production_on_the_same_redis_is_not_heard(
    start_server: StartServer, tmp_path: Path
) -> None:
    database, bus = postgres.shared(), redis.shared()
    url = database.url()
    settings = {"DATABASE_URL": url, "REDIS_URL": redis.shared_url(), **FREE}
    production = start_server(**settings), start_server(**settings)
    await drawn(production[0], 1, *range(5))
    command(url, "backup", str(tmp_path / "backup"))
    rehearsal_url = database.url()
    command(rehearsal_url, "restore", str(tmp_path / "backup"))
    rehearsal = start_server(DATABASE_URL=rehearsal_url, REDIS_URL=redis.shared_url(), **FREE)
    await both_go_on(production, rehearsal)
    assert bus.command("PING")


@pytest.mark.parametrize("how", ["template", "dump"])
async def test_a_cloned_database_on_the_same_redis_database_is_not_heard(
    start_server: StartServer, tmp_path: Path, how: str
) -> None:
    database = postgres.shared()
    url, bus = database.url(), redis.shared_url()
    name = url.rsplit("/", 1)[1]
    first = start_server(DATABASE_URL=url, REDIS_URL=bus, **FREE)
    await drawn(first, 1, *range(5))
    if how == "template":
        first.stop()
        database.sql(f'CREATE DATABASE "{name}_clone" TEMPLATE "{name}"')
        first.start()
    else:
        dump(database, name, tmp_path / "dump")
        database.sql(f'CREATE DATABASE "{name}_clone"')
        restore(database, f"{name}_clone", tmp_path / "dump")
    production = first, start_server(DATABASE_URL=url, REDIS_URL=bus, **FREE)
    await both_go_on(production, start_server(DATABASE_URL=f"{url}_clone", REDIS_URL=bus, **FREE))


async def both_go_on(production: tuple[ServerProcess, ServerProcess], rehearsal: ServerProcess) -> None:
    """Each draws, empties and draws again, as fast as the other; each shows its own, and nobody refuses."""
    one, two = production
    for _ in range(2):
        await asyncio.gather(drawn(one, 2, *range(20, 30)), drawn(rehearsal, 3, *range(40, 60)))
        await asyncio.gather(drawn(two, 4, *range(30, 40)), drawn(rehearsal, 5, *range(60, 80)))
        assert (await post(rehearsal.url, "/board/reset", {}, API_KEY))[0] == 200
        await drawn(rehearsal, 6, *range(80, 90))
    pictures = [await board_of(server) for server in (one, rehearsal)]
    assert set(pictures[0][2]) == {0, 1, 2, 4}
    assert set(pictures[1][2]) == {0, 6}
    await same(one, two)
    for server in (one, two, rehearsal):
        assert (await ready(server))[0] == 200
        told = (await get(server.url, "/metrics"))[1].decode()
        assert "\nbeeplace_reloads 0.0\n" in told
    async with dial(one.url) as here, dial(rehearsal.url) as there, dial(rehearsal.url) as there_too:
        for number, phone in enumerate((here, there, there_too)):
            await phone.join({"fingerprint": f"person {number}"})
        await until_people(two, 1)
        await until_people(rehearsal, 2)


async def same(one: ServerProcess, two: ServerProcess) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await board_of(one) != await board_of(two):
            pass


async def until_people(server: ServerProcess, count: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while f"\nbeeplace_people {count}.0\n" not in (await get(server.url, "/metrics"))[1].decode():
            pass


def command(url: str, *words: str) -> None:
    """One of the server's other commands, on that database."""
    run_beeplace(Path(__file__).parents[3], *words, DATABASE_URL=url).check_returncode()
