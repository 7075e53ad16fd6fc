"""The progress bar of long work."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.closed_store import closed_store
from tests.e2e.process import begin_beeplace


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """With a database of 8 entries."""
    return (await closed_store(tmp_path)).folder


def on_a_terminal(folder: Path, *command: str) -> str:
    """What a command writes to its terminal."""
    ours, theirs = pty.openpty()
    process = begin_beeplace(
        folder, *command, stdout=subprocess.DEVNULL, stderr=theirs, DATABASE_URL="sqlite:///board.db"
    )
    os.close(theirs)
    shown = b""
    try:
        while more := os.read(ours, 4096):
            shown += more
    except OSError:  # what Linux says once the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize("command", [["backup", "file"], ["verify"]])
def test_long_work_shows_how_far_it_is_on_a_terminal(folder: Path, command: list[str]) -> None:
    """It ends full, and leaves an empty line."""
    shown = on_a_terminal(folder, *command)
    assert f"{command[0]} [{'#' * 30}] 100%  8 " in shown
    assert shown.endswith("\r\x1b[K")


def test_a_restore_shows_it_too(folder: Path) -> None:
    on_a_terminal(folder, "backup", "file")
    (folder / "board.db").unlink()
    assert f"restore [{'#' * 30}] 100%  9 " in on_a_terminal(folder, "restore", "file")
