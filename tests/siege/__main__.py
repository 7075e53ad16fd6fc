"""`make siege`: crowds that mean harm or have bad luck, against real servers; results as JSON in a folder.

Prints a line for each scenario and board, what was too much, and exits with 1 then. Loopback alone, each scenario
bounded in time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvloop

from tests.siege.besieged import ROOT
from tests.siege.run import SCENARIOS, Form, run
from tests.siege.scenario import Result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.siege", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"default: all of {', '.join(SCENARIOS)}")
    parser.add_argument("--boards", type=int, nargs="+", default=[64, 1024, 4096], help="sides (default %(default)s)")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the crowd and the time (default %(default)s)"
    )
    parser.add_argument("--checkout", type=Path, default=ROOT, help="another one, set up, whose server is tried")
    parser.add_argument("--results", type=Path, default=Path("dist/siege"), help="folder (default %(default)s)")
    given = parser.parse_args()
    if unknown := set(given.scenarios) - set(SCENARIOS):
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    given.results.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in given.scenarios or SCENARIOS:
        for side in given.boards:
            failed += _one(name, side, given)
    print(f"siege: {failed} failed" if failed else "siege: all within their bounds")
    return int(bool(failed))


def _one(name: str, side: int, given: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="beeplace-siege-") as folder:
        form = Form(side, given.store, given.checkout.resolve(), given.scale)
        result: Result = asyncio.Runner(loop_factory=uvloop.new_event_loop).run(
            _ended_in_order(run(SCENARIOS[name], form, Path(folder) / "server"))
        )
    print(result.line(), flush=True)
    for breach in result.breaches:
        print(f"    {breach}", flush=True)
    kept = {"commit": _commit(form.checkout), **result.as_json()}
    (given.results / f"{name}-{side}-{given.store}.json").write_text(json.dumps(kept, indent=2) + "\n")
    return bool(result.breaches)


def _commit(checkout: Path) -> str:
    """What was tried; empty where that is no clone."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


async def _ended_in_order(work: Coroutine[Any, Any, Result]) -> Result:
    """A scenario that ends its server also when it is told to stop."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


if __name__ == "__main__":
    sys.exit(main())
