"""Every route has an answer to every method: HEAD is GET without its body, another one is told which are allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from beeplace.app import ROUTES
from beeplace.gateway.http.openapi import specification
from beeplace.gateway.http.pages import folder
from tests.clients.raw_http import request
from tests.servers import ServerProcess

FILES = ["/favicon.svg", "/sw.js", *(f"/assets/{path.name}" for path in (folder() / "assets").glob("index-*"))]
PAGES = ["/", "/display", "/displays", "/admin", "/docs", "/replay", "/privacy", "/sheet", "/openapi.json", *FILES]
QUERIES = {"/api/log": "?after=0", "/api/board/earlier": "?delay=0", "/api/qr.svg": "?text=/"}
VALUES = {"{x}": "1", "{y}": "1", "{code}": "1x1", "{seq}": "1", "{number}": "1", "{name}": "0-0123456789abcdef"}


def paths(method: str) -> Iterator[str]:
    """Of the interface, filled in."""
    for path, item in specification(ROUTES)["paths"].items():
        if method in item:
            filled = path
            for name, value in VALUES.items():
                filled = filled.replace(name, value)
            yield filled + QUERIES.get(path, "")


GETS = [*PAGES, *paths("get")]
ALLOWED = {path: {"GET", "HEAD"} for path in PAGES}  # which methods have an answer of their own, by path
for _method in ("get", "post", "put", "patch", "delete"):
    for _path in paths(_method):
        ALLOWED.setdefault(_path, set()).update({"GET", "HEAD"} if _method == "get" else {_method.upper()})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One for all of them."""
    running = ServerProcess(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.mark.parametrize("path", GETS)
async def test_head_is_get_without_its_body(server: ServerProcess, path: str) -> None:
    got, told = [await request(server.port, method, path) for method in ("GET", "HEAD")]
    assert (told.status, told.body) == (got.status, b"")
    volatile = ("date", "set-cookie", "x-server-time")
    same = [{name: value for name, value in one.headers.items() if name not in volatile} for one in (got, told)]
    if path == "/metrics":
        for headers in same:
            headers.pop("content-length")
    assert same[0].keys() >= same[1].keys()
    assert all(same[0][name] == value for name, value in same[1].items())


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_another_method_hears_which_are_allowed(server: ServerProcess, method: str, path: str) -> None:
    if method in (allowed := ALLOWED[path]):
        return
    answer = await request(server.port, method, path)
    assert answer.status == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed
    if method != "HEAD":
        assert json.loads(answer.body) == {"statusCode": 405, "message": "Method Not Allowed"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("path", ["/nowhere", "/api", "/api/", "/assets/", "/board", "/index.htm", "/d/"])
async def test_nothing_is_nowhere_for_every_method(server: ServerProcess, method: str, path: str) -> None:
    answer = await request(server.port, method, path)
    assert answer.status == 404
    if method != "HEAD":
        assert json.loads(answer.body) == {"statusCode": 404, "message": "Not Found"}


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("HEAD", 404), ("POST", 405), ("PROPFIND", 405)])
async def test_an_asset_that_is_not_there_is_only_asked_for(server: ServerProcess, method: str, status: int) -> None:
    assert (await request(server.port, method, "/assets/none.js")).status == status
