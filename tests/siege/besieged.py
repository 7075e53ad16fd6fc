"""The server of one scenario, seen from outside: memory, log, rows, and an honest person's figures."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import aiohttp

from tests.postgres import PostgresServer
from tests.servers import API_KEY, ServerProcess
from tests.siege.run_queue import machine_ns, waits

ROOT = Path(__file__).resolve().parent.parent.parent
FILL_SECONDS = 120.0
MEGABYTE = 1 << 20


class Server(ServerProcess):
    """A gateway of this checkout or of another one, which has an environment of its own."""

    def __init__(self, folder: Path, checkout: Path, **settings: object) -> None:
        self.command = (str(checkout / ".venv" / "bin" / "python"), "-m", "beeplace")
        super().__init__(folder, PYTHONPATH=checkout, **settings)


@dataclass(slots=True)
class Observed:
    """What the honest person wrote down in a while: (took, without the machine's part) in ms, by what it was."""

    by_kind: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path, from_ns: int, to_ns: int) -> Self:
        """The lines of that time."""
        seen = cls()
        for line in file.read_text().splitlines():
            parts = line.split()
            if len(parts) == 4 and from_ns <= int(parts[0]) <= to_ns:
                seen.by_kind.setdefault(parts[1], []).append((float(parts[2]), float(parts[3])))
        return seen

    def count(self, *starts: str) -> int:
        """How often something of these happened."""
        return sum(len(found) for kind, found in self.by_kind.items() if kind.startswith(starts))

    def worst(self, kind: str, *, raw: bool = False) -> float:
        """The longest."""
        return max((took[0 if raw else 1] for took in self.by_kind.get(kind, [])), default=0.0)

    def part(self, kind: str, share: float) -> float:
        """A quantile."""
        found = sorted(rest for _, rest in self.by_kind.get(kind, []))
        return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0

    def median(self, kind: str) -> float:
        """The middle."""
        return statistics.median([rest for _, rest in self.by_kind.get(kind, [])] or [0.0])


class Besieged:
    """One server with its store, and an honest person beside the crowd."""

    def __init__(self, folder: Path, checkout: Path, side: int, store: str, settings: dict[str, object]) -> None:
        self.side, self.store, self.folder = side, store, folder
        self._postgres = PostgresServer() if store == "postgresql" else None
        try:
            if self._postgres:
                self.database = f"siege_{secrets.token_hex(4)}"
                settings = {"DATABASE_URL": self._postgres.url(self.database), **settings}
            self.server = Server(folder, checkout, BOARD_SIZE=side, **{"COOLDOWN": 0, **settings})
        except BaseException:
            self.end()
            raise
        self.port, self.pid = self.server.port, self.server.process.pid
        self._lines = folder / "honest"
        self._honest: subprocess.Popen[bytes] | None = None

    def begin_honest(self) -> None:
        """Lets the honest person in."""
        command = [sys.executable, "-m", "tests.siege.honest", *map(str, (self.port, self.pid, self.side, self._lines))]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._honest = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)

    def seen(self, from_ns: int, to_ns: int) -> Observed:
        """What the honest person wrote down in that time."""
        return Observed.read(self._lines, from_ns, to_ns) if self._lines.exists() else Observed()

    def end(self) -> None:
        """Ends everything."""
        if honest := getattr(self, "_honest", None):
            honest.kill()
            honest.wait()
        if hasattr(self, "server") and self.server.process.poll() is None:
            self.server.kill()
        if self._postgres:
            self._postgres.end()

    # figures

    @property
    def is_up(self) -> bool:
        """Whether the process lives."""
        return self.server.process.poll() is None

    def memory_mb(self, name: str = "VmRSS") -> float:
        """Resident memory; `VmHWM` is the most since `forget_peak`."""
        with suppress(OSError):
            found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
            return int(found[1]) / 1024 if found else 0.0
        return 0.0

    def forget_peak(self) -> None:
        """The peak of memory begins anew."""
        with suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def log_bytes(self) -> int:
        """How much it has written to its log."""
        return self.server.log.stat().st_size

    def request_rows(self) -> int:
        """Durable answers to request ids."""
        if self._postgres:
            return int(self._postgres.sql("SELECT count(*) AS n FROM request", self.database)[0]["n"])
        with closing(sqlite3.connect(f"file:{self.folder}/data/beeplace.db?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM request").fetchone()[0])

    # deeds

    async def fill(self, *, color: int, corner: int = 0, size: int = 0) -> float:
        """An organiser's fill of the whole board or a square; how many seconds it took, without the machine's part."""
        last = (corner + size if size else self.side) - 1
        body = {"x1": corner, "y1": corner, "x2": last, "y2": last, "color": color}
        timeout = aiohttp.ClientTimeout(FILL_SECONDS)
        began, before = time.monotonic(), waits(self.pid)
        async with (
            aiohttp.ClientSession(headers={"apiKey": API_KEY}, timeout=timeout) as http,
            http.post(f"{self.server.url}/board/area", json=body) as response,
        ):
            answer = await response.json()
            assert response.status in (200, 408, 503, 504), answer
        return max(0.0, time.monotonic() - began - machine_ns(self.pid, before) / 1e9)

    async def metric(self, name: str) -> int:
        """A number of the server's metrics; 0 where it has not been counted yet."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.server.url}/metrics") as response:
            found = re.search(rf"^beeplace_{re.escape(name)} (\d+)", await response.text(), re.MULTILINE)
        return int(found[1]) if found else 0

    async def position(self) -> tuple[str, int]:
        """The board's epoch and seq."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.server.url}/api/config") as response:
            config = await response.json()
            return str(config["epoch"]), int(config["seq"])


async def gathered(work: list[asyncio.Task[None]]) -> None:
    """Ends tasks that run until they are told to stop."""
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
