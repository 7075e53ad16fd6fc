"""`make crash`: kills a real server a hundred times under 200 placements a second, and judges what is left.

Prints the seed first and the totals in the end, writes them as JSON, and exits with 1 where a promise was
broken; the database and the server's log are kept then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.crash.rig import Plan, Rig


def main() -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=plan.kills, help="kills to survive (default %(default)s)")
    parser.add_argument("--per-second", type=int, default=plan.per_second, help="placements (default %(default)s)")
    parser.add_argument("--seed", type=int, help="of all that is random; a new one is drawn without it")
    parser.add_argument("--json", type=Path, default=Path("dist/crash.json"), help="totals (default %(default)s)")
    given = parser.parse_args()
    seed = plan.seed if given.seed is None else given.seed
    return run(replace(plan, kills=given.kills, per_second=given.per_second, seed=seed), given.json)


def run(plan: Plan, report: Path) -> int:
    print(f"seed {plan.seed}: {plan.kills} kills under {plan.per_second} placements a second", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="beeplace-crash-"))
    totals = asyncio.run(Rig(plan, folder).run()).as_json()
    for name, value in totals.items():
        if name != "violations":
            print(f"{name.replace('_', ' '):>26} {value}")
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(totals, indent=2) + "\n")
    if not totals["violations"]:
        shutil.rmtree(folder)
        return 0
    for violation in totals["violations"][:20]:
        print(violation)
    print(f"{len(totals['violations'])} violations; kept: {folder}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
