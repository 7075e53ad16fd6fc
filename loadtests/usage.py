"""CPU and memory of processes, from /proc; `run.py` asks before and after a test. None where there is no /proc."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """The time, and CPU seconds so far: of the server, of all ended children (k6), and of the whole machine."""

    at: float
    server_seconds: float
    children_seconds: float
    machine_seconds: float
    server_peak_mb: float


def usage(server: int) -> Usage | None:
    """Of now; `server` is its process id."""
    process = Path("/proc") / str(server)
    if not process.exists():
        return None
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        at=time.monotonic(),
        server_seconds=_process_seconds((process / "stat").read_text()),
        children_seconds=children.ru_utime + children.ru_stime,
        machine_seconds=_machine_seconds(Path("/proc/stat").read_text()),
        server_peak_mb=_peak_mb((process / "status").read_text()),
    )


def _process_seconds(stat: str) -> float:
    """utime + stime: fields 14 and 15, counted after the name, which may have spaces."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def _machine_seconds(stat: str) -> float:
    """user + nice + system of all cores."""
    fields = stat.splitlines()[0].split()
    return sum(map(int, fields[1:4])) / _TICKS_PER_SECOND


def _peak_mb(status: str) -> float:
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) / 1024


def raise_file_limit() -> int:
    """Every user is an open file in k6 and one in the server; returns how many each may have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
