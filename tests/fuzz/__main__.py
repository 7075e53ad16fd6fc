"""`make fuzz`: frames changed in structure, frames changed in their bytes, and HTTP requests, against a real server.

Prints the seed first and the totals in the end, writes them as JSON, and exits with 1 where a promise was broken.
A run that was cut short goes on with the same seed, fewer frames and requests, and `--first-batch`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.fuzz.rig import Plan, Rig
from tests.fuzz.target import target


def main() -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--frames", type=int, default=plan.frames, help="of each of both kinds (default %(default)s)")
    parser.add_argument("--requests", type=int, default=plan.requests, help="over HTTP (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=0, help="end sooner; 0: never (default)")
    parser.add_argument("--first-batch", type=int, default=0, help="number of the first batch (default %(default)s)")
    parser.add_argument("--seed", type=int, default=plan.seed, help="of all that is random; a new one without it")
    parser.add_argument("--json", type=Path, default=Path("dist/fuzz.json"), help="totals (default %(default)s)")
    given = vars(parser.parse_args())
    report = given.pop("json")
    return asyncio.run(run(Plan(**given), report))


async def run(plan: Plan, report: Path) -> int:
    print(f"seed {plan.seed}: {plan.frames} frames of each kind, {plan.requests} requests", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="beeplace-fuzz-"))
    broken = ""
    async with target(folder) as server:
        rig = Rig(plan, server, lambda line: print(line, flush=True))
        try:
            await rig.run()
        except* (AssertionError, TimeoutError, OSError) as errors:
            broken = "; ".join(f"{type(error).__name__}: {error}"[:2000] for error in errors.exceptions)
    totals = rig.totals.as_json() | {"broken": broken}
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(totals, indent=2) + "\n")
    for name in ("sent", "seconds", "connections", "ends", "unfinished_requests", "batches"):
        print(f"{name.replace('_', ' '):>20} {totals[name]}")
    print(f"{'memory kB':>20} {totals['memory_kb'][0]} to {totals['memory_kb'][-1]}" if totals["memory_kb"] else "")
    if not broken:
        shutil.rmtree(folder)
        return 0
    print(f"{broken}\nkept: {folder}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
