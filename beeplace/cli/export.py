"""The command `export`: the log into a file for other tools, or through a pipe."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath

from beeplace import app
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.history.export.export import FORMS, export
from beeplace.history.object_store import is_object
from beeplace.history.whole_file import STANDARD
from beeplace.log.archive import Archive
from beeplace.settings.settings import Settings
from beeplace.terminal import USAGE, fail, say

_BY_SUFFIX = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace export`; its exit code."""
    try:
        to: Path | str = given.to if is_object(given.to) else Path(given.to)
    except ValueError as error:
        return fail(f"--to {error}", USAGE)
    form = given.form or _BY_SUFFIX.get(PurePosixPath(to).suffix.lower())
    if form is None:
        return fail(f"--as must say the form, {', '.join(FORMS)}: {to} does not", USAGE)
    return run_work(_export(to, form))


def _export(to: Path | str, form: str) -> Work:
    async def work(settings: Settings) -> int:
        done = await export(_archive(settings), to, form)
        told = f"{to}: {done.entries:,} entries as of {done.epoch}:{done.seq}, sha256 {done.sha256}"
        say(told, sys.stderr if to == STANDARD else sys.stdout)
        return 0

    return work


def _archive(settings: Settings) -> Archive:
    """The database that history is read from."""
    standby = settings.history_database_url
    return app.archive(replace(settings, database_url=standby) if standby else settings)
