"""The server on an SQLite file that is linked, deleted or replaced while it runs, from outside."""

from __future__ import annotations

import json
import time

import pytest

from beeplace.log.commit_loop import LOOK_SECONDS
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.servers import ServerProcess
from tests.waiting import patiently

DATA = "data/beeplace.db"
NOTICED_SECONDS = 5.0  # promised
OTHERS_SECONDS = 3.0  # that those who use this machine too may take


class Well(Exception):
    """The server still says that it is ready."""


async def paused(server: ServerProcess) -> str:
    """Why saving is paused, once it is."""

    async def reason() -> str:
        status, body, _ = await get(server.url, "/ready")
        if status != 503:
            raise Well
        return str(json.loads(body)["message"])

    return await patiently(reason, Well)


@pytest.mark.parametrize("gone", ["-wal", ""])
async def test_a_deleted_file_is_noticed_and_nothing_more_is_confirmed(start_server: StartServer, gone: str) -> None:
    server = start_server(COOLDOWN=0)
    file = server.folder / DATA
    async with dial(server.url) as phone:
        await phone.join("me")
        confirmed = [(await phone.place(n, 0, 1))["seq"] for n in range(6)]
        file.with_name(file.name + gone).unlink()
        answers = [await phone.place(n, 1, 1) for n in range(4)]
        assert [a.get("code") for a in answers] == 4 * ["store_unavailable"]
    assert "saving is paused" in await paused(server)
    server.kill()
    if not gone:
        return
    server.start()
    assert json.loads((await get(server.url, "/ready"))[1])["seq"] == confirmed[-1]


async def test_an_idle_server_notices_within_seconds(start_server: StartServer) -> None:
    server = start_server()
    began = time.monotonic()
    (server.folder / f"{DATA}-wal").unlink()
    assert "-wal" in await paused(server)
    assert LOOK_SECONDS < NOTICED_SECONDS
    assert time.monotonic() - began < NOTICED_SECONDS + OTHERS_SECONDS


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_second_server_on_the_file_by_another_name_ends_with_75(server: ServerProcess, link: str) -> None:
    other = server.folder / "other.db"
    getattr(other, link)((server.folder / DATA).absolute())
    done = run_beeplace(server.folder, "serve", DATABASE_URL=f"sqlite:///{other}", PORT=0)
    assert (done.returncode, done.stderr.count("\n")) == (75, 1)
    assert "another BeePlace uses" in done.stderr


def test_a_newer_database_ends_the_start_with_78(start_server: StartServer) -> None:
    server = start_server()
    server.stop()
    file = server.folder / DATA
    data = bytearray(file.read_bytes())
    data[60:64] = (999).to_bytes(4, "big")  # user_version, in the file's head
    file.write_bytes(data)
    done = run_beeplace(server.folder, "serve", PORT=0)
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "newer BeePlace" in done.stderr
    assert file.read_bytes() == data
    assert sorted(path.name for path in file.parent.iterdir()) == ["beeplace.db", "beeplace.db.lock"]
