"""Where a client comes from: right behind proxies that are trusted, and not to be forged without one."""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from beeplace.gateway.connection.origins import Origins
from tests.clients.websocket import WebSocket
from tests.conftest import StartServer
from tests.servers import ServerProcess

BEHIND = Origins([], [ip_network("10.0.0.0/8"), ip_network("fd00::/8")])
ALONE = Origins([], [])


def address(origins: Origins, peer: str, *said: str) -> str:
    """Whom a request is put down to."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in said])
    return origins.address(make_mocked_request("GET", "/", headers).clone(remote=peer))


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["9.9.9.9, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["9.9.9.9", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1, 10.0.0.2, 10.9.9.9"], "1.1.1.1"),
        ("10.0.0.1", ["9.9.9.9, 1.1.1.1, fd00::5"], "1.1.1.1"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["1.1.1.1,"], "10.0.0.1"),
        ("10.0.0.1", ["9.9.9.9, nonsense"], "nonsense"),
        ("10.0.0.1", ["1.1.1.1:50123"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1:50123, 10.0.0.2:443"], "1.1.1.1"),
        ("fd00::1", ["[2001:db8::7]:50123"], "2001:db8::7"),
        ("fd00::1", ["1.1.1.1, [fd00::5]"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1:port"], "1.1.1.1:port"),
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        ("8.8.8.8", ["10.0.0.1"], "8.8.8.8"),
    ],
)
def test_the_last_hop_that_no_trusted_proxy_stands_for_is_the_client(peer: str, said: list[str], client: str) -> None:
    assert address(BEHIND, peer, *said) == client


def test_without_proxies_only_the_connection_counts() -> None:
    for said in ("1.1.1.1", "127.0.0.1", "10.0.0.1, 1.1.1.1"):
        assert address(ALONE, "8.8.8.8", said) == "8.8.8.8"


async def violate(server: ServerProcess, *said: str) -> None:
    wire = await WebSocket.open(server.port, [f"X-Forwarded-For: {line}" for line in said])
    wire.send("nonsense")
    assert await wire.close_code() == 4400
    wire.close()


def peers(server: ServerProcess) -> list[str]:
    """The hashes that the log has of those who were closed, one line for each address in a minute."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    return [line["peer"] for line in lines if line["event"] == "socket closed"]


async def test_behind_a_trusted_proxy_each_client_has_its_own_line(start_server: StartServer) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.0/8", LOG_FORMAT="json")
    for said in (["1.1.1.1"], ["2.2.2.2"], ["9.9.9.9, 1.1.1.1"], ["9.9.9.9", "2.2.2.2, 127.0.0.1"], []):
        await violate(server, *said)
    assert len(peers(server)) == len(set(peers(server))) == 3


async def test_without_a_proxy_nobody_can_take_anothers_address(start_server: StartServer) -> None:
    server = start_server(LOG_FORMAT="json")
    for said in (["1.1.1.1"], ["2.2.2.2"], ["127.0.0.1"], []):
        await violate(server, *said)
    assert len(peers(server)) == 1


async def test_the_log_names_no_address(start_server: StartServer) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.0/8", LOG_FORMAT="json", LOG_LEVEL="debug")
    await violate(server, "203.0.113.77")
    assert "203.0.113.77" not in server.log.read_text()
