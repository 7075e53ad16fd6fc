"""Imports point one way, from the command line down to the board; a technology is known to its adapter alone."""

from pathlib import PurePath

import pytest

from tests.project import tree
from tests.project.imports import imported, reads_environment, wrong_arrows

SOURCES = {path: tree.text(path) for path in tree.files("beeplace/*.py")}


def test_imports_point_one_way() -> None:
    assert len(SOURCES) > 3
    assert [wrong for path, source in SOURCES.items() for wrong in sorted(wrong_arrows(source, path))] == []


def test_the_tests_clients_know_nothing_of_the_server() -> None:
    """What judges the wire is a reading of its own, of the standards and of the contract."""
    clients = {path: tree.text(path) for path in tree.files("tests/clients/*.py")}
    assert len(clients) > 9
    assert [
        (path, name) for path, source in clients.items() for name in imported(source, path) if "beeplace" in name
    ] == []


def test_only_the_settings_read_the_environment() -> None:
    assert {str(path) for path, source in SOURCES.items() if reads_environment(source)} <= {
        "beeplace/settings/settings.py"
    }


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("beeplace/board/rules.py", "from beeplace.gateway.wire import protocol"),
        ("beeplace/board/rules.py", "from ..gateway.wire.protocol import encode"),
        ("beeplace/board/rules.py", "from beeplace.log.store import Store"),
        ("beeplace/board/rules.py", "import beeplace.app"),
        ("beeplace/log/replica.py", "from beeplace.history.delayed_board import Trail"),
        ("beeplace/history/delayed_board.py", "from beeplace.gateway.http import pages"),
        ("beeplace/history/delayed_board.py", "import beeplace.app"),
        ("beeplace/people/presence.py", "from beeplace.settings.settings import Settings"),
        ("beeplace/log/commit_loop.py", "import aiohttp.web"),
        ("beeplace/board/rules.py", "def late():\n    import socketio"),
        ("beeplace/board/rules.py", "import apsw"),
        ("beeplace/log/store.py", "from beeplace.log import sqlite"),
        ("beeplace/log/store.py", "from .sqlite import store"),
        ("beeplace/log/postgres/store.py", "from beeplace.log.sqlite.store import SqliteStore"),
        ("beeplace/log/sqlite/store.py", "import asyncpg"),
        ("beeplace/gateway/events.py", "from beeplace.log.sqlite.store import SqliteStore"),
        ("beeplace/gateway/events.py", "from beeplace.app import build"),
        ("beeplace/gateway/events.py", "import redis.asyncio"),
        ("beeplace/gateway/wire/socketio.py", "from beeplace.gateway.connection import session"),
        ("beeplace/gateway/fanout/drain.py", "from beeplace.gateway.http import pages"),
        ("beeplace/rooms_nobody_knows/file.py", "import beeplace.errors"),
    ],
)
def test_a_wrong_arrow_is_seen(path: str, source: str) -> None:
    assert wrong_arrows(source, PurePath(path))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("beeplace/log/sqlite/store.py", "import apsw\nfrom beeplace.log.store import Store"),
        ("beeplace/board/rules.py", "from beeplace import errors\nfrom .geometry import Pixel"),
        ("beeplace/gateway/socketio_server.py", "import socketio\nfrom beeplace.log.store import Store"),
        ("beeplace/gateway/http/board.py", "from beeplace.gateway.connection import close_codes"),
        ("beeplace/app.py", "from beeplace.log.sqlite.store import SqliteStore"),
    ],
)
def test_a_right_arrow_is_let_through(path: str, source: str) -> None:
    assert wrong_arrows(source, PurePath(path)) == set()


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_reading_the_environment_is_seen(source: str) -> None:
    assert reads_environment(source)
