"""`make chaos`: run after run, each from a seed of its own, until the time is over; totals as JSON in a folder.

Prints a line for each run, keeps the folder of one that broke a promise, and exits with 1 then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chaos import power
from tests.chaos.faults.nemesis import ACTIVE
from tests.chaos.lineage import STORIES
from tests.chaos.rig import Plan, Rig
from tests.chaos.site import Shape
from tests.chaos.totals import Totals


def main() -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60, help="begin no run after so many (default %(default)s)")
    parser.add_argument("--runs", type=int, default=10_000, help="and no more than so many")
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="of faults in a run (default %(default)s)")
    parser.add_argument("--per-second", type=int, default=plan.per_second, help="placements (default %(default)s)")
    parser.add_argument("--people", type=int, default=plan.people, help="who place (default %(default)s)")
    parser.add_argument("--browsers", type=int, default=2, help="that watch (default %(default)s)")
    parser.add_argument("--store", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--gateways", type=int, default=2, help="on PostgreSQL (default %(default)s)")
    parser.add_argument("--refresh", type=int, default=100, help="milliseconds between batches (default %(default)s)")
    parser.add_argument("--planted", default="", help="a fault of tests/chaos/faults/faulty.py, which must be found")
    parser.add_argument("--faults", nargs="*", help="names of faults; default: all")
    parser.add_argument("--no-crashes", action="store_true", help="gateways do not end at crash points")
    parser.add_argument("--most-passes", type=int, default=plan.most_passes, help="of a crash point (%(default)s)")
    parser.add_argument("--seed", type=int, help="of the first run; a new one is drawn without it")
    parser.add_argument(
        "--results", type=Path, default=Path("dist/chaos"), help="a file for each run (default %(default)s)"
    )
    parser.add_argument("--cuts", type=int, default=0, help="only cut the power so often under SQLite")
    parser.add_argument("--stories", action="store_true", help="only what befalls a board as a whole, see lineage.py")
    given = parser.parse_args()
    if given.cuts:
        return cut(given)
    is_whole = not given.planted and given.faults is None
    broken = told(given.results) if given.stories or is_whole else False
    return int(broken) if given.stories else int(broken) | run(given)


def told(results: Path) -> bool:
    """Plays each story once; whether a promise was broken."""
    broken, seed = False, random.SystemRandom().randrange(2**32)
    kept: dict[str, Any] = {"seed": seed, "store": "stories", "stories": {}, "violations": []}
    for name, story in STORIES.items():
        with tempfile.TemporaryDirectory(prefix="beeplace-story-") as folder:
            violations = asyncio.run(story(Path(folder)))
        print(f"{name}: {len(violations)} violations", flush=True)
        for violation in violations:
            print(f"  {violation[:300]}")
        broken |= bool(violations)
        kept["stories"][name] = 1
        kept["violations"] += violations
    results.mkdir(parents=True, exist_ok=True)
    (results / f"stories-{seed}.json").write_text(json.dumps(kept, indent=2) + "\n")
    return broken


def cut(given: argparse.Namespace) -> int:
    """One run on SQLite without other faults, and power cuts at random steps of what it wrote."""
    shape = Shape("sqlite", planted=given.planted or "power-trace")
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    plan = Plan(
        seconds=given.seconds, per_second=given.per_second, crashes=(), faults=frozenset(), shape=shape, seed=seed
    )
    with tempfile.TemporaryDirectory(prefix="beeplace-power-") as folder:
        rig = Rig(plan, Path(folder))
        totals = asyncio.run(_ended_in_order(rig))
        found = list(power.cuts(Path(folder) / "gateway0" / power.TRACE, rig.history, given.cuts, seed))
    totals.power_cuts, totals.violations = given.cuts, totals.violations + found
    totals.count_violations()
    _keep(totals, given.results, "power")
    return int(bool(totals.violations))


def run(given: argparse.Namespace) -> int:
    seeds = random.Random(given.seed)
    seed = given.seed if given.seed is not None else seeds.randrange(2**32)
    ends, broken = time.monotonic() + 60 * given.minutes, False
    for _ in range(given.runs):
        plan = Plan(
            seconds=given.seconds, per_second=given.per_second, people=given.people, browsers=given.browsers,
            crashes=() if given.no_crashes else ACTIVE, most_passes=given.most_passes,
            faults=None if given.faults is None else frozenset(given.faults), seed=seed,
            shape=Shape(given.store, given.gateways, given.planted, {"BOARD_REFRESH_RATE": given.refresh}),
        )  # fmt: skip
        broken |= bool(one(plan, given.results).violations)
        seed = seeds.randrange(2**32)
        if time.monotonic() >= ends:
            break
    return int(broken)


def one(plan: Plan, results: Path) -> Totals:
    """One run: its line, its file, and its folder where something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"beeplace-chaos-{plan.seed}-"))
    totals = asyncio.run(_ended_in_order(Rig(plan, folder)))
    _keep(totals, results, plan.shape.store)
    if totals.violations:
        print(f"  kept: {folder}", flush=True)
    else:
        shutil.rmtree(folder)
    return totals


def _keep(totals: Totals, results: Path, what: str) -> None:
    print(totals.line(), flush=True)
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{what}-{totals.seed}.json").write_text(json.dumps(totals.as_json(), indent=2) + "\n")
    for violation in totals.violations[:20]:
        print(f"  {violation[:300]}")


async def _ended_in_order(rig: Rig) -> Totals:
    """A run that ends its servers also when it is told to stop."""
    task = asyncio.ensure_future(rig.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


if __name__ == "__main__":
    sys.exit(main())
