"""The client of the thesis, spoken by the official JavaScript client, works unchanged over every transport."""

from __future__ import annotations

import pytest

from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.thesis.conversation import THESIS, converse
from tests.e2e.thesis.javascript_client import javascript_client
from tests.e2e.thesis.transcript import differences
from tests.servers import ServerProcess

TRANSPORTS = ("websocket", "default", "polling")


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_the_thesis_conversation_is_kept(start_server: StartServer, transports: str) -> None:
    server = start_server(**THESIS["settings"])
    await converse(server, transports)
    assert "Traceback" not in server.log.read_text()


async def test_a_client_that_starts_with_polling_moves_to_websocket(server: ServerProcess) -> None:
    async with javascript_client(server.url, "default") as client:
        assert await client.sign("upgraded") == "websocket"
        (state,) = await client.ask("join", "me")
        assert state["initialState"]["remainingPixels"] == 3


async def test_an_upgrade_loses_no_event(start_server: StartServer) -> None:
    server = start_server(BOARD_REFRESH_RATE=20, COOLDOWN=0)
    async with dial(server.url) as phone, javascript_client(server.url, "default") as client:
        await phone.join("painter")
        await client.ask("join", "watcher")
        for number in range(15):
            placed = await phone.place(number, 0, 1)
            await phone.reached(placed["seq"])
        seen: set[int] = set()
        while len(seen) < 15:
            pixels = [int(n) for n in (await client.event("u"))[0].split(",")]
            seen |= set(pixels[::3])
        assert not any("disconnected" in happened for happened in client.happened)


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_a_client_comes_back_after_its_connection_breaks(server: ServerProcess, transports: str) -> None:
    async with javascript_client(server.url, transports) as client:
        await client.ask("join", "me")
        assert (await client.ask("pixelFromPlayer", {"x": 1, "y": 1, "color": 1}))[0]["ok"]
        await client.event("u")
        client.do(drop=None)
        await client.sign("disconnected")
        await client.sign("connected")
        (again,) = await client.ask("join", "me")
        assert again["initialState"]["board"][64 + 1] == 1
        assert again["initialState"]["remainingPixels"] == 2


async def test_a_client_resumes_by_the_delta_of_what_it_missed(server: ServerProcess) -> None:
    async with javascript_client(server.url, "websocket") as client, dial(server.url) as other:
        await other.join("other")
        (first,) = await client.ask("join", {"fingerprint": "me"})
        state = first["initialState"]
        client.do(drop=None)
        await client.sign("disconnected")
        placed = await other.place(5, 6, 7)
        await client.sign("connected")
        (again,) = await client.ask("join", {"fingerprint": "me", "epoch": state["epoch"], "seq": state["seq"]})
        assert again["initialState"]["delta"] == {"from": state["seq"], "to": placed["seq"], "pixels": "5,6,7"}
        assert "board" not in again["initialState"]


async def test_two_clients_and_a_late_joiner_see_the_same_board(server: ServerProcess) -> None:
    async with javascript_client(server.url, "websocket") as one, javascript_client(server.url, "polling") as two:
        for name, client in (("one", one), ("two", two)):
            await client.ask("join", name)
        drawn = {(3, 3): (one, 5), (60, 60): (two, 15), (0, 63): (one, 9)}
        for (x, y), (client, color) in drawn.items():
            await client.ask("pixelFromPlayer", {"x": x, "y": y, "color": color})
        for client in (one, two):
            seen: dict[tuple[int, int], int] = {}
            while len(seen) < len(drawn):
                numbers = [int(n) for n in (await client.event("u"))[0].split(",")]
                seen |= {(x, y): c for x, y, c in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)}
            assert seen == {position: color for position, (_, color) in drawn.items()}
        async with javascript_client(server.url, "default") as late:
            (state,) = await late.ask("join", "late")
            board = state["initialState"]["board"]
            assert {(i % 64, i // 64): c for i, c in enumerate(board) if c} == seen


def test_a_transcript_that_differs_is_seen() -> None:
    assert differences([{"a": "<range>", "b": 1}], [{"a": "e:1:2", "b": 1}]) == []
    assert differences([{"a": "<range>", "b": 1}], [{"a": "e:1", "b": True, "c": 0}]) != []
    assert differences(False, 0) != []
