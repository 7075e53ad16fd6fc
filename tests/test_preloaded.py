"""A fork of the template is BeePlace with the settings, files and end of a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from beeplace import __version__
from tests import preloaded
from tests.conftest import StartServer


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return preloaded.run(folder, {**os.environ, **settings}, 60, *arguments)


def test_a_command_ends_as_it_does_alone(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"beeplace {__version__}\n", "")
    wrong = run(tmp_path, "serve", "--workers", "none")
    assert (wrong.returncode, wrong.stdout) == (64, "")
    assert "must be an integer" in wrong.stderr


def test_settings_are_its_own(tmp_path: Path) -> None:
    refused = run(tmp_path, COOLDOWN="often")
    assert refused.returncode == 78
    assert "COOLDOWN" in refused.stderr
    assert "COOLDOWN" not in os.environ


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_a_server_ends_by_signals(start_server: StartServer, number: int, code: int) -> None:
    server = start_server()
    assert isinstance(server.process, preloaded.Fork)
    assert server.process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        server.process.wait(0.01)
    server.process.send_signal(number)
    assert server.process.wait(60) == code
    assert server.stop() == code
    assert (server.folder / "data" / "beeplace.db").exists()


def test_several_threads_hear_of_one_end(start_server: StartServer) -> None:
    server = start_server()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(server.process.wait, 60) for _ in range(8)]
        server.process.kill()
        assert {each.result() for each in waiting} == {-9}
    server.stop()
    assert start_server().process.poll() is None, "the template has ended"


def test_what_is_read_before_the_fork_asks_for_a_real_start(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").touch()
    assert not preloaded.can_start({**os.environ, "PYTHONPATH": f"/nowhere{os.pathsep}{tmp_path}"})
    assert preloaded.can_start({**os.environ, "PORT": "1"})
    assert not preloaded.can_start({**os.environ, "PYTHONUTF8": "0"})


def test_another_module_reads_and_says_what_it_would_alone(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "upper.py").write_text("import sys\nprint(sys.stdin.read().upper(), *sys.argv[1:])\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "place")}
    assert preloaded.can_start(environment)
    with preloaded.start(tmp_path, environment, "one", "two", module="upper", stdin=preloaded.PIPE) as process:
        assert process.stdin
        assert process.stdout
        with process.stdin as pipe:
            pipe.write(b"bees")
        assert (process.stdout.read(), process.wait(60)) == (b"BEES one two\n", 0)
