"""Kills gateways at each step of organisers' actions under load, at length: `python -m tests.crash.take_back`.

Prints the seed first and the totals in the end, writes them as JSON, and exits with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.crash.take_back_rig import Plan, TakeBackRig


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.take_back", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", action="store_true", help="two gateways on PostgreSQL and Redis")
    parser.add_argument("--rounds", type=int, default=60, help="actions (default %(default)s)")
    parser.add_argument("--seed", type=int, help="of all that is random; a new one is drawn without it")
    parser.add_argument("--json", type=Path, help="where the totals go, too")
    given = parser.parse_args()
    plan = Plan(rounds=given.rounds, shared=given.shared)
    plan = plan if given.seed is None else Plan(given.rounds, shared=given.shared, seed=given.seed)
    print(f"seed {plan.seed}: {plan.rounds} actions under {plan.per_second} placements a second", flush=True)
    with tempfile.TemporaryDirectory(prefix="beeplace-take-back-") as folder:
        totals = asyncio.run(TakeBackRig(plan, Path(folder)).run()).as_json()
    text = json.dumps(totals, indent=2)
    print(text)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(text + "\n")
    return 1 if totals["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
