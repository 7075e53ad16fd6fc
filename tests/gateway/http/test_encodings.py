"""What `Accept-Encoding` allows, for every kind of answer."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from aiohttp.test_utils import make_mocked_request

from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.pages import folder
from tests.clients.http import get
from tests.clients.raw_http import Answer, request
from tests.servers import ServerProcess

SCRIPT = max((f"/assets/{path.name}" for path in (folder() / "assets").glob("index-*.js")), key=len)
PATHS = (
    "/",
    "/display",
    "/admin",
    "/docs",
    SCRIPT,
    "/favicon.svg",
    "/api/board",
    "/api/board.png",
    "/api/config",
    "/api/statistics",
    "/openapi.json",
    "/health",
    "/metrics",
    "/api/qr.svg?text=/",
    "/api/board/earlier?delay=0",
)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate, gzip", "gzip"),
        ("br, deflate", "deflate"),
        ("*", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.0", "identity"),
        ("gzip;q=0.000, deflate", "deflate"),
        ("gzip;q=0.001", "gzip"),
        ("gzip;Q=0", "identity"),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0, identity", "identity"),
        ("*;q=0, identity;q=0.5", "identity"),
        ("gzip;q=0, *", "deflate"),
        ("identity;q=0", None),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0, *", "gzip"),
        ("identity;q=0, br", None),
        ("br", "identity"),
        ("gzip;q=x", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=1e0", "identity"),
        ("gzip;q=-1", "identity"),
        (";q=1,,;;", "identity"),
        ("notgzip", "identity"),
    ],
)
def test_a_quality_of_nothing_forbids(header: str | None, coding: str | None) -> None:
    headers = {} if header is None else {"Accept-Encoding": header}
    assert chosen(make_mocked_request("GET", "/", headers=headers), ("gzip", "deflate")) == coding


async def asked(server: ServerProcess, path: str, encoding: str) -> Answer:
    return await request(server.port, "GET", path, [f"Accept-Encoding: {encoding}"])


def unpacked(answer: Answer) -> bytes:
    coding = answer.headers.get("content-encoding", "identity")
    if coding == "gzip":
        return gzip.decompress(answer.body)
    return zlib.decompress(answer.body) if coding == "deflate" else answer.body


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_keeps_to_what_its_client_takes(server: ServerProcess, path: str) -> None:
    for encoding in ("gzip;q=0, deflate;q=0", "*;q=0, identity", "br", "gzip;q=0.000,deflate; q=0.0"):
        answer = await asked(server, path, encoding)
        assert (answer.status, "content-encoding" in answer.headers) == (200, False), encoding
    for encoding in ("identity;q=0, gzip, deflate", "*, identity;q=0", "gzip, deflate, *;q=0"):
        answer = await asked(server, path, encoding)
        assert (answer.status, answer.headers["content-encoding"] in ("gzip", "deflate")) == (200, True), encoding
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert unpacked(answer)
    for encoding in ("identity;q=0", "*;q=0", "identity;q=0, br"):
        answer = await asked(server, path, encoding)
        assert (answer.status, json.loads(answer.body)["statusCode"]) == (406, 406), encoding


async def test_an_error_comes_as_it_is_whatever_its_client_takes(server: ServerProcess) -> None:
    answer = await asked(server, "/nowhere", "identity;q=0")
    assert (answer.status, json.loads(answer.body)["statusCode"]) == (404, 404)


@pytest.mark.parametrize("path", ["/", SCRIPT, "/openapi.json", "/api/board"])
async def test_what_is_compressed_is_the_same(server: ServerProcess, path: str) -> None:
    plain, packed = await asked(server, path, "identity"), await asked(server, path, "gzip, deflate")
    assert len(packed.body) < len(plain.body)
    assert unpacked(packed) == plain.body


async def test_an_answer_that_was_compressed_says_so_to_caches(server: ServerProcess) -> None:
    for path in ("/", SCRIPT, "/openapi.json", "/api/board"):
        _, _, headers = await get(server.url, path)
        assert "accept-encoding" in headers["Vary"].lower()
