"""A real PostgreSQL server for tests: on a free port of 127.0.0.1, its data in a temporary folder, ended by its handle.

    with PostgresServer() as server:
        store = PostgresStore(server.url("mine"))

PostgreSQL refuses to run as root, so root starts it as `nobody`. Nothing asks for a password but the role `guarded`.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Literal

import asyncpg

from tests.ports import free_port
from tests.waiting import ended

ROOT = Path(__file__).resolve().parent.parent
USER = "beeplace"
GUARDED, PASSWORD = "guarded", "correct-horse"
START_SECONDS = 60.0
MEMORY_BYTES = 2 * 2**30
SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
ACCESS = f"local all all trust\nhost all {GUARDED} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"


class PostgresServer:
    """One server, running once it is made. `settings` go to its command line; `end` also removes its data."""

    def __init__(self, parent: Path | None = None, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="beeplace-postgres-", dir=parent))
        self.settings = settings
        self.port = free_port()
        self._as_nobody: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
            self._as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._begin()
        self.start()

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _begin(self) -> None:
        command: list[str | Path] = [
            program("initdb"),
            "-D",
            self.data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as_nobody)
        assert done.returncode == 0, done.stderr
        (self.data / "pg_hba.conf").write_text(ACCESS)

    def start(self) -> None:
        """Starts it, again if it was stopped or killed; returns once it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while not self._started(deadline):  # the processes of one that was killed may not have ended yet
            assert time.monotonic() < deadline, f"PostgreSQL did not start: {self.log.read_text()[-2000:]}"
            time.sleep(0.05)

    def _started(self, deadline: float) -> bool:
        options = [option for name, value in self.settings.items() for option in ("-c", f"{name}={value}")]
        command: list[str | Path] = [program("postgres"), "-D", self.data, "-k", self.folder]
        command += ["-h", "127.0.0.1", "-p", str(self.port), *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as_nobody)
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._ready():
                return True
            time.sleep(0.01)
        return False

    def _ready(self) -> bool:
        """What the server says of itself: its process id, and in the eighth line how far it is."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stops it as `pg_ctl stop -m` would: after its clients, at once but cleanly, or as a crash."""
        self.process.send_signal(SIGNALS[mode])
        ended(self.process, "PostgreSQL")

    def kill(self) -> None:
        """SIGKILL of its first process; the others end once they notice."""
        self.process.kill()
        ended(self.process, "PostgreSQL")

    def end(self) -> None:
        """Ends it however it is, and removes its data."""
        if self.process.poll() is None:
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str = "postgres", *, user: str = USER, port: int | None = None) -> str:
        """The address of a database, there or not; `port` where a proxy stands in between."""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}"

    def url(self, database: str | None = None) -> str:
        """The address of a database, which is made if it is not there; without a name, of a new one."""
        name = database or f"test_{secrets.token_hex(6)}"
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f'CREATE DATABASE "{name}"')
        return self.address(name)

    def schema(self) -> str:
        """The name of a new, empty schema; quicker to make than a database."""
        name = f"s{secrets.token_hex(6)}"
        self.sql(f"CREATE SCHEMA {name}")
        return name

    def inside(self, schema: str, port: int | None = None) -> str:
        """The address of a schema; `port` where a proxy stands in between."""
        return f"{self.address(port=port)}?search_path={schema}"

    def guard(self) -> None:
        """Makes the one role that has a password, if it is not there."""
        if not self.sql(f"SELECT FROM pg_roles WHERE rolname = '{GUARDED}'"):
            self.sql(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")

    def sql(self, statement: str, database: str = "postgres") -> list[asyncpg.Record]:
        """Runs one statement as superuser, on a connection of its own, and returns its rows."""
        with ThreadPoolExecutor(1) as thread:  # so that it can be called with and without a loop running
            return thread.submit(asyncio.run, self._rows(statement, database)).result()

    async def _rows(self, statement: str, database: str) -> list[asyncpg.Record]:
        db = await asyncpg.connect(self.address(database), timeout=START_SECONDS)
        try:
            return await db.fetch(statement)
        finally:
            await db.close()


@cache
def shared() -> PostgresServer:
    """One server for all tests of this process that leave it running."""
    server = PostgresServer(memory())
    atexit.register(server.end)
    return server


@cache
def schema(name: str) -> str:
    """An empty schema of the shared server, the same for the same name."""
    return shared().schema()


def schema_url(name: str, port: int | None = None) -> str:
    """The address of that schema; `port` where a proxy stands in between."""
    return shared().inside(schema(name), port)


def memory() -> Path | None:
    """A folder that waits for no disk, where there is room in one: enough for all that ends only the server."""
    folder = Path("/dev/shm")
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MEMORY_BYTES
    return folder if has_room else None


def program(name: str) -> Path:
    """One of the server's programs, where `make needs` found them."""
    return Path(json.loads((ROOT / ".setup" / "tools.json").read_text())["postgres"]) / name
