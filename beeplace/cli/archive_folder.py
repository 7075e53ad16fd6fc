"""The command `archive`: what remains of an event, in a folder."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from beeplace.cli.export import history_archive
from beeplace.cli.film import seconds_of
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.gateway.http.pages import ARCHIVE, folder
from beeplace.history.folder.write import write_folder
from beeplace.progress import FOLLOWER
from beeplace.settings.settings import Settings
from beeplace.terminal import IO, USAGE, fail, say


def run(given: argparse.Namespace) -> int:
    """Runs `beeplace archive`; its exit code."""
    try:
        film_seconds = 0.0 if given.film == "0" else seconds_of("--film", given.film)
    except ValueError as error:
        return fail(str(error), USAGE)
    return run_work(_write(given.folder, film_seconds, followed=given.followed))


def _write(path: Path, film_seconds: float, *, followed: bool) -> Work:
    async def work(settings: Settings) -> int:
        if followed:
            _be_followed()
        player = folder() / ARCHIVE
        if not player.is_dir():
            return fail(f"the replay was not built: there is no {player}", IO)
        done = await write_folder(history_archive(settings), path, player, film_seconds, ZoneInfo(settings.time_zone))
        if followed:
            _tell(seq=done.seq)
        else:
            say(f"{path}: the log as of {done.epoch}:{done.seq}; open {path / 'index.html'}")
        return 0

    return work


def _be_followed() -> None:
    """Tells a gateway how far it is, in lines of JSON, and stops when that has gone: the end of the input says so."""
    FOLLOWER.set(lambda step, share: _tell(step=step, share=share))
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _stop, task)


def _stop(task: asyncio.Task[int]) -> None:
    asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
    task.cancel()


def _tell(**told: str | float) -> None:
    say(orjson.dumps(told).decode())
