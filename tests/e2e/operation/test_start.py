"""Starts that must not happen, and what becomes of a stored board when the settings change."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from beeplace.board.palette import THESIS_COLORS
from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.servers import API_KEY, ServerProcess


async def place(server: ServerProcess, *pixels: tuple[int, int, int]) -> None:
    async with dial(server.url) as phone:
        await phone.join("me")
        for x, y, color in pixels:
            placed = await phone.place(x, y, color)
            await phone.reached(placed["seq"])


@pytest.fixture
async def stored(start_server: StartServer) -> Path:
    """The folder of a stopped server whose board has colours 0, 5 and 15."""
    server = start_server()
    await place(server, (1, 2, 5), (3, 4, 15))
    assert server.stop() == 0
    return server.folder


def test_a_port_that_is_used_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run_beeplace(tmp_path, HOST="127.0.0.1", PORT=port, API_KEY=None)
    assert ended.returncode == 75
    assert ended.stderr.splitlines()[-1].startswith("beeplace: ")
    assert ended.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}: address already in use" in ended.stderr
    assert "PORT" in ended.stderr
    assert ended.stdout == "", "a key of a server that does not run"


@pytest.mark.parametrize(("host", "said"), [("a..b", ""), ("x86_64-conda-linux-gnu", "conda"), ("999.1.1.1", "")])
def test_a_host_that_is_none_is_named(tmp_path: Path, host: str, said: str) -> None:
    ended = run_beeplace(tmp_path, HOST=host, PORT=0)
    if "no name server answers" not in ended.stderr:
        assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
        assert ended.stderr.startswith(f"beeplace: HOST: must be an address or a name of this machine, not '{host}'")
    assert host in ended.stderr
    assert said in ended.stderr


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, HOST="192.0.2.1", PORT=0)
    assert (ended.returncode, ended.stderr.count("\n")) == (75, 1)
    assert "HOST=192.0.2.1 is no address of this machine" in ended.stderr


async def test_all_addresses_are_those_of_both_families(start_server: StartServer) -> None:
    server = start_server(HOST="::")
    assert server.url.startswith("http://[::]:")
    for host in ("127.0.0.1", "[::1]", "localhost"):
        status, _, _ = await get(f"http://{host}:{server.port}", "/health")
        assert status == 200


def test_work_in_a_thread_holds_the_loop_up_for_a_millisecond_at_a_time(tmp_path: Path) -> None:
    """The interpreter's switch interval, as the process has it when it ends."""
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, pathlib, sys\n"
        "atexit.register(lambda: pathlib.Path('interval').write_text(str(sys.getswitchinterval())))\n"
    )
    assert ServerProcess(tmp_path, PYTHONPATH=tmp_path).stop() == 0
    assert float((tmp_path / "interval").read_text()) == pytest.approx(0.001)


def test_a_second_process_on_the_same_database_stops(server: ServerProcess) -> None:
    ended = run_beeplace(server.folder, HOST="127.0.0.1", PORT=0)
    assert (ended.returncode, ended.stderr.count("\n")) == (75, 1)
    assert "listens" not in ended.stdout


def test_the_first_process_does_not_notice_the_second(server: ServerProcess) -> None:
    run_beeplace(server.folder, HOST="127.0.0.1", PORT=0)
    assert server.stop() == 0
    assert "error" not in server.log.read_text()


@pytest.mark.parametrize("settings", [{"BOARD_SIZE": 32}, {"BOARD_WIDTH": 65}, {"BOARD_HEIGHT": 8}])
def test_another_size_than_the_stored_board_is_refused(stored: Path, settings: dict[str, int]) -> None:
    ended = run_beeplace(stored, PORT=0, **settings)
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
    assert ended.stderr.startswith("beeplace: BOARD_SIZE: ")
    assert "64 x 64" in ended.stderr


def test_a_palette_without_a_colour_in_use_is_refused(stored: Path) -> None:
    ended = run_beeplace(stored, PORT=0, COLORS=json.dumps(THESIS_COLORS[:5]))
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
    assert ended.stderr.startswith("beeplace: COLORS: ")
    assert "[5, 15]" in ended.stderr


async def test_a_refused_palette_changes_nothing(stored: Path) -> None:
    run_beeplace(stored, PORT=0, COLORS=json.dumps(THESIS_COLORS[:5]))
    again = ServerProcess(stored)
    try:
        _, board, _ = await get(again.url, "/api/board")
        assert (board[2 * 64 + 1], board[4 * 64 + 3]) == (5, 15)
    finally:
        again.kill()


async def test_the_history_of_a_pixel_has_colours_that_the_palette_lost(start_server: StartServer) -> None:
    first = start_server(COOLDOWN=0)
    await place(first, (1, 2, 12), (1, 2, 1), (3, 4, 12))
    area = {"x1": 3, "y1": 4, "x2": 3, "y2": 4, "color": 2}
    assert (await post(first.url, "/board/area", area, API_KEY))[0] == 200
    assert first.stop() == 0
    second = ServerProcess(first.folder, COOLDOWN=0, COLORS=json.dumps(THESIS_COLORS[:5]))
    try:
        for x, y, last in ((1, 2, 1), (3, 4, 2)):
            status, body, _ = await get(second.url, f"/api/pixels/{x}/{y}")
            assert status == 200, body
            shown = [(change["color"], change["hex"]) for change in json.loads(body)["changes"]]
            assert shown == [(last, THESIS_COLORS[last]), (12, THESIS_COLORS[12])]
    finally:
        second.kill()


async def test_a_new_palette_keeps_the_pixels_and_begins_an_epoch(start_server: StartServer) -> None:
    first = start_server()
    await place(first, (1, 2, 5))
    _, before, headers_before = await get(first.url, "/api/board")
    assert first.stop() == 0
    colors = [f"#0000{n:02x}" for n in range(16)]
    second = ServerProcess(first.folder, COLORS=json.dumps(colors))
    try:
        _, after, headers_after = await get(second.url, "/api/board")
        assert after == before
        assert headers_after["ETag"].split(":")[0] != headers_before["ETag"].split(":")[0]
        assert json.loads((await get(second.url, "/api/config"))[1])["colors"] == colors
    finally:
        second.kill()
