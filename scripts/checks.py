"""Runs the named make targets one after another and stops at the first that fails; `make test` calls it."""

import os
import subprocess
import sys
import time


def main(names: list[str]) -> int:
    started = time.monotonic()
    report: list[str] = []
    for name in names:
        print(f"\n== {name}", flush=True)
        seconds, status = run(name)
        report.append(f"{'passed' if status == 0 else 'FAILED'}  {name:<18} {seconds:6.1f} s")
        if status != 0:
            break
    failed = sum(line.startswith("FAILED") for line in report)
    print("\n" + "\n".join(report) + f"\nafter {time.monotonic() - started:.0f} s")
    if failed:
        print(f"make test stopped at '{name}', which failed; `make {name}` runs it alone. Not run: {rest(names, name)}")
    print(f"checks: {len(report) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run(name: str) -> tuple[float, int]:
    """Seconds taken and exit code; the surrounding make's flags and job server are not for the check."""
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    started = time.monotonic()
    status = subprocess.run(
        ["make", "--no-print-directory", name], env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
    return time.monotonic() - started, status


def rest(names: list[str], name: str) -> str:
    return ", ".join(names[names.index(name) + 1 :]) or "nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
