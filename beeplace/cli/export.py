"""The command `export`: the log into a file for other tools, or through a pipe."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

import orjson

from beeplace import app
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.desk.selection import AskedSelection, read_selection
from beeplace.errors import BadRequest
from beeplace.history.export.chosen import ChosenEntries, beginning, seq_before
from beeplace.history.export.export import FORMS, export
from beeplace.history.object_store import is_object
from beeplace.history.whole_file import STANDARD
from beeplace.log.archive import Archive, Head
from beeplace.models import fitted
from beeplace.settings.settings import Settings
from beeplace.terminal import USAGE, fail, say

_BY_SUFFIX = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace export`; its exit code."""
    try:
        to: Path | str = given.to if is_object(given.to) else Path(given.to)
    except ValueError as error:
        return fail(f"--to {error}", USAGE)
    try:
        asked = asked_selection(given.selection) if given.selection else None
    except BadRequest as error:
        return fail(f"--selection: {error}", USAGE)
    form = given.form or _BY_SUFFIX.get(PurePosixPath(to).suffix.lower())
    if form is None:
        return fail(f"--as must say the form, {', '.join(FORMS)}: {to} does not", USAGE)
    return run_work(_export(to, form, asked))


def asked_selection(text: str) -> AskedSelection:
    """What `--selection` says. Raises BadRequest."""
    try:
        return fitted(orjson.loads(text), AskedSelection)
    except orjson.JSONDecodeError as error:
        raise BadRequest(422, 'must be JSON, as {"people": ["bee-1f2e3d4c"]}') from error


def _export(to: Path | str, form: str, asked: AskedSelection | None) -> Work:
    async def work(settings: Settings) -> int:
        archive = history_archive(settings)
        try:
            done = await export(archive, to, form, partial(chosen, archive, asked) if asked else None)
        except BadRequest as error:
            return fail(f"--selection: {error}", USAGE)
        told = f"{to}: {done.entries:,} entries as of {done.epoch}:{done.seq}, sha256 {done.sha256}"
        say(told, sys.stderr if to == STANDARD else sys.stdout)
        return 0

    return work


async def chosen(archive: Archive, asked: AskedSelection, head: Head) -> ChosenEntries:
    """What the desk would select of the present epoch. Raises BadRequest."""
    seq = head.state.seq

    async def seqs_before(moments: Sequence[int]) -> list[int]:
        return [await seq_before(archive, seq, moment) for moment in moments]

    meant = await read_selection(asked, head.state, await beginning(archive, head), seqs_before)
    area = meant.area if asked.area else None
    return ChosenEntries(min(meant.after, meant.to), meant.to, area, meant.people, meant.others, meant.kinds)


def history_archive(settings: Settings) -> Archive:
    """The database that history is read from."""
    standby = settings.history_database_url
    return app.archive(replace(settings, database_url=standby) if standby else settings)
