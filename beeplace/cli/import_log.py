"""The command `import`: another canvas's log, or an export of BeePlace, into an empty database."""

from __future__ import annotations

import argparse
import sys

from beeplace import app
from beeplace.cli.work import run as run_work
from beeplace.history.imports.import_export import import_export
from beeplace.history.imports.import_log import import_log
from beeplace.settings.settings import Settings
from beeplace.terminal import DATA, end_at_once, say


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace import`; its exit code."""

    async def work(settings: Settings) -> int:
        archive = app.archive(settings)
        if given.form == "beeplace":
            done = await import_export(archive, given.file, settings=settings.live, colors=settings.colors)
        else:
            done = await import_log(
                archive,
                given.file,
                given.form,
                settings=settings.live,
                colors=settings.colors,
                told=lambda line: say(line, sys.stderr),
            )
        state = done.state
        say(
            f"Imported {state.seq:,} entries on {state.width} x {state.height} pixels, as of {state.epoch}:{state.seq}."
        )
        if done.wrong:
            say(f"{done.wrong:,} rows are wrong and were left out.", sys.stderr)
        if any(done.shift):
            say(f"The file has coordinates below 0: {done.shift[0]} was added to each x, {done.shift[1]} to each y.")
        if (settings.board_width, settings.board_height) != (state.width, state.height):
            say(f"The settings name another size: set BOARD_WIDTH={state.width} and BOARD_HEIGHT={state.height}.")
        return 0

    code = run_work(work)
    if code == DATA:
        # Arrow may still read ahead in the refused file, in threads that call Python: an end in order can wait for them
        # for ever, and they for it.
        end_at_once(code)
    return code
