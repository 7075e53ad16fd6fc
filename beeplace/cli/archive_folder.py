"""The command `archive`: what remains of an event, in a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

from beeplace.cli.export import history_archive
from beeplace.cli.film import seconds_of
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.gateway.http.pages import ARCHIVE, folder
from beeplace.history.folder.write import write_folder
from beeplace.settings.settings import Settings
from beeplace.terminal import IO, USAGE, fail, say


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace archive`; its exit code."""
    try:
        film_seconds = 0.0 if given.film == "0" else seconds_of("--film", given.film)
    except ValueError as error:
        return fail(str(error), USAGE)
    return run_work(_write(given.folder, film_seconds))


def _write(path: Path, film_seconds: float) -> Work:
    async def work(settings: Settings) -> int:
        player = folder() / ARCHIVE
        if not player.is_dir():
            return fail(f"the replay was not built: there is no {player}", IO)
        done = await write_folder(history_archive(settings), path, player, film_seconds, ZoneInfo(settings.time_zone))
        say(f"{path}: the log as of {done.epoch}:{done.seq}; open {path / 'index.html'}")
        return 0

    return work
