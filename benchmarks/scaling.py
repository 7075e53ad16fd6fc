"""How the cost of a gateway grows: with clients, with pixels in a batch, and not with the board's size.

Method: for each point one fresh server (embedded store, durable commits, everything on) and one swarm on the same
machine; CPU is the server's user and system time over the measured seconds. Every point is measured ROUNDS times,
all points in turn, and the median counts. Prints Markdown tables and charts.

    python -m benchmarks.scaling [--rounds 3] [--seconds 8]
"""

from __future__ import annotations

import argparse
import statistics
from typing import Any

from benchmarks.crowd import chart, crowd, open_files, say, table

CLIENTS = (1000, 2000, 4000, 8000)
SIZES = (64, 256, 1024, 2048)
# Thousands of boards of millions of pixels would be a benchmark of the network; what counts is what comes after a join.
WITHOUT_BOARD = '{"fingerprint":"swarm-fp-%","board":"none"}'
RATES = (10, 100, 1000, 4000)  # placements a second: 1, 10, 100 and 400 pixels in a batch


def points() -> dict[tuple[str, int], dict[str, Any]]:
    """Every point, by what is varied and its value."""
    base = {"clients": 1000, "rate": 100, "ramp": 500}
    by_clients = {("clients", n): {**base, "clients": n} for n in CLIENTS}
    by_size = {("size", n): {**base, "size": n, "joinarg": WITHOUT_BOARD} for n in SIZES}
    by_rate = {("rate", n): {**base, "rate": n} for n in RATES}
    return by_clients | by_size | by_rate


def measure(rounds: int, seconds: int) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """All points, round by round."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for number in range(rounds):
        for key, options in points().items():
            say(f"round {number + 1}: {key[0]} {key[1]}")
            found.setdefault(key, []).append(crowd(seconds=seconds, **options))
    return found


def middle(runs: list[dict[str, Any]], key: str) -> float:
    """The median of one figure."""
    return statistics.median(float(run[key]) for run in runs)


def report(found: dict[tuple[str, int], list[dict[str, Any]]], seconds: int) -> str:
    """Markdown: a table and a chart for each thing that is varied."""
    parts = []
    names = {"clients": "clients", "size": "board, pixels square", "rate": "placements a second"}
    for kind, values in (("clients", CLIENTS), ("size", SIZES), ("rate", RATES)):
        rows: list[list[object]] = []
        for value in values:
            runs = found[kind, value]
            percent = 100 * (middle(runs, "cpu_user_s") + middle(runs, "cpu_sys_s")) / seconds
            rows.append([
                value, f"{percent:.1f}", f"{middle(runs, 'us_per_frame'):.1f}", f"{middle(runs, 'lat_p50_ms'):.0f}",
                f"{middle(runs, 'lat_p99_ms'):.0f}", f"{middle(runs, 'rss_kb_per_client'):.1f}",
            ])  # fmt: skip
        headers = [names[kind], "CPU, % of a core", "us a frame", "latency p50, ms", "p99, ms", "kB a client"]
        line = [(row[0], float(str(row[1]))) for row in rows]
        parts += [table(headers, rows), chart(f"CPU by {names[kind]}", names[kind], "% of a core", line)]
    return "\n".join(parts)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    given = parser.parse_args()
    open_files()
    print(report(measure(given.rounds, given.seconds), given.seconds))


if __name__ == "__main__":
    main()
