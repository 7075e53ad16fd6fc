"""What docs/talk-to-it.md shows is run as it stands, against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.clients.http import get
from tests.conftest import StartServer
from tests.e2e.thesis.javascript_client import node
from tests.project.tree import ROOT

PAGE = (ROOT / "docs" / "talk-to-it.md").read_text()
DEADLINE_SECONDS = 60
RUN = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"], "js": []}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def ran(folder: Path, url: str, program: Sequence[str]) -> str:
    environment = {**os.environ, "URL": url, "FROM": str(ROOT / "frontend" / "package.json")}
    done = subprocess.run(
        program, cwd=folder, env=environment, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_language_of_the_page_is_run_here() -> None:
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == set(RUN)


async def test_the_picture_by_curl(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(BOARD_SIZE=16)
    picture = next(block for block in blocks("sh") if "board.bin" in block)
    ran(tmp_path, server.url, [*RUN["sh"], picture])
    assert (tmp_path / "board.bin").stat().st_size == 16 * 16
    assert (tmp_path / "board.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("language", "pixel"), [("sh", (1, 2, 3)), ("python", (3, 4, 5)), ("js", (5, 6, 7))])
async def test_a_pixel_from_each(
    start_server: StartServer, tmp_path: Path, language: str, pixel: tuple[int, int, int]
) -> None:
    server = start_server(BOARD_SIZE=16)
    block = next(block for block in blocks(language) if "pixelFromPlayer" in block)
    if language == "js":
        (tmp_path / "talk.mjs").write_text(block)
        told = ran(tmp_path, server.url, [node(), "talk.mjs"])
    else:
        told = ran(tmp_path, server.url, [*RUN[language], block])
    assert "remainingPixels" in told
    _, pixels, _ = await get(server.url, "/api/board")
    x, y, color = pixel
    assert pixels[y * 16 + x] == color
