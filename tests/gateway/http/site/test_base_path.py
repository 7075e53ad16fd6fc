"""A site in a folder of its host (BASE_PATH): answered with the folder in front and without it, and linked with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.frames import ACCEPTED, SOCKET, upgrade_request
from tests.clients.http import get
from tests.clients.raw_http import exchanged, request
from tests.conftest import StartServer
from tests.doctor.test_site import found
from tests.e2e.process import run_beeplace
from tests.servers import ServerProcess

BASE = "/place"
BROWSER = ["Accept: text/html"]


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server whose site is in a folder."""
    server = ServerProcess(tmp_path_factory.mktemp("based"), BASE_PATH=BASE, TRUSTED_PROXIES="127.0.0.1")
    yield server
    server.kill()


@pytest.mark.parametrize("path", ["/", "/display?i=1", "/admin", "/sw.js", "/api/config", "/api/board", "/health"])
async def test_a_proxy_may_pass_the_folder_on_or_take_it_away(based: ServerProcess, path: str) -> None:
    passed, taken = await get(based.url, BASE + path), await get(based.url, path)
    assert passed[0] == taken[0] == 200
    assert passed[1] == taken[1]


async def test_the_folder_is_taken_away_once_and_only_whole(based: ServerProcess) -> None:
    for path in (f"{BASE}{BASE}/api/config", "/places/api/config", "/PLACE/api/config"):
        assert (await get(based.url, path))[0] == 404


async def test_a_query_comes_through_as_it_is(based: ServerProcess) -> None:
    answer = await request(based.port, "GET", f"{BASE}/display/?slide=a%20b%2Fc&x=%C3%A4", [])
    assert (answer.status, answer.headers["location"]) == (308, f"{BASE}/display?slide=a%20b%2Fc&x=%C3%A4")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", "/"),
        ("/index.html", "/"),
        ("/admin/", "/admin"),
        ("/d/64x64", "/display?d=64x64"),
        ("/replay/", "/replay"),
        ("/Admin", "/admin"),
        ("//admin", "/admin"),
    ],
)
async def test_addresses_lead_into_the_folder(based: ServerProcess, typed: str, meant: str) -> None:
    answer = await request(based.port, "GET", BASE + typed, BROWSER)
    assert answer.headers["location"] == BASE + meant


@pytest.mark.parametrize("path", [SOCKET, f"{SOCKET}&t=1"])
async def test_sockets_open_under_both(based: ServerProcess, path: str) -> None:
    for base in (BASE, ""):
        answer = await exchanged(based.port, upgrade_request(base + path))
        assert (answer.status, answer.headers["sec-websocket-accept"]) == (101, ACCEPTED)
        assert (await get(based.url, f"{base}/socket.io/?EIO=4&transport=polling"))[0] == 200


async def test_what_the_site_says_of_itself_has_the_folder(based: ServerProcess) -> None:
    page = await request(based.port, "GET", f"{BASE}/?at=3,4", ["X-Forwarded-Host: a.example", *BROWSER])
    html = page.body.decode()
    assert f'content="http://a.example{BASE}/?at=3,4"' in html
    assert f'content="http://a.example{BASE}/api/preview.png?x=3&amp;y=4"' in html
    assert '="/' not in html, "a link that leads out of the folder"
    described = json.loads((await get(based.url, f"{BASE}/openapi.json"))[1])
    assert described["servers"] == [{"url": BASE}]
    missing = await request(based.port, "GET", f"{BASE}/nowhere", BROWSER)
    assert f'href="{BASE}/"'.encode() in missing.body
    manifest = json.loads((await get(based.url, f"{BASE}/beeplace.webmanifest"))[1])
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
    assert {one["src"][:2] for one in manifest["icons"]} == {"./"}
    assert f"Disallow: {BASE}/" in (await get(based.url, "/robots.txt"))[1].decode()


async def test_the_cookie_is_the_folders(based: ServerProcess) -> None:
    for scheme, secure in (("https", True), ("http", False)):
        page = await request(based.port, "GET", f"{BASE}/", [f"X-Forwarded-Proto: {scheme}"])
        name, *attributes = page.headers["set-cookie"].split("; ")
        assert name.startswith("beeplace="), "browsers take __Host- for a whole host alone"
        assert f"Path={BASE}/" in attributes
        assert ("Secure" in attributes) is secure


async def test_codes_on_walls_lead_into_the_folder(based: ServerProcess, start_server: StartServer) -> None:
    public = start_server(PUBLIC_URL="https://a.example")
    in_folder = (await request(based.port, "GET", "/api/qr.svg?text=/admin", ["X-Forwarded-Host: a.example"])).body
    whole = await request(
        based.port, "GET", f"/api/qr.svg?text=http://a.example{BASE}/admin", ["X-Forwarded-Host: a.example"]
    )
    assert in_folder == whole.body
    one, other = [(await get(public.url, f"/api/qr.svg?text={text}"))[1] for text in ("/x", "https://a.example/x")]
    assert one == other, "PUBLIC_URL is what codes begin with, whoever asks, and an address of this site"


async def test_the_doctor_finds_the_site_in_its_folder(based: ServerProcess, tmp_path: Path) -> None:
    for address in (f"{based.url}{BASE}", f"{based.url}{BASE}/"):
        rows = await found(tmp_path, address)
        assert {name: level for name, (level, _) in rows.items() if name != "TLS"} == dict.fromkeys(
            ("page", "socket", "polling", "origin"), "ok"
        )
        assert BASE in rows["page"][1]


@pytest.mark.parametrize("wrong", ["place", "/display", "/api/x", "/a//b", "/.."])
def test_a_folder_that_is_none_or_is_ours_ends_the_start(tmp_path: Path, wrong: str) -> None:
    ended = run_beeplace(tmp_path, BASE_PATH=wrong, PORT=0)
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
    assert ended.stderr.startswith("beeplace: BASE_PATH: must ")
