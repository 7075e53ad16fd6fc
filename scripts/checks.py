"""Runs the named make targets one after another and stops at the first that fails; `make test` calls it.

Targets with commas between them run side by side, as many as there are processors; what each says comes when it ends.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """One target; `said` is empty where it has spoken for itself."""

    name: str
    seconds: float
    failed: bool
    said: str

    def line(self) -> str:
        return f"{'FAILED' if self.failed else 'passed'}  {self.name:<18} {self.seconds:6.1f} s"


def main(groups: list[str]) -> int:
    started = time.monotonic()
    ended: list[Ended] = []
    left = [group.split(",") for group in groups]
    while left and not any(one.failed for one in ended):
        ended += run_all(left.pop(0))
    failed = [one.name for one in ended if one.failed]
    print("\n" + "\n".join(one.line() for one in ended) + f"\nafter {time.monotonic() - started:.0f} s")
    if failed:
        rest = ", ".join(name for names in left for name in names) or "nothing"
        print(f"make test stopped at '{failed[0]}', which failed; `make {failed[0]}` runs it alone. Not run: {rest}")
    print(f"checks: {len(ended) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run_all(names: list[str]) -> list[Ended]:
    """All of them, whatever becomes of the others."""
    if len(names) == 1:
        print(f"\n== {names[0]}", flush=True)
        return [run(names[0], stdout=None)]
    ended = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for one in as_completed([threads.submit(run, name, stdout=subprocess.PIPE) for name in names]):
            ended.append(one.result())
            print(f"\n== {ended[-1].name}\n{ended[-1].said}", end="", flush=True)
    return ended


def run(name: str, stdout: int | None) -> Ended:
    """The surrounding make's flags and job server are not for the check."""
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    started = time.monotonic()
    done = subprocess.run(
        ["make", "--no-print-directory", name],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ended(name, time.monotonic() - started, done.returncode != 0, done.stdout or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
