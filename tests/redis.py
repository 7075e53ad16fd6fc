"""A real Redis server for tests: on a free port of 127.0.0.1, its data in a temporary folder, ended by its handle.

    with RedisServer() as server:
        bus = RedisBus(server.url(), ...)

`settings` go to its command line: `RedisServer(appendonly="yes", maxmemory="64mb")`. Nothing is kept on disk by
default, so that a restart comes back empty, as after a crash.
"""

from __future__ import annotations

import atexit
import itertools
import json
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.ports import free_port
from tests.waiting import ended

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0


class RedisServer:
    """One server, running once it is made; `end` also removes its data.

    `program` is another build of Redis than the one the tests found.
    """

    def __init__(self, parent: Path | None = None, program: str | None = None, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="beeplace-redis-", dir=parent))
        self.program = program or json.loads((ROOT / ".setup" / "tools.json").read_text())["redis-server"]
        self.settings = {"save": "", "appendonly": "no", **settings}
        self.password = settings.get("requirepass")
        self.socket = self.folder / "socket"
        self.log = self.folder / "server.log"
        self.port = free_port()
        self.start()

    def __enter__(self) -> RedisServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Starts it, again if it was stopped or killed, on the same port; returns once it answers."""
        options = [part for name, value in self.settings.items() for part in (f"--{name.replace('_', '-')}", value)]
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, *where, "--dir", str(self.folder), *options], cwd=self.folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, f"Redis ended: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"Redis did not start: {self.log.read_text()[-2000:]}"
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return bool(self.command("PING"))
        except (redis.ConnectionError, redis.TimeoutError):  # LOADING is one of them
            return False

    def stop(self) -> None:
        """SIGTERM: what it is told to keep, it keeps."""
        self.process.send_signal(signal.SIGTERM)
        ended(self.process, "Redis")

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self.process.kill()
        ended(self.process, "Redis")

    def pause(self) -> None:
        """SIGSTOP: its connections stay open, and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Ends it however it is, and removes its data."""
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: int = 0, *, password: str | None = None, port: int | None = None) -> str:
        """Its address; `port` where a proxy stands in between, `password` for another than its own."""
        secret = password or self.password
        return f"redis://{f':{secret}@' if secret else ''}127.0.0.1:{port or self.port}/{database}"

    def command(self, *words: str | bytes | int, database: int = 0) -> Any:
        """Sends one command on a connection of its own; replies are bytes, and an error reply is raised."""
        client = redis.Redis.from_url(self.url(database), retry=Retry(NoBackoff(), 0), socket_timeout=START_SECONDS)
        try:
            return client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py leaves it so
        finally:
            client.close()


_DATABASES = itertools.count(1)


@cache
def shared() -> RedisServer:
    """One server for all tests of this process that leave it running; each takes a name, or `shared_url`."""
    server = RedisServer(databases="1000")
    atexit.register(server.end)
    return server


def shared_url() -> str:
    """An empty database of the shared server, for gateways that share one board."""
    return shared().url(next(_DATABASES))
