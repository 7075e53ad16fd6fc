"""What every command says to the terminal, and the exit codes with which it ends (sysexits.h)."""

from __future__ import annotations

import os
import sys

USAGE, DATA, NO_INPUT, UNAVAILABLE, HANGING, IO, TEMPORARY, FORBIDDEN, CONFIGURATION = (
    64,
    65,
    66,
    69,
    70,
    74,
    75,
    77,
    78,
)
INTERRUPTED = 130


def say(line: str) -> None:
    """A line for people, at once also where nobody looks at a terminal."""
    sys.stdout.write(line + os.linesep)
    sys.stdout.flush()


def fail(line: str, code: int) -> int:
    """Why it ends, and the code to end with."""
    sys.stderr.write(f"beeplace: {line}\n")
    return code
