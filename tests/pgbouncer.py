"""A real PgBouncer before a real PostgreSQL: on a free port of 127.0.0.1, ended by its handle.

PgBouncer refuses to run as root, so that root lets it become `nobody`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.ports import free_port
from tests.postgres import ROOT, START_SECONDS, USER, PostgresServer
from tests.waiting import ended

SYSTEMS, NEWER = "pgbouncer", "newer"


class PgBouncer:
    """One that lets everybody in; `settings` go to its file, beside Debian's own defaults. `program` is the
    system's, or the newer one that keeps prepared statements."""

    def __init__(self, server: PostgresServer, pool_mode: str, program: str = SYSTEMS, **settings: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="beeplace-pgbouncer-"))
        self.port = free_port()
        users = self.folder / "users.txt"
        users.write_text(f'"{USER}" ""\n')
        lines = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "trust",
            "auth_file": users, "pool_mode": pool_mode, "ignore_startup_parameters": "extra_float_digits", **settings,
        }  # fmt: skip
        if os.geteuid() == 0:
            lines["user"] = "nobody"
        file = self.folder / "pgbouncer.ini"
        said = "".join(f"{name} = {value}\n" for name, value in lines.items())
        file.write_text(f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n{said}")
        self.log = self.folder / "pgbouncer.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([path(program), file], cwd=self.folder, stdout=log, stderr=log)
        self._wait()

    def __enter__(self) -> PgBouncer:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # it keeps nothing; SIGINT and SIGQUIT are ignored by what a shell starts in the background
        ended(self.process, "PgBouncer")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)

    def url(self, database: str) -> str:
        """The address of a database behind it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"


def path(program: str) -> str:
    """Where it is."""
    if program == NEWER:
        newer = ROOT / ".setup" / "pgbouncer" / "pgbouncer"
        assert newer.exists(), "`make needs` unpacks it"
        return str(newer)
    found: str = json.loads((ROOT / ".setup" / "tools.json").read_text())[program]
    return found


def forgetting(program: str) -> dict[str, int]:
    """The settings with which it keeps no prepared statements: before 1.21 it never does."""
    told = subprocess.run([path(program), "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = told.split()[1].split(".")[:2]
    return {"max_prepared_statements": 0} if (int(major), int(minor)) >= (1, 21) else {}
