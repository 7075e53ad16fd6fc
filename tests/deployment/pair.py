"""Two gateways on one PostgreSQL and one Redis, on ports that they keep, each with its own role in the database."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tests import postgres, redis
from tests.ports import free_port
from tests.servers import ServerProcess
from tests.waiting import wait_until

DEADLINE_SECONDS = 30.0
GATEWAYS = 2


class Pair:
    """The gateways behind a proxy; they believe what 127.0.0.1 says of its clients."""

    def __init__(self, folder: Path) -> None:
        self._database, self._redis = postgres.shared(), redis.shared_url()
        self._name = urlsplit(self._database.url()).path.strip("/")
        self._roles = tuple(f"gateway_{secrets.token_hex(6)}" for _ in range(GATEWAYS))
        for role in self._roles:
            self._database.sql(f"CREATE ROLE {role} SUPERUSER LOGIN")
        self.gateways = tuple(self._gateway(folder / role, role) for role in self._roles)
        one, two = (f"127.0.0.1:{gateway.port}" for gateway in self.gateways)
        self.addresses = (one, two)

    def _gateway(self, folder: Path, role: str) -> ServerProcess:
        return ServerProcess(
            folder,
            PORT=free_port(),
            DATABASE_URL=self._database.address(self._name, user=role),
            REDIS_URL=self._redis,
            TRUSTED_PROXIES="127.0.0.1/32",
            LOG_FORMAT="json",
            MAX_PIXELS=1000,
            SOCKETS_PER_IDENTITY=100,
        )

    def whole(self) -> None:
        """Starts whichever gateway is not running, and waits until both are ready."""
        for gateway in self.gateways:
            if gateway.process.poll() is not None:
                gateway.start()
        for gateway in self.gateways:
            wait_until(partial(_ready, gateway))

    def shut_out(self, number: int) -> None:
        """The database answers this gateway no more, and the gateway knows it."""
        self._database.sql(f"ALTER ROLE {self._roles[number]} NOLOGIN")
        self._database.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{self._roles[number]}'"
        )
        wait_until(lambda: status(self.gateways[number], "/ready") == 503)

    def let_in(self) -> None:
        """The database answers both again, and both know it."""
        for role in self._roles:
            self._database.sql(f"ALTER ROLE {role} LOGIN")
        self.whole()

    def sockets(self) -> list[int]:
        """How many sockets each gateway has."""
        return [clients(gateway) for gateway in self.gateways]

    def peers(self) -> list[str]:
        """The hashes of addresses in the logs of both: each gateway writes one for an address in a minute."""
        lines = [line for gateway in self.gateways for line in gateway.log.read_text().splitlines()]
        rows = [json.loads(line) for line in lines if line.startswith("{")]
        return [row["peer"] for row in rows if row["event"] == "socket closed"]

    def end(self) -> None:
        """Ends both."""
        for gateway in self.gateways:
            if gateway.process.poll() is None:
                gateway.kill()


def _ready(gateway: ServerProcess) -> bool:
    return status(gateway, "/ready") == 200


def status(gateway: ServerProcess, path: str) -> int:
    """What it answers, asked directly; 0 for nothing."""
    try:
        with urllib.request.urlopen(gateway.url + path, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def clients(gateway: ServerProcess) -> int:
    """Its open sockets, asked directly."""
    with urllib.request.urlopen(gateway.url + "/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return int(float(next(line for line in lines if line.startswith("beeplace_clients ")).split()[1]))
