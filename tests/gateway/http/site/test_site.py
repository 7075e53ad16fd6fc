"""The pages as a site: errors for people, previews of links, what browsers ask by habit, files of another build."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import re
from html import unescape
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession
from PIL import Image

from beeplace.gateway.http.pages import folder
from beeplace.gateway.http.site.other_builds import OtherBuilds
from tests.browser.boards import fill
from tests.clients.http import get
from tests.clients.raw_http import request
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

BROWSER = ["Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/assets/x.js", 404), ("/d/%20", 404), ("/api/qr.svg", 422)]
)
async def test_an_error_is_a_page_for_a_browser_and_json_for_others(
    server: ServerProcess, path: str, status: int
) -> None:
    page = await request(server.port, "GET", path, [*BROWSER, "Accept-Language: de-CH,de;q=0.9"])
    assert page.status == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b'<html lang="de">' in page.body
    assert b'href="/"' in page.body
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    plain = await request(server.port, "GET", path, ["Accept: application/json"])
    assert plain.headers["content-type"].startswith("application/json")
    assert plain.body.startswith(b'{"statusCode":%d' % status)


async def test_an_organisers_error_stays_json_whatever_is_accepted(server: ServerProcess) -> None:
    answer = await request(server.port, "POST", "/board/reset", [*BROWSER, "Content-Length: 0"])
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (401, "application/json")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/admin/", "/admin"),
        ("/display/?i=2&w=100", "/display?i=2&w=100"),
        ("/displays.html", "/displays"),
        ("/docs/", "/docs"),
        ("/replay/", "/replay"),
        ("/replay.html", "/replay"),
        ("/privacy/", "/privacy"),
        ("/index.html", "/"),
    ],
)
async def test_an_address_with_a_slip_leads_where_it_means(server: ServerProcess, typed: str, meant: str) -> None:
    answer = await request(server.port, "GET", typed, [])
    assert (answer.status, answer.headers["location"]) == (308, meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/Admin", "/admin"),
        ("/REPLAY/?x=%C3%A4", "/replay?x=%C3%A4"),
        ("//admin", "/admin"),
        ("//evil.example/..//", None),
        ("/admin/index.html", "/admin"),
        ("/Index.htm", "/"),
        ("/display.htm", "/display"),
        ("//", "/"),
        ("/admin/admin", None),
        ("/api/", None),
    ],
)
async def test_what_people_type_leads_to_the_page_they_mean(
    shared_server: ServerProcess, typed: str, meant: str | None
) -> None:
    answer = await request(shared_server.port, "GET", typed, BROWSER)
    assert (answer.status, answer.headers.get("location")) == ((308, meant) if meant else (404, None))
    program = await request(shared_server.port, "GET", typed, ["Accept: application/json"])
    assert program.status == 404


@pytest.mark.parametrize(
    ("accepted", "page"),
    [
        ("application/json, text/html;q=0.5", False),
        ("application/json;q=0.5, TEXT/HTML", True),
        ("text/html;q=0, */*", False),
        ("text/html;level=1;q=0.4", True),
        ("text/html;q=x", True),
        ("*/*", False),
        ("text/html-sandboxed", False),
    ],
)
async def test_the_form_of_an_error_is_what_is_wished_most(
    shared_server: ServerProcess, accepted: str, page: bool
) -> None:
    answer = await request(shared_server.port, "GET", "/nowhere", [f"Accept: {accepted}"])
    assert answer.headers["content-type"].startswith("text/html" if page else "application/json")


async def test_browsers_and_robots_find_what_they_ask_for_by_habit(server: ServerProcess) -> None:
    status, body, headers = await get(server.url, "/favicon.ico")
    assert (status, headers["Content-Type"]) == (200, "image/x-icon")
    assert Image.open(io.BytesIO(body)).size == (192, 192)
    for name in ("apple-touch-icon", "apple-touch-icon-precomposed"):
        status, body, headers = await get(server.url, f"/{name}.png")
        assert (status, headers["Content-Type"]) == (200, "image/png")
        assert Image.open(io.BytesIO(body)).size == (180, 180)
    status, body, headers = await get(server.url, "/robots.txt")
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/plain")
    assert b"Disallow: /" in body


@pytest.mark.parametrize("page", ["/", "/displays", "/admin", "/replay", "/docs", "/privacy"])
async def test_searches_find_each_page_and_a_sentence_about_it(server: ServerProcess, page: str) -> None:
    rules = (await get(server.url, "/robots.txt"))[1].decode().splitlines()
    assert f"Allow: {page}$" in rules[: rules.index("Disallow: /")]
    status, body, headers = await get(server.url, page)
    assert (status, headers.get("X-Robots-Tag")) == (200, None)
    assert re.search(rb'<meta name="description" content="[^"]{20,160}"', body)


async def test_a_shared_link_has_a_title_a_sentence_and_a_picture_of_that_place(start_server: StartServer) -> None:
    server = start_server(EVENT_NAME='Fête "d\'été" & <Bee>')
    _, body, _ = await get(server.url, "/?at=30,40,12")
    said = {k: unescape(v) for k, v in re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)"', body.decode())}
    assert said["og:title"] == 'Fête "d\'été" & <Bee> · 30, 40'
    assert said["og:description"]
    assert said["og:url"] == f"{server.url}/?at=30,40"
    assert said["og:image"] == f"{server.url}/api/preview.png?x=30&y=40"
    assert b"<title>F\xc3\xaate &quot;d&#x27;\xc3\xa9t\xc3\xa9&quot; &amp; &lt;Bee&gt;</title>" in body


@pytest.mark.parametrize(("place", "shown"), [("63,63", True), ("64,0", False), ("0,64", False), ("9999,9999", False)])
async def test_a_link_to_no_pixel_of_the_board_shows_the_whole_of_it(
    shared_server: ServerProcess, place: str, shown: bool
) -> None:
    _, body, _ = await get(shared_server.url, f"/?at={place}")
    assert (f'content="BeePlace · {place.replace(",", ", ")}"' in body.decode()) is shown
    assert ("preview.png?" in body.decode()) is shown


async def test_previews_and_pages_have_the_name_that_holds(start_server: StartServer) -> None:
    """First that of the environment, which is a live setting like others, then the organiser's."""
    server = start_server(EVENT_NAME="Sommerfest")
    assert await _names(server) == {"Sommerfest"}
    for name, held in (("Nacht der Bienen", "Nacht der Bienen"), ("", "BeePlace")):
        async with ClientSession(headers={"apiKey": API_KEY}) as session:
            await session.patch(f"{server.url}/api/settings", json={"eventName": name})
        assert await _names(server) == {held}


async def _names(server: ServerProcess) -> set[str]:
    """What the site is called: in its title, in previews, and to its page's script."""
    body = (await get(server.url, "/"))[1].decode()
    config = orjson.loads((await get(server.url, "/api/config"))[1])
    found = re.findall(r'<title>([^<]*)</title>|og:(?:title|site_name)" content="([^"]*)"', body)
    assert len(found) == 3
    return {one or other for one, other in found} | {config["eventName"] or "BeePlace"}


async def test_a_host_that_is_none_is_not_repeated(server: ServerProcess) -> None:
    answer = await request(server.port, "GET", "/", ['Host: x"><script>'])
    assert b"<script>" not in answer.body.replace(b"<script ", b"")
    assert b"og:image" not in answer.body


@pytest.mark.parametrize("query", ["", "?x=0&y=0", "?x=63&y=63", "?x=4000&y=1", "?x=7"])
async def test_the_picture_of_a_link_has_the_size_that_chats_show(server: ServerProcess, query: str) -> None:
    status, body, headers = await get(server.url, f"/api/preview.png{query}")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(body)).size == (1200, 630)


async def test_the_picture_of_a_place_shows_what_is_there(server: ServerProcess) -> None:
    await fill(server.url, (30, 40), (1, 1), 5)
    _, body, _ = await get(server.url, "/api/preview.png?x=30&y=40")
    colors = Image.open(io.BytesIO(body)).convert("RGB").getcolors(maxcolors=1 << 20) or []
    assert (15 * 15, (229, 0, 0)) in colors


async def test_the_picture_of_a_link_is_made_once_for_all_who_ask_within_some_seconds(server: ServerProcess) -> None:
    _, first, _ = await get(server.url, "/api/preview.png?x=9&y=9")
    await fill(server.url, (9, 9), (1, 1), 5)
    assert (await get(server.url, "/api/preview.png?x=9&y=9"))[1] == first


async def test_pictures_of_many_places_at_once_are_not_queued_without_end(server: ServerProcess) -> None:
    asked = [get(server.url, f"/api/preview.png?x={n}&y=20") for n in range(60)]
    statuses = [status for status, _, _ in await asyncio.gather(*asked)]
    assert {200, 503} == set(statuses)
    assert (await get(server.url, "/api/preview.png?x=1&y=1"))[0] == 200


async def test_without_a_shell_the_worker_takes_away_what_was_kept(start_server: StartServer) -> None:
    server = start_server(OFFLINE_SHELL="off")
    _, body, headers = await get(server.url, "/sw.js")
    assert body == (folder() / "sw-end.js").read_bytes()
    assert headers["Cache-Control"] == "no-cache"


async def test_a_gateway_gives_the_files_of_another_build(start_server: StartServer, tmp_path: Path) -> None:
    """The other build is one file in the folder that both share, put there as a gateway does at its start."""
    shared = tmp_path / "shared"
    server = start_server(SHARED_ASSETS=shared)
    ours = {path.name for path in (folder() / "assets").iterdir()}
    assert {path.name for path in shared.iterdir()} == ours
    OtherBuilds(shared).share({"index-0ther.js": b"export const build = 2;" * 100})
    status, body, headers = await get(server.url, "/assets/index-0ther.js")
    assert (status, body[:23]) == (200, b"export const build = 2;")
    assert "immutable" in headers["Cache-Control"]
    assert "javascript" in headers["Content-Type"]
    assert {path.name for path in shared.iterdir()} == ours | {"index-0ther.js"}
    for name in ("..%2F..%2Fetc%2Fpasswd", ".hidden", "%00", "missing.js"):
        assert (await request(server.port, "GET", f"/assets/{name}", [])).status in (400, 404)


async def test_files_that_nobody_started_with_for_a_month_go(tmp_path: Path) -> None:
    builds = OtherBuilds(tmp_path)
    builds.share({"old.js": b"1"})
    os.utime(tmp_path / "old.js", (0, 0))
    builds.share({"new.js": b"2"})
    assert await builds.read("old.js") is None
    plain, packed = await builds.read("new.js") or (b"", b"")
    assert (plain, gzip.decompress(packed)) == (b"2", b"2")


async def test_a_shared_folder_that_is_none_costs_the_sharing_alone(start_server: StartServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server = start_server(SHARED_ASSETS=tmp_path / "file" / "folder")
    assert (await get(server.url, "/"))[0] == 200
    assert "cannot have this one's files" in server.log.read_text()
