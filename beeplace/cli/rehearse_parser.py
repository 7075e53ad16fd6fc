"""The arguments of `beeplace rehearse`; apart from the command, so that --help answers at once."""

from __future__ import annotations

import argparse
from typing import Final

MAX_PEOPLE: Final = 5_000  # from one process
_MOST_MINUTES = 240.0
ABOUT = f"""Sends synthetic people to a running site, to learn before the event what it holds: they come in one after
the other, most draw as the allowance lets them, some only watch, some leave and return. At the end it says in one page
who came in, who was refused and why, how long a pixel took to everyone's screen, how many bytes that was, and what to
change; and it takes back what they drew. API_KEY or API_KEY_FILE must have a key of that site's operator: without one
nobody rehearses there. Run it on another machine than the site, up to {MAX_PEOPLE:,} people from one process. Ctrl-C
ends it early, with the report. The exit code is 1 when something is to be changed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `beeplace rehearse` takes."""
    parser.add_argument("--people", type=_people, default=100, metavar="N", help=f"so many, 100; up to {MAX_PEOPLE:,}")
    parser.add_argument(
        "--minutes", type=_minutes, default=2.0, metavar="M", help="how long they stay once all have come, 2"
    )
    parser.add_argument("--url", help="address of the site; this machine's gateway, at PORT, if not given")
    parser.add_argument("--keep", action="store_true", help="leave on the board what they draw")


def _people(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_PEOPLE):
        raise argparse.ArgumentTypeError(f"must be an integer from 1 to {MAX_PEOPLE}, not {text[:20]!r}")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= _MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"must be a number above 0, up to {_MOST_MINUTES:g}, not {text[:20]!r}")
    return minutes
