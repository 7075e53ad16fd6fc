"""Writes docs/reliability.md, with the results of new runs: `python -m tests.chaos.report dist/chaos`.

What is kept of each run is in docs/reliability/runs.json, so that the page can be written again from it alone.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.chaos.promises import NOT_YET, PLANTED, PROMISES
from tests.siege import report as siege

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = ROOT / "docs" / "reliability" / "runs.json"
PAGE = ROOT / "docs" / "reliability.md"
DROPPED = ("violations", "killed_while_starting", "stopped", "still_open", "wishes_per_second")
Run = dict[str, Any]


def main(folder: Path) -> None:
    """Adds the runs of a folder to those that are known."""
    known = json.loads(RUNS.read_text()) if RUNS.exists() else []
    found = [kept(json.loads(file.read_text())) for file in folder.glob("*.json")]
    runs = sorted({run["seed"]: run for run in [*known, *found]}.values(), key=lambda run: run["seed"])
    RUNS.parent.mkdir(exist_ok=True)
    RUNS.write_text("[\n" + ",\n".join(json.dumps(run) for run in runs) + "\n]\n")
    PAGE.write_text(page(runs))


def kept(totals: Run) -> Run:
    """A run's totals in one form, whichever rig they come from."""
    run = {name: value for name, value in totals.items() if name not in DROPPED}
    run["broken"] = len(totals["violations"])
    if "store" not in run:
        run["store"] = "sqlite, kill -9"
        run["gateway_kills"] = run.pop("kills") + totals["killed_while_starting"]
    return run


def page(runs: list[Run]) -> str:
    """The whole page."""
    return "\n".join(
        [
            "# What is promised, and where it is shown",
            "",
            "Written by `python -m tests.chaos.report` from [`reliability/runs.json`](reliability/runs.json).",
            "",
            "| | promise | shown by | figure |",
            "|---|---|---|---|",
            *(f"| {name} | {words} | {', '.join(f'`{test}`' for test in tests)} | {figure(runs)} |"
              for name, words, tests, figure in PROMISES),
            *(f"| {name} | {words} | not promised yet | |" for name, words in NOT_YET),
            "",
            *_totals([run for run in runs if "stories" not in run]),
            *_faults(runs),
            *_stories([run for run in runs if "stories" in run]),
            *_planted(),
            *siege.section(siege.results()),
            *_method(),
        ]
    )  # fmt: skip


def total(runs: list[Run], name: str) -> int:
    """The sum over all runs that count it."""
    return sum(int(run.get(name, 0)) for run in runs)


def _totals(runs: list[Run]) -> list[str]:
    lines = [
        "## Totals",
        "",
        "| | " + " | ".join(_kinds(runs)) + " | all |",
        "|---|" + "---:|" * (len(_kinds(runs)) + 1),
    ]
    groups = [[run for run in runs if run["store"] == kind] for kind in _kinds(runs)] + [runs]
    rows = {
        "runs": [len(group) for group in groups],
        "minutes under load": [round(sum(run["seconds_under_load"] for run in group) / 60) for group in groups],
        **{words: [total(group, name) for group in groups] for words, name in COUNTED.items()},
        "other faults": [sum(sum(run.get("faults", {}).values()) for run in group) for group in groups],
    }
    lines += [
        f"| {words} | " + " | ".join(f"{number:,}" for number in numbers) + " |" for words, numbers in rows.items()
    ]
    kills = total(runs, "gateway_kills")
    bound = f"{300 / kills:.1g}" if kills else "100"
    return [*lines, "", f"{kills:,} kills without a loss bound the chance of one to {bound} % a kill (95 %).", ""]


COUNTED = {
    "placements asked for": "wishes",
    "confirmed, and checked in the log": "confirmed",
    "`kill -9` of a gateway": "gateway_kills",
    "power cuts": "power_cuts",
    "organisers' actions confirmed": "actions",
    "answers that got lost and were settled by asking again": "unknown_settled",
    "of them placements that had happened": "unknown_that_had_happened",
    "pictures compared with the log's replay": "pictures",
    "confirmed and lost": "lost",
    "doubled": "doubled",
    "over the allowance": "over_allowance",
    "broken promises of any kind": "broken",
}


def _kinds(runs: list[Run]) -> list[str]:
    return sorted({run["store"] for run in runs})


def _faults(runs: list[Run]) -> list[str]:
    counts = sum((Counter(run.get("faults", {})) for run in runs), Counter[str]())
    points = sum((Counter(run.get("crash_points", {})) for run in runs), Counter[str]())
    slowest: dict[str, float] = {}
    for run in runs:
        for name, seconds in run.get("slowest_return", {}).items():
            slowest[name] = max(seconds, slowest.get(name, 0.0))
    lines = ["## Faults", "", "How long it took at most, after a fault was over, until something was confirmed again;",
             "a gateway that starts meanwhile, or the next fault, is part of it.", "",
             "| fault | times | seconds |", "|---|---:|---:|"]  # fmt: skip
    lines += [f"| {name} | {count} | {slowest.get(name, 0.0):.2f} |" for name, count in sorted(counts.items())]
    ends = ", ".join(f"{point} {count}" for point, count in sorted(points.items()))
    return [*lines, "", f"Lives of gateways that ended at a crash point: {ends}.", ""]


def _stories(runs: list[Run]) -> list[str]:
    played = sum((Counter(run["stories"]) for run in runs), Counter[str]())
    lines = [
        "## Stories",
        "",
        f"Promises broken in them: {total(runs, 'broken')}.",
        "",
        "| story | times |",
        "|---|---:|",
    ]
    return [*lines, *(f"| {name} | {times} |" for name, times in sorted(played.items())), ""]


def _planted() -> list[str]:
    lines = ["## Faults that the rig must find", "", "| planted | found as | test |", "|---|---|---|"]
    return [*lines, *(f"| {what} | {found} | `{test}` |" for what, found, test in PLANTED), ""]


def _method() -> list[str]:
    return [
        "## Method",
        "",
        "`make chaos` runs real gateways, PostgreSQL and Redis on a machine of 2 cores, each link over a proxy that",
        "can delay, cut, silence, stop and double. People place with request ids, ask again after every break on any",
        "gateway, and in half of the runs for everything on two at once; two real browsers may watch. Schedule and",
        "choices come from the seed of each run (`--seed`), the timing does not. `make crash` does the same to one",
        "gateway on SQLite. A checker that shares no code with the server reads the database and compares it with",
        "everything that anybody was told or saw.",
        "",
        "What befalls a board as a whole is played as stories (`tests/chaos/lineage.py`,",
        "`make chaos ARGS=--stories`): a rehearsal from a backup or a cloned database beside production, on the same",
        "Redis; an older copy put back; a WAL deleted, or the file replaced, under a gateway; a system that hides the",
        "boot's name, as `ProcSubset=pid` does.",
        "",
        "Other programs ran on the same two cores; where they left too little, commits took longer than the database's",
        "limits and placements were refused (`store_unavailable`), also where Redis alone was disturbed.",
        "",
        "Not among the faults: full disks, a failover to an older Redis, a changed clock, several machines. The tests",
        "of the adapters (`tests/log`) have some of them; memory and delays are watched by `tests/e2e`.",
        "",
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/chaos"))
