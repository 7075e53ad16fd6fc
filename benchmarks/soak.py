"""An hour under two thousand clients, of which five in a hundred leave and come every minute: does anything grow?

Method: a server with the default refresh; one swarm holds 1,900 clients for the whole time and places 20 pixels a
second, another one opens 100 more, holds them for the rest of the minute and drops them, again and again. Every
minute memory, threads and descriptors are read from /proc and tasks from the metrics; the first five minutes are for
warming up, and the last ten are compared with the five after them. Exit code 1 where one grew by more than 5 %.

    python -m benchmarks.soak [--minutes 60]
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.crowd import UNLIMITED, compiled, open_files, say, table
from tests.servers import ServerProcess

STAYING, CHURNING = 1900, 100
WARM_MINUTES, FIRST_MINUTES, LAST_MINUTES = 5, 5, 10
MAX_GROWTH = 1.05


def reading(server: ServerProcess) -> dict[str, float]:
    """What the server uses now."""
    process = Path(f"/proc/{server.process.pid}")
    status = process.joinpath("status").read_text()
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as answer:
        metrics = answer.read().decode()
    figures = {
        name: float(value) for name, value in re.findall(r"^(beeplace_\w+) ([0-9.e+-]+)$", metrics, re.MULTILINE)
    }
    return {
        "memory, MB": int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024,
        "threads": int(re.findall(r"Threads:\s+(\d+)", status)[0]),
        "descriptors": len(list(process.joinpath("fd").iterdir())),
        "tasks": figures["beeplace_tasks"],
        "clients": figures["beeplace_clients"],
        "worst loop lag, ms": 1000 * figures["beeplace_loop_lag_most_seconds"],
    }


def soak(minutes: int, folder: Path) -> list[dict[str, float]]:
    """One reading a minute."""
    program, readings = compiled(folder), []
    server = ServerProcess(folder / "server", **UNLIMITED)
    base = [str(program), "--port", str(server.port), "--pids", str(server.process.pid)]
    staying = [*base, "--clients", str(STAYING), "--rate", "20", "--ramp", "200", "--secs", str(60 * minutes + 30)]
    crowd = subprocess.Popen(staying, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 15
        for minute in range(minutes):
            time.sleep(max(0.0, end - time.monotonic()))
            churn = [*base, "--clients", str(CHURNING), "--rate", "5", "--ramp", "50", "--secs", "50"]
            subprocess.run(churn, check=True, stdout=subprocess.DEVNULL, timeout=120)
            readings.append(reading(server))
            say(f"minute {minute + 1}: {readings[-1]}")
            end += 60
    finally:
        crowd.terminate()
        crowd.wait()
        server.stop()
    return readings


def report(readings: list[dict[str, float]]) -> tuple[str, bool]:
    """A Markdown table, and whether everything stayed flat."""
    first = readings[WARM_MINUTES : WARM_MINUTES + FIRST_MINUTES]
    last, flat = readings[-LAST_MINUTES:], True
    rows: list[list[object]] = []
    for name in readings[0]:
        before = statistics.median(r[name] for r in first)
        after = statistics.median(r[name] for r in last)
        rows.append([name, f"{before:.1f}", f"{after:.1f}", f"{100 * (after / before - 1) if before else 0:+.1f} %"])
        if name not in ("clients", "worst loop lag, ms"):
            flat = flat and after <= before * MAX_GROWTH
    headers = ["", f"minutes {WARM_MINUTES + 1} to {WARM_MINUTES + FIRST_MINUTES}", f"last {LAST_MINUTES}", "change"]
    return table(headers, rows), flat


def main() -> None:
    """Measures, prints, and says by its exit code whether all was flat."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    given = parser.parse_args()
    open_files()
    with tempfile.TemporaryDirectory() as name:
        text, flat = report(soak(given.minutes, Path(name)))
    print(text)
    sys.exit(0 if flat else 1)


if __name__ == "__main__":
    main()
