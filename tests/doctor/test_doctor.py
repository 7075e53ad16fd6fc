"""`beeplace doctor`, run for real: with SQLite, PostgreSQL and Redis, well and badly set."""

from __future__ import annotations

import datetime
import hashlib
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from beeplace.doctor import machine
from beeplace.doctor.report import acknowledgement
from beeplace.findings import Finding, Times
from beeplace.log.sqlite.health import sqlite_version
from tests import postgres, redis
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.pgbouncer import PgBouncer
from tests.ports import free_port
from tests.postgres import PostgresServer
from tests.redis import RedisServer

DEADLINE_SECONDS = 30.0


def examined(folder: Path, **settings: object) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and for each thing looked at its level and what was said."""
    ended = run_beeplace(folder, "doctor", **settings)
    assert ended.stderr == ""
    *lines, total = ended.stdout.splitlines()
    found = {line[9:27].strip(): (line[:8].strip(), line[28:]) for line in lines}
    assert len(found) == len(lines)
    levels = [level for level, _ in found.values()]
    counts = [levels.count(level) for level in ("ok", "warning", "failure")]
    assert total == f"{counts[0]} ok, {counts[1]} to know of, {counts[2]} to repair"
    assert ended.returncode == (1 if counts[2] else 0)
    return ended.returncode, found


def broken(found: dict[str, tuple[str, str]]) -> dict[str, str]:
    """What is a failure, and what was said of it."""
    return {name: told for name, (level, told) in found.items() if level == "failure"}


# The machine and SQLite


def test_a_machine_that_is_well_is_called_so(tmp_path: Path) -> None:
    code, found = examined(tmp_path)
    assert (code, broken(found)) == (0, {})
    for name in ("Python", "packages", "open files", "listen backlog", "boot clock", "wall clock", "disk", "SQLite"):
        assert name in found
    assert "first start makes it" in found["database"][1]
    assert found["acknowledgement"][1].startswith("p50 ")
    assert list(tmp_path.iterdir()) == []


async def test_a_running_servers_database_is_looked_at_and_not_changed(start_server: StartServer) -> None:
    server = start_server()
    async with dial(server.url) as phone:
        await phone.join("me")
        assert (await phone.place(1, 2, 3))["ok"]
    files = [server.folder / "data" / f"beeplace.db{end}" for end in ("", "-wal")]
    before = [hashlib.sha256(file.read_bytes()).digest() for file in files]
    code, found = examined(server.folder)
    assert (code, broken(found)) == (0, {})
    assert found["journal"][1].startswith("WAL")
    assert found["integrity"][0] == "ok"
    assert [hashlib.sha256(file.read_bytes()).digest() for file in files] == before
    assert server.stop() == 0
    assert examined(server.folder)[0] == 0


def test_a_damaged_database_is_a_failure(start_server: StartServer) -> None:
    server = start_server()
    assert server.stop() == 0
    file = server.folder / "data" / "beeplace.db"
    content = bytearray(file.read_bytes())
    content[4096 : 4096 + 2000] = b"\xff" * 2000
    file.write_bytes(content)
    code, found = examined(server.folder)
    assert code == 1
    assert set(broken(found)) <= {"database", "integrity"}
    assert "restore a backup" in " ".join(broken(found).values())


def test_what_is_no_database_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    code, found = examined(tmp_path, DATABASE_URL="sqlite:///letter.txt")
    assert (code, set(broken(found))) == (1, {"database"})


def test_a_database_of_something_else_is_told(tmp_path: Path) -> None:
    with closing(apsw.Connection(str(tmp_path / "other.db"))) as db:
        db.execute("CREATE TABLE letters (text)")
    code, found = examined(tmp_path, DATABASE_URL="sqlite:///other.db")
    assert (code, found["database"][0]) == (1, "failure")


@pytest.mark.parametrize(("limit", "level", "code"), [(200, "failure", 1), (1024, "warning", 0)])
def test_too_few_open_files_are_seen(tmp_path: Path, limit: int, level: str, code: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    ended = subprocess.run(
        ["/bin/sh", "-c", f'ulimit -Sn {limit}; exec "$0" -m beeplace doctor', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    (line,) = [line for line in ended.stdout.splitlines() if "open files" in line]
    assert line.startswith(f"{level:<8} open files         {limit:,}, at most {hard:,}: each client takes one: set ")
    assert ended.returncode == code


def test_a_wrong_setting_ends_it_as_it_would_end_the_server(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "doctor", PORT="http")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (78, "", 1)


NOW = datetime.datetime(2026, 11, 22, 1, 30, tzinfo=datetime.UTC)
MOUNTS = (
    "/dev/sda / ext4 rw 0 0\nserver:/x /mnt/far nfs4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\noverlay /box overlay rw 0 0\n"
)


@pytest.mark.parametrize(
    ("finding", "level"),
    [
        (machine.python((3, 10)), "failure"),
        (machine.packages(["aiohttp==0.0.1", "uvloop==0.0.1 ; sys_platform != 'win32'"]), "warning"),
        (machine.packages(["no-such-package==1.0"]), "warning"),
        (machine.wall_clock(NOW, 0), "ok"),
        (machine.wall_clock(NOW, None), "ok"),
        (machine.wall_clock(NOW, 0x40), "warning"),
        (machine.wall_clock(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), 0), "failure"),
        (machine.space(50_000_000), "failure"),
        (machine.space(500_000_000), "warning"),
        (machine.space(50_000_000_000), "ok"),
        (machine.file_system(Path("/var/lib"), MOUNTS), "ok"),
        (machine.file_system(Path("/mnt/far/data"), MOUNTS), "failure"),
        (machine.file_system(Path("/tmp/data"), MOUNTS), "failure"),
        (machine.file_system(Path("/box"), MOUNTS), "warning"),
        (sqlite_version("3.40.1"), "failure"),
        (sqlite_version("3.51.3"), "ok"),
        (acknowledgement(Times.of([0.001] * 40)), "ok"),
        (acknowledgement(Times.of([0.001] * 20 + [0.2] * 20)), "warning"),
    ],
)
def test_each_state_has_its_level(finding: Finding, level: str) -> None:
    assert finding.level == level
    assert bool(finding.advice) == (level != "ok")


def test_a_short_backlog_is_told(tmp_path: Path) -> None:
    (tmp_path / "somaxconn").write_text("128\n")
    assert machine.backlog(tmp_path / "somaxconn").level == "warning"


def test_times_are_told_by_their_parts() -> None:
    times = Times.of([second / 1000 for second in range(100, 0, -1)])
    assert (round(times.part(0.5)), round(times.part(0.99))) == (51, 100)


# PostgreSQL


def test_a_postgresql_that_is_well_is_called_so_and_not_changed(tmp_path: Path) -> None:
    url = postgres.shared().url()
    code, found = examined(tmp_path, DATABASE_URL=url)
    assert (code, broken(found)) == (0, {})
    assert found["fsync"] == ("ok", "on")
    assert "to expect" in found["acknowledgement"][1]
    tables = postgres.shared().sql(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", url.rpartition("/")[2]
    )
    assert tables == []


def test_a_postgresql_that_could_lose_pixels_is_a_failure(tmp_path: Path) -> None:
    with PostgresServer(fsync="off", full_page_writes="off", synchronous_commit="off", max_connections="8") as server:
        code, found = examined(tmp_path, DATABASE_URL=server.url())
        assert (code, set(broken(found))) == (1, {"fsync", "full_page_writes"})
        assert found["synchronous_commit"] == ("ok", "on for BeePlace, which sets it itself")
        assert found["connections"][0] == "warning"
        gone = server.url()
    code, found = examined(tmp_path, DATABASE_URL=gone)
    assert (code, set(broken(found))) == (1, {"PostgreSQL"})


def test_what_a_failover_would_keep_is_said(tmp_path: Path) -> None:
    assert examined(tmp_path, DATABASE_URL=postgres.shared().url())[1]["replication"][0] == "ok"
    with PostgresServer(synchronous_standby_names="far") as server:
        code, found = examined(tmp_path, DATABASE_URL=server.address())
    assert (code, set(broken(found))) == (1, {"replication", "commit"})
    assert found["replication"][1].startswith("commits wait for far, which is not there")


def test_a_pooler_that_mixes_sessions_is_a_failure(tmp_path: Path) -> None:
    name = postgres.shared().url().rpartition("/")[2]
    with PgBouncer(postgres.shared(), "transaction") as bouncer:
        code, found = examined(tmp_path, DATABASE_URL=bouncer.url(name))
    assert (code, set(broken(found))) == (1, {"pooler"})
    assert "pool_mode = session" in found["pooler"][1]


def test_a_database_in_which_we_may_make_nothing_is_a_failure(tmp_path: Path) -> None:
    server = postgres.shared()
    url = server.url()
    server.sql("CREATE ROLE reader LOGIN")
    server.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC", url.rpartition("/")[2])
    code, found = examined(tmp_path, DATABASE_URL=url.replace(f"{postgres.USER}@", "reader@"))
    assert (code, set(broken(found))) == (1, {"database"})
    assert "GRANT CREATE" in found["database"][1]


def test_a_database_that_is_not_there_is_a_failure_without_secrets(tmp_path: Path) -> None:
    url = postgres.shared().address("nowhere").replace("@", ":a-secret-word@")
    code, found = examined(tmp_path, DATABASE_URL=url)
    assert (code, set(broken(found))) == (1, {"PostgreSQL"})
    assert "there is no such database" in found["PostgreSQL"][1]
    assert "a-secret-word" not in str(found)


# Redis


@pytest.fixture(scope="module")
def guarded() -> Iterator[RedisServer]:
    """A Redis with a password, and all that can be warned of."""
    with RedisServer(requirepass="correct-horse", maxmemory="64mb", maxmemory_policy="allkeys-lru") as server:
        yield server


def test_a_redis_that_keeps_what_it_has_is_called_so(tmp_path: Path) -> None:
    with RedisServer(appendonly="yes") as server:
        code, found = examined(tmp_path, REDIS_URL=server.url())
    assert code == 0
    told = [found[name][0] for name in ("Redis", "role", "maxmemory-policy", "appendonly", "persistence", "latency")]
    assert told == ["ok"] * 6


def test_a_redis_that_forgets_is_told(tmp_path: Path, guarded: RedisServer) -> None:
    code, found = examined(tmp_path, REDIS_URL=guarded.url())
    assert (code, found["maxmemory-policy"][0], found["appendonly"][0]) == (0, "warning", "warning")
    assert "allkeys-lru" in found["maxmemory-policy"][1]


def test_a_redis_that_cannot_write_to_its_disk_is_a_failure(tmp_path: Path) -> None:
    with RedisServer() as server:
        (server.folder / "dump.rdb").mkdir()  # in the way of the file that it would write
        server.command("BGSAVE")
        deadline = time.monotonic() + DEADLINE_SECONDS
        while server.command("INFO")["rdb_last_bgsave_status"] != "err":
            assert time.monotonic() < deadline
        code, found = examined(tmp_path, REDIS_URL=server.url())
    assert (code, set(broken(found))) == (1, {"persistence"})


@pytest.mark.parametrize("password", ["wrong-horse", "correct-horse"])
def test_a_redis_that_lets_us_in_or_not(tmp_path: Path, guarded: RedisServer, password: str) -> None:
    _, found = examined(tmp_path, REDIS_URL=guarded.url(password=password))
    assert (found["Redis"][0] == "failure") == (password == "wrong-horse")
    assert password not in str(found)


def test_a_replica_is_a_failure(tmp_path: Path) -> None:
    with RedisServer(replicaof=f"127.0.0.1 {redis.shared().port}") as server:
        code, found = examined(tmp_path, REDIS_URL=server.url())
    assert (code, set(broken(found))) == (1, {"role"})


def test_a_redis_that_is_away_is_a_failure(tmp_path: Path) -> None:
    code, found = examined(tmp_path, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (code, set(broken(found))) == (1, {"Redis"})
