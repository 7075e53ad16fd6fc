"""Which sites may open sockets from a browser, over real handshakes."""

from __future__ import annotations

import pytest

from tests.clients.raw_http import exchanged, request
from tests.conftest import StartServer
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


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost", "localhost"),
        ("http://localhost", "LOCALHOST:80"),
        ("http://localhost:80", "localhost"),
        ("HTTP://LOCALHOST", "localhost"),
        ("http://localhost:8000", "localhost:8000"),
        ("http://place.example.", "place.example."),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://[::1]", "[0:0:0:0:0:0:0:1]:80"),
        ("http://10.0.0.1", "10.0.0.1"),
    ],
)
async def test_the_same_origin_is_the_same_however_it_is_written(server: ServerProcess, origin: str, host: str) -> None:
    assert await status_at(server, origin, host) == 200


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://localhost", "localhost"),
        ("https://localhost", "localhost:443"),
        ("http://localhost", "localhost:443"),
        ("http://localhost:443", "localhost"),
        ("http://localhost:8000", "localhost:8001"),
        ("http://localhost.", "localhost"),
        ("http://localhost", "localhost."),
        ("http://user@localhost", "localhost"),
        ("http://localhost@localhost", "localhost"),
        ("http://localhost/", "localhost"),
        ("http://localhost?", "localhost"),
        ("http://localhost#", "localhost"),
        ("http://localhost http://localhost", "localhost"),
        ("http://localhost, http://localhost", "localhost"),
        ("//localhost", "localhost"),
        ("localhost", "localhost"),
        ("ws://localhost", "localhost"),
        ("http://localhost:080", "localhost"),
        ("http://localhost:0", "localhost"),
        ("http://localhost:99999", "localhost:99999"),
        ("http://[::1%251]", "[::1]"),
        ("http://::1", "[::1]"),
        ("http://[::2]", "[::1]"),
        ("null", "null"),
        ("", ""),
        ("*", "*"),
    ],
)
async def test_another_origin_is_another_in_any_part(server: ServerProcess, origin: str, host: str) -> None:
    assert 400 <= await status_at(server, origin, host) < 500


async def test_two_origins_are_none(server: ServerProcess) -> None:
    assert await status(server, "Origin: http://localhost", "Origin: http://localhost") == 403


async def status_at(server: ServerProcess, origin: str, host: str) -> int:
    lines = [f"GET {POLL} HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Connection: close", "", ""]
    return (await exchanged(server.port, "\r\n".join(lines).encode())).status


@pytest.mark.parametrize(("said", "scheme"), [("https", "http"), ("http", "https"), ("wss", "http")])
async def test_a_page_without_tls_may_not_speak_to_a_site_with_it(
    start_server: StartServer, said: str, scheme: str
) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.0/8")
    proxy = ["X-Forwarded-Host: place.example", f"X-Forwarded-Proto: {said}"]
    assert await status(server, *proxy, f"Origin: {scheme}://place.example") == 403
    other = "https" if scheme == "http" else "http"
    assert await status(server, *proxy, f"Origin: {other}://place.example") == 200


@pytest.mark.parametrize("origin", ["https://place.example", "https://place.example:443", "HTTPS://PLACE.EXAMPLE"])
async def test_a_site_on_the_list_may_however_it_is_written(start_server: StartServer, origin: str) -> None:
    for listed in ("https://place.example", "https://place.example:443"):
        server = start_server(ALLOWED_ORIGINS=listed)
        assert await status(server, f"Origin: {origin}") == 200
        for other in ("http://place.example", "https://place.example:444", "https://place.example.", "null"):
            assert await status(server, f"Origin: {other}") == 403


@pytest.mark.parametrize("said", ["https", "HTTPS", "wss"])
async def test_a_site_with_tls_tells_browsers_to_stay_there(start_server: StartServer, said: str) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.0/8")
    for path in ("/", "/health", "/nowhere", "/board/reset"):
        answer = await request(server.port, "GET", path, [f"X-Forwarded-Proto: {said}"])
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        plain = await request(server.port, "GET", path)
        assert "strict-transport-security" not in plain.headers


async def test_nobody_else_can_say_that_it_has_tls(server: ServerProcess) -> None:
    answer = await request(server.port, "GET", "/", ["X-Forwarded-Proto: https"])
    assert "strict-transport-security" not in answer.headers
    assert answer.headers["set-cookie"].startswith("beeplace=")


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
