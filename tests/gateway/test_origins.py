"""Which sites may open sockets from a browser, over real handshakes."""

from __future__ import annotations

import pytest

from tests.conftest import StartServer
from tests.e2e.raw_http import request
from tests.servers import ServerProcess

POLL = "/socket.io/?EIO=4&transport=polling"


async def status(server: ServerProcess, *headers: str) -> int:
    return (await request(server.port, "GET", POLL, headers)).status


async def test_the_site_that_served_the_page_may(server: ServerProcess) -> None:
    assert await status(server, "Origin: http://localhost") == 200


async def test_a_program_without_an_origin_may(server: ServerProcess) -> None:
    assert await status(server) == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost.evil.example", "http://localhost:1"]
)
async def test_another_site_may_not(server: ServerProcess, origin: str) -> None:
    answer = await request(server.port, "GET", POLL, [f"Origin: {origin}"])
    assert 400 <= answer.status < 500
    assert "access-control-allow-origin" not in answer.headers


async def test_nobodys_word_for_the_host_is_believed(server: ServerProcess) -> None:
    assert await status(server, "Origin: http://evil.example", "X-Forwarded-Host: evil.example") >= 400


async def test_an_allowed_site_may(start_server: StartServer) -> None:
    server = start_server(ALLOWED_ORIGINS="https://place.example,https://other.example")
    assert await status(server, "Origin: https://other.example") == 200
    assert await status(server, "Origin: http://other.example") >= 400


async def test_a_trusted_proxys_word_for_the_host_is_believed(start_server: StartServer) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.0/8")
    assert await status(server, "Origin: https://place.example", "X-Forwarded-Host: place.example") == 200
    assert await status(server, "Origin: https://place.example") >= 400


@pytest.mark.parametrize(("proxies", "secure"), [("127.0.0.1", True), ("10.0.0.0/8", False), ("", False)])
async def test_a_cookie_is_for_tls_alone_where_the_browser_came_over_it(
    start_server: StartServer, proxies: str, secure: bool
) -> None:
    server = start_server(TRUSTED_PROXIES=proxies)
    answer = await request(server.port, "GET", "/", ["X-Forwarded-Proto: https"])
    assert ("Secure" in answer.headers["set-cookie"]) is secure
