"""Runs a server and a crowd (`swarm.c`, compiled with cc) on loopback, and returns what both of them measured."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.servers import ServerProcess

SOURCE = Path(__file__).with_name("swarm.c")
UNLIMITED = {
    "COOLDOWN": 0,
    "MAX_PIXELS": 1000,
    "SOCKET_EVENTS_PER_SECOND": 1000,
    "HANDSHAKES_PER_SECOND": 100_000,
    "SOCKETS_PER_IDENTITY": 100_000,
    "LOG_LEVEL": "warning",
}


def compiled(folder: Path) -> Path:
    """The load generator."""
    program = folder / "swarm"
    subprocess.run(["cc", "-O2", "-o", program, SOURCE, "-lz"], check=True)
    return program


def open_files() -> None:
    """As many descriptors as we may have: ten thousand clients need twenty thousand."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def crowd(*, size: int = 64, refresh_ms: int = 100, seconds: int = 8, **options: int | str) -> dict[str, Any]:
    """One server with a `size` x `size` board, and one swarm: its figures, with those of the server's metrics.

    `options` are the swarm's own: clients, rate (placements a second), ramp (connections a second), slow, deflate,
    joinarg (JSON).
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = compiled(folder)
        server = ServerProcess(folder / "server", BOARD_SIZE=size, BOARD_REFRESH_RATE=refresh_ms, **UNLIMITED)
        try:
            words = {"port": server.port, "size": size, "secs": seconds, "pids": server.process.pid, **options}
            command = [str(program), *(str(w) for key, value in words.items() for w in (f"--{key}", value))]
            ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 180)
            found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
        finally:
            server.stop()
    return found


def table(headers: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines: list[list[object]] = [[*headers], ["---:" for _ in headers], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def chart(title: str, x: str, y: str, points: list[tuple[object, float]]) -> str:
    """A line chart that Markdown viewers draw (Mermaid)."""
    names = ", ".join(f'"{name}"' for name, _ in points)
    values = ", ".join(f"{value:.2f}" for _, value in points)
    most = max(value for _, value in points) * 1.2
    return (
        f'```mermaid\nxychart-beta\n  title "{title}"\n  x-axis "{x}" [{names}]\n'
        f'  y-axis "{y}" 0 --> {most:.0f}\n  line [{values}]\n```\n'
    )


def say(line: str) -> None:
    """Progress, for whoever waits."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
