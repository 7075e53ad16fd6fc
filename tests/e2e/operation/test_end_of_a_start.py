"""A start whose database takes connections and says nothing ends as soon as it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import API_KEY
from tests.waiting import ended

BOUND_SECONDS = 3.0  # of one that is promised, on a busy machine; waiting for the database would take ten
ACCEPT_SECONDS = 60.0


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A database that is a listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(ACCEPT_SECONDS)
        yield listening


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGTERM, "1"), (signal.SIGINT, "1"), (signal.SIGTERM, "2")], ids=str
)
def test_a_signal_ends_a_start_that_waits(
    silent: socket.socket, tmp_path: Path, number: signal.Signals, workers: str
) -> None:
    url = f"postgresql://ann:horse@127.0.0.1:{silent.getsockname()[1]}/board"
    process = subprocess.Popen(
        [sys.executable, "-m", "beeplace", "serve", "--workers", workers],
        cwd=tmp_path,
        env={**os.environ, "API_KEY": API_KEY, "DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": "0"},
        stderr=subprocess.PIPE,
    )
    connection, _ = silent.accept()
    with connection:
        began = time.monotonic()
        process.send_signal(number)
        code = ended(process, "the server")
        assert time.monotonic() - began < BOUND_SECONDS
    assert process.stderr
    with process.stderr as stderr:
        said = stderr.read().decode()
    assert code == 0
    assert "Traceback" not in said
