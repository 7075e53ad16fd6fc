"""`make model`: a million random steps of all that is done and taken back, beside the models; prints how far it came.

    python -m tests.desk.long_run [--steps 1000000] [--minutes 600]

A step that differs ends it, with the shortest way there that hypothesis finds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.desk.order_machine import OrderMachine

STEPS_IN_ONE = 60
BOARDS_AT_ONCE = 25


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--steps", type=int, default=1_000_000, help="at least (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=600, help="at most (default %(default)s)")
    given = parser.parse_args()
    began, done = time.monotonic(), Counter[str]()

    class Counted(OrderMachine):
        def teardown(self) -> None:
            done.update({"steps": self.steps, "boards": 1})
            super().teardown()

    chosen = settings(
        max_examples=BOARDS_AT_ONCE, stateful_step_count=STEPS_IN_ONE, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    while done["steps"] < given.steps and time.monotonic() - began < 60 * given.minutes:
        run_state_machine_as_test(Counted, settings=chosen)
        if sys.stdout.isatty():
            print(f"\r{done['steps']:,} steps", end="\r", flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"{done['steps']:,} steps on {done['boards']:,} boards in {minutes:.0f} minutes, 0 differences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
