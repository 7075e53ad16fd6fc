"""Imports point one way: app -> gateway -> board; a technology is known to its adapter alone."""

from pathlib import PurePath

import pytest

from tests.project import tree
from tests.project.imports import reads_environment, wrong_arrows

SOURCES = {path: tree.text(path) for path in tree.files("beeplace/*.py")}


def test_imports_point_one_way() -> None:
    assert len(SOURCES) > 3
    assert [wrong for path, source in SOURCES.items() for wrong in sorted(wrong_arrows(source, path))] == []


def test_only_the_settings_read_the_environment() -> None:
    assert {str(path) for path, source in SOURCES.items() if reads_environment(source)} <= {"beeplace/settings.py"}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("beeplace/board/rules.py", "from beeplace.gateway import protocol"),
        ("beeplace/board/rules.py", "from ..gateway.protocol import encode"),
        ("beeplace/board/rules.py", "import beeplace.app"),
        ("beeplace/board/rules.py", "from beeplace.displays.trail import Trail"),
        ("beeplace/gateway/pages.py", "from beeplace.displays.trail import Trail"),
        ("beeplace/displays/trail.py", "import beeplace.app"),
        ("beeplace/board/rules.py", "import aiohttp.web"),
        ("beeplace/board/rules.py", "def late():\n    import socketio"),
        ("beeplace/board/rules.py", "import apsw"),
        ("beeplace/board/store.py", "from . import store_sqlite"),
        ("beeplace/gateway/sockets.py", "from beeplace.board.store_sqlite import SqliteStore"),
        ("beeplace/gateway/sockets.py", "from beeplace.app import build"),
        ("beeplace/gateway/sockets.py", "import redis.asyncio"),
        ("beeplace/board/store_sqlite.py", "import asyncpg"),
    ],
)
def test_a_wrong_arrow_is_seen(path: str, source: str) -> None:
    assert wrong_arrows(source, PurePath(path))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("beeplace/board/store_sqlite.py", "import apsw"),
        ("beeplace/board/rules.py", "from beeplace import errors\nfrom .pixel import Pixel"),
        ("beeplace/gateway/sockets.py", "import socketio\nfrom beeplace.board.store import Store"),
        ("beeplace/app.py", "from beeplace.board.store_sqlite import SqliteStore"),
    ],
)
def test_a_right_arrow_is_let_through(path: str, source: str) -> None:
    assert wrong_arrows(source, PurePath(path)) == set()


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_reading_the_environment_is_seen(source: str) -> None:
    assert reads_environment(source)
