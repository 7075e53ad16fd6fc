"""What supervisors and operators ask."""

from __future__ import annotations

import json
import re

import pytest

from beeplace import __version__
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess


async def test_health_says_that_the_process_is_alive(server: ServerProcess) -> None:
    status, body, _ = await get(server.url, "/health")
    assert (status, json.loads(body)) == (200, {"status": "ok", "version": __version__})


async def test_ready_says_where_the_board_is(server: ServerProcess) -> None:
    status, body, _ = await get(server.url, "/ready")
    found = json.loads(body)
    assert (status, found["status"], found["seq"]) == (200, "ready", 0)


NAMES = (
    "clients people slow_clients waiting_placements seq batches_total batch_pixels_total frames_total joins_total "
    "committed_entries_total commit_seconds_bucket commit_seconds_count refresh_seconds_total loop_lag_seconds "
    "loop_lag_most_seconds"
)


@pytest.mark.parametrize("name", NAMES.split())
async def test_an_operator_can_watch(server: ServerProcess, name: str) -> None:
    _, body, headers = await get(server.url, "/metrics")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert re.search(rf"^beeplace_{name}(?:{{[^}}]*}})? \S+$", body.decode(), re.MULTILINE)


async def test_the_figures_count_what_happens(start_server: StartServer) -> None:
    server = start_server()
    async with dial(server.url) as phone, dial(server.url) as display:
        await phone.join("me")
        await display.join({"watch": True})
        placed = [await phone.place(n, 0, 1) for n in range(4)]
        await phone.reached(placed[2]["seq"])
        figures = dict(
            re.findall(r"^beeplace_(\S+) (\S+)$", (await get(server.url, "/metrics"))[1].decode(), re.MULTILINE)
        )
    expected = {"clients": 2, "people": 1, "joins_total": 2, "seq": 3, "committed_entries_total": 3}
    assert {name: float(figures[name]) for name in expected} == expected
    assert float(figures['placements_total{code="ok"}']) == 3
    assert float(figures['placements_total{code="cooldown"}']) == 1
    assert float(figures["commit_seconds_count"]) >= 1
