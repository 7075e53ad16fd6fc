"""Ten thousand clients on one process for ten minutes: all served, nobody lost, how late the frames are.

Method: as in `scaling.py`, once, with and without clients that offer permessage-deflate as browsers do, and are
sent compressed batches. Prints a Markdown table.

    python -m benchmarks.crowded [--clients 10000] [--minutes 10]
"""

from __future__ import annotations

import argparse

from benchmarks.crowd import crowd, open_files, say, table


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    open_files()
    rows: list[list[object]] = []
    for deflate in (0, 1):
        seconds = int(given.minutes * 60)
        say(f"{given.clients} clients for {given.minutes} minutes, deflate offered: {bool(deflate)}")
        r = crowd(clients=given.clients, rate=100, ramp=400, seconds=seconds, deflate=deflate)
        rows.append([
            "yes" if deflate else "no", r["live"], r["died"], f"{r['frames_s']:.0f}", f"{r['us_per_frame']:.1f}",
            f"{r['cpu_pct']:.0f}", f"{r['lat_p50_ms']:.0f}", f"{r['lat_p99_ms']:.0f}", f"{r['lat_max_ms']:.0f}",
            f"{r['rss_kb_per_client']:.1f}",
        ])  # fmt: skip
    headers = [
        "deflate offered",
        "clients",
        "lost",
        "frames/s",
        "us a frame",
        "CPU, %",
        "p50, ms",
        "p99, ms",
        "most, ms",
        "kB a client",
    ]
    print(table(headers, rows))


if __name__ == "__main__":
    main()
