"""The pages: how they are cached, what they may load, and the visitor's cookie."""

from __future__ import annotations

import re

import pytest

from beeplace.gateway.http.pages import folder
from tests.clients.http import get
from tests.clients.raw_http import request
from tests.conftest import StartServer
from tests.servers import ServerProcess

PAGES = ["/", "/display", "/displays", "/admin", "/docs", "/replay", "/privacy", "/sheet"]
ASSETS = sorted(f"/{path.relative_to(folder()).as_posix()}" for path in (folder() / "assets").iterdir())


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_html_and_asked_for_again(server: ServerProcess, path: str) -> None:
    status, body, headers = await get(server.url, path)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert headers["Cache-Control"] == "no-cache"
    assert b"<html" in body


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_from_nowhere_else(server: ServerProcess, path: str) -> None:
    _, body, headers = await get(server.url, path)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', body)


@pytest.mark.parametrize("path", PAGES)
async def test_only_what_is_looked_at_may_be_in_a_frame_of_named_sites(start_server: StartServer, path: str) -> None:
    server = start_server(EMBED_ORIGINS="https://festival.example.org,http://intranet:8080")
    _, _, headers = await get(server.url, path)
    named = " https://festival.example.org http://intranet:8080" if path in ("/display", "/privacy") else ""
    assert headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self'{named}")


@pytest.mark.parametrize("path", [*PAGES, "/health", "/api/board", "/board/reset", "/nowhere"])
async def test_every_answer_says_how_a_browser_must_take_it(server: ServerProcess, path: str) -> None:
    _, _, headers = await get(server.url, path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "BeePlace"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(headers["Permissions-Policy"].split(", "))
    assert headers["Cache-Control"]


@pytest.mark.parametrize("path", ASSETS)
async def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(server: ServerProcess, path: str) -> None:
    status, body, headers = await get(server.url, path)
    assert (status, "immutable" in headers["Cache-Control"], bool(body)) == (200, True, True)


async def test_a_large_file_is_compressed_when_asked(server: ServerProcess) -> None:
    path = max(ASSETS, key=lambda name: (folder() / name[1:]).stat().st_size)
    plain, packed = [await request(server.port, "GET", path, h) for h in ([], ["Accept-Encoding: gzip"])]
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)


@pytest.mark.parametrize("path", [*PAGES[1:], "/health", "/api/config"])
async def test_only_the_drawing_page_gives_a_name(server: ServerProcess, path: str) -> None:
    _, _, headers = await get(server.url, path)
    assert "Set-Cookie" not in headers


async def test_a_visitor_gets_a_name_for_ninety_days(server: ServerProcess) -> None:
    _, _, headers = await get(server.url, "/")
    assert re.match(r"beeplace=[\w.-]+; ", headers["Set-Cookie"])
    assert "Max-Age=7776000" in headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("query", "browser", "language"),
    [
        ("", "de-CH,de;q=0.9,en;q=0.8", "de"),
        ("", "ja,fr;q=0.5", "fr"),
        ("", "", "en"),
        ("?language=it", "de", "it"),
        ("?language=tlh", "de", "de"),
    ],
)
async def test_the_page_about_privacy_is_in_the_language_that_is_wished(
    shared_server: ServerProcess, query: str, browser: str, language: str
) -> None:
    _, body, headers = await get(shared_server.url, f"/privacy{query}", headers={"Accept-Language": browser})
    assert f'<html lang="{language}"'.encode() in body
    assert b"data-text" not in body
    assert b"<script" not in body
    assert headers["Vary"] == "Accept-Language, Accept-Encoding"
