"""The command `archive`: what remains of an event, in a folder."""

from __future__ import annotations

from pathlib import Path

from beeplace.cli.export import history_archive
from beeplace.cli.work import Work
from beeplace.cli.work import run as run_work
from beeplace.gateway.http.pages import ARCHIVE, folder
from beeplace.history.folder.write import write_folder
from beeplace.settings.settings import Settings
from beeplace.terminal import IO, fail, say


def run(path: Path) -> int:
    """Runs `beeplace archive`; its exit code."""
    return run_work(_write(path))


def _write(path: Path) -> Work:
    async def work(settings: Settings) -> int:
        player = folder() / ARCHIVE
        if not player.is_dir():
            return fail(f"the replay was not built: there is no {player}", IO)
        done = await write_folder(history_archive(settings), path, player)
        say(f"{path}: the log as of {done.epoch}:{done.seq}; open {path / 'index.html'}")
        return 0

    return work
