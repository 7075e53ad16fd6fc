"""Commands that read a database where nothing can be written: a snapshot, a mount that is read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.phone import dial
from tests.conftest import StartServer

SECONDS = 60
MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def run_beside(place: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of BeePlace, run in `folder`, for which nothing in `place` can be written."""
    command = [sys.executable, "-m", "beeplace", *arguments]
    if os.geteuid() == 0:  # whom no file's mode stops
        command = ["unshare", "--mount", "sh", "-c", MOUNTED, str(place), *command]
    else:
        place.chmod(0o555)
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{place}/beeplace.db"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.fixture(params=["closed", "killed", "copied without -shm", "in use"])
async def place(request: pytest.FixtureRequest, start_server: StartServer, tmp_path: Path) -> Path:
    """A database of two changes, as its gateway left it, or has it open."""
    server = start_server(COOLDOWN=0)
    async with dial(server.url) as phone:
        await phone.join()
        for x in (1, 2):
            assert (await phone.place(x, 1, 2))["ok"]
    data = server.folder / "data"
    if request.param == "in use":
        return data
    if request.param == "closed":
        assert server.stop() == 0
        assert [file.name for file in data.glob("*.db*") if file.name.endswith(("-wal", "-shm"))] == []
    else:
        server.kill()
        assert (data / "beeplace.db-wal").stat().st_size
    place = tmp_path / "place"
    shutil.copytree(data, place)
    if request.param.startswith("copied"):
        (place / "beeplace.db-shm").unlink()
    return place


async def test_a_backup_and_a_check_are_made_of_what_can_only_be_read(place: Path, tmp_path: Path) -> None:
    before = sorted(file.name for file in place.iterdir())
    made = run_beside(place, tmp_path, "backup", str(tmp_path / "file"))
    assert (made.returncode, made.stderr) == (0, "")
    assert ":2. " in made.stdout
    checked = run_beside(place, tmp_path, "verify")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "2 entries without a hole" in checked.stdout
    examined = run_beside(place, tmp_path, "doctor")
    assert "ok       integrity" in examined.stdout
    assert sorted(file.name for file in place.iterdir()) == before
