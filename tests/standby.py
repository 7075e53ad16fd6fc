"""A real standby of a real PostgreSQL server: its copy, which follows it by streaming until it is promoted."""

from __future__ import annotations

import subprocess

from tests import postgres
from tests.waiting import DEADLINE_SECONDS


class Standby(postgres.PostgresServer):
    """A second server that follows a first one by streaming, until it is promoted."""

    def __init__(self, first: postgres.PostgresServer) -> None:
        with (first.data / "pg_hba.conf").open("a") as access:
            access.write("host replication all 127.0.0.1/32 trust\n")
        first.sql("SELECT pg_reload_conf()")
        self.first = first
        super().__init__()

    def _begin(self) -> None:
        options = ["-R", "-X", "stream", "-c", "fast", "-D", str(self.data), "-U", postgres.USER]
        where = ["-h", "127.0.0.1", "-p", str(self.first.port)]
        command = [str(postgres.program("pg_basebackup")), *where, *options]
        subprocess.run(command, check=True, timeout=DEADLINE_SECONDS, cwd=self.folder, **self._as_nobody)

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() in ("ready", "standby")

    def has_all(self) -> bool:
        """Whether it has played what the first one has written."""
        [[newest]] = self.first.sql("SELECT pg_current_wal_lsn()::text")
        [[there]] = self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{newest}'")
        return bool(there)
