"""What is answered in the step that reads its request is what the routes answer, header by header."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from beeplace.gateway.http.pages import folder
from tests.clients.raw_http import Answer, HttpConnection, request
from tests.servers import ServerProcess

SCRIPT = next(f"/assets/{path.name}" for path in (folder() / "assets").glob("index-*.js"))
PATHS = (
    "/",
    "/display",
    "/admin",
    "/privacy",
    "/sw.js",
    "/favicon.svg",
    SCRIPT,
    "/api/board",
    "/api/config",
    "/api/pixels/3/4",
)
HEADERS: dict[str, list[str]] = {
    "a browser": ["Accept-Encoding: gzip, deflate, br", "Accept: text/html,*/*;q=0.8", "Connection: keep-alive"],
    "nothing compressed": [],
    "over TLS": ["X-Forwarded-Proto: https", "X-Forwarded-Host: place.example.org", "Accept-Encoding: gzip, deflate"],
    "a wrong name": ["Cookie: beeplace=forged"],
}
ROUTED: dict[str, tuple[str, list[str]]] = {
    "another method": ("POST", []),
    "the last request": ("GET", ["Connection: close"]),
    "only compressed": ("GET", ["Accept-Encoding: identity;q=0, gzip"]),
    "an expectation": ("GET", ["Expect: 100-continue"]),
    "an upgrade": ("GET", ["Connection: Upgrade", "Upgrade: websocket"]),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Behind a proxy that is trusted, also in a folder of its host."""
    settings = {"TRUSTED_PROXIES": "127.0.0.1", "BASE_PATH": "/place", "EMBED_ORIGINS": "https://festival.example.org"}
    running = ServerProcess(tmp_path_factory.mktemp("prompt"), **settings)
    yield running
    running.kill()


def is_prompt(answer: Answer) -> bool:
    """aiohttp writes other headers behind the date."""
    return list(answer.headers)[-1:] == ["date"]


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """All that does not differ from one answer to the next."""
    own = {"date": "", "connection": "", "set-cookie": answer.headers.get("set-cookie", "").partition(";")[2]}
    return answer.status, {name: own.get(name, value) for name, value in answer.headers.items()}, answer.body


async def asked_twice(server: ServerProcess, method: str, path: str, headers: list[str]) -> Answer:
    """The second answer to the same request: the first may have made what the second needs."""
    one = await HttpConnection.open(server.port)
    await one.ask(method, path, headers)
    one.writer.close()
    one = await HttpConnection.open(server.port)
    try:
        return await one.ask(method, path, headers)
    finally:
        one.writer.close()


@pytest.mark.parametrize("base", ["", "/place"])
@pytest.mark.parametrize("headers", list(HEADERS))
async def test_a_prompt_answer_is_the_routes(server: ServerProcess, headers: str, base: str) -> None:
    for path in PATHS:
        prompt = await asked_twice(server, "GET", base + path, HEADERS[headers])
        routed = await request(server.port, "GET", base + path, HEADERS[headers])
        assert not is_prompt(routed)
        assert is_prompt(prompt) or len(prompt.body) > 32_768, path
        status, fields, body = told(routed)
        assert told(prompt) == (status, {n: v for n, v in fields.items() if n != "connection"}, body), path


@pytest.mark.parametrize("case", list(ROUTED))
async def test_what_asks_for_something_special_is_answered_by_its_route(server: ServerProcess, case: str) -> None:
    method, headers = ROUTED[case]
    answer = await asked_twice(server, method, "/api/config", headers)
    assert not is_prompt(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/config?x=1", 422),
        ("/?at=3,4", 200),
        ("/api/pixels/3/4?n=2", 200),
        ("/api/pixels/03/4", 404),
        ("/api/pixels/64/4", 404),
        ("/api/pixels/3/4/", 404),
        ("/api/pixels/", 404),
        ("/assets/", 404),
        ("/placeapi/config", 404),
        ("//api/config", 404),
        ("/%61pi/config", 200),
    ],
)
async def test_another_address_is_answered_by_its_route(server: ServerProcess, path: str, status: int) -> None:
    answer = await asked_twice(server, "GET", path, [])
    assert (answer.status, is_prompt(answer)) == (status, False)


async def test_a_board_of_which_one_has_another_is_answered_by_its_route(server: ServerProcess) -> None:
    again = await asked_twice(server, "GET", "/api/board", ['If-None-Match: "another"'])
    assert (again.status, len(again.body), is_prompt(again)) == (200, 64 * 64, False)


async def test_a_visitor_keeps_the_name_that_a_prompt_answer_gave(server: ServerProcess) -> None:
    first = await asked_twice(server, "GET", "/", [])
    assert is_prompt(first)
    cookie = first.headers["set-cookie"].partition(";")[0]
    again = await asked_twice(server, "GET", "/", [f"Cookie: {cookie}"])
    assert is_prompt(again)
    assert "set-cookie" not in again.headers
