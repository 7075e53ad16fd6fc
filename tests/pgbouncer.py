"""A real PgBouncer before a real PostgreSQL: on a free port of 127.0.0.1, ended by its handle.

PgBouncer refuses to run as root, so root starts it as `nobody`.
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
from typing import Any

from tests.ports import free_port
from tests.postgres import ROOT, START_SECONDS, USER, PostgresServer
from tests.waiting import ended


class PgBouncer:
    """One that lets everybody in; `settings` go to its file, beside Debian's own defaults."""

    def __init__(self, server: PostgresServer, pool_mode: str, **settings: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="beeplace-pgbouncer-"))
        self.port = free_port()
        users = self.folder / "users.txt"
        users.write_text(f'"{USER}" ""\n')
        lines = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "trust",
            "auth_file": users, "pool_mode": pool_mode, "ignore_startup_parameters": "extra_float_digits", **settings,
        }  # fmt: skip
        file = self.folder / "pgbouncer.ini"
        said = "".join(f"{name} = {value}\n" for name, value in lines.items())
        file.write_text(f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n{said}")
        as_nobody: dict[str, Any] = {}
        if os.geteuid() == 0:
            for path in (self.folder, users, file):
                shutil.chown(path, "nobody", "nogroup")
            as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        program = json.loads((ROOT / ".setup" / "tools.json").read_text())["pgbouncer"]
        self.log = self.folder / "pgbouncer.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program, file], cwd=self.folder, stdout=log, stderr=log, **as_nobody)
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
