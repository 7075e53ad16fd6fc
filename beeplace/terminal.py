"""What every command says to the terminal, and the exit codes with which it ends."""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

USAGE = os.EX_USAGE
DATA = os.EX_DATAERR
NO_INPUT = os.EX_NOINPUT
UNAVAILABLE = os.EX_UNAVAILABLE
HANGING = os.EX_SOFTWARE
IO = os.EX_IOERR
TEMPORARY = os.EX_TEMPFAIL
FORBIDDEN = os.EX_NOPERM
CONFIGURATION = os.EX_CONFIG
INTERRUPTED = 130


def say(line: str, to: TextIO | None = None) -> None:
    """A line for people, at once also where nobody looks at a terminal."""
    to = to or sys.stdout
    to.write(line + os.linesep)
    to.flush()


def end_at_once(code: int) -> NoReturn:
    """Ends the process with what was said, and without what else is done at an end: nothing is waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def fail(line: str, code: int) -> int:
    """Why it ends, and the code to end with."""
    sys.stderr.write(f"beeplace: {line}\n")
    return code
