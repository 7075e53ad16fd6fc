"""The walls' routes, asked over HTTP of a real server."""

from __future__ import annotations

import json
import time
from urllib.parse import unquote_to_bytes

import pytest

from tests.clients.http import get, post
from tests.clients.phone import Phone
from tests.clients.raw_http import request
from tests.servers import API_KEY, ServerProcess


async def lines(server: ServerProcess, query: str) -> list[str]:
    status, body, _ = await get(server.url, f"/api/log?{query}")
    assert status == 200, body
    return body.decode().splitlines()


async def text(server: ServerProcess, path: str) -> tuple[int, str]:
    status, body, _ = await get(server.url, path)
    return status, body.decode()


async def test_the_log_tells_placements_and_what_organisers_did(server: ServerProcess, phone: Phone) -> None:
    await phone.place(3, 4, 5)
    await phone.place(63, 0, 15)
    await post(server.url, "/board/area", {"x1": 1, "y1": 2, "x2": 10, "y2": 4, "color": 7}, API_KEY)
    await post(server.url, "/board/read-only", {"readOnly": True}, API_KEY)
    await post(server.url, "/board/reset", {}, API_KEY)
    head, *rest = await lines(server, "after=0")
    assert head.startswith("@1,")
    assert [line.rsplit(",", 1)[0] for line in rest[:4]] == ["3,4,5", "63,0,15", "f,1,2,10,3,7", "-"]
    assert rest[4].startswith("r,")


async def test_the_log_continues_where_a_reader_stands(server: ServerProcess, phone: Phone) -> None:
    for x in range(5):
        await phone.place(x, 0, 1)
    assert [line.split(",")[0] for line in await lines(server, "after=3")] == ["@4", "3", "4"]
    assert await lines(server, "after=5") == []
    assert await lines(server, "after=900") == []


async def test_the_log_says_what_time_it_is_and_how_far_it_goes(server: ServerProcess, phone: Phone) -> None:
    await phone.place(1, 1, 1)
    _, _, headers = await get(server.url, "/api/log?after=0")
    assert headers["X-Board-Seq"] == "1"
    assert abs(int(headers["X-Server-Time"]) - time.time() * 1000) < 5_000


async def test_the_log_is_read_from_the_store_after_a_restart(server: ServerProcess, phone: Phone) -> None:
    for x in range(3):
        await phone.place(x, 0, 1)
    before = await lines(server, "after=0")
    server.stop()
    server.start()
    for query in ("after=0", "minutes=60"):
        [head, *after] = await lines(server, query)
        assert after == before[1:]
        assert head.split("-")[0] == before[0].split("-")[0]  # and then the term, which began with the start


async def test_a_long_log_comes_whole_and_is_the_same_twice(server: ServerProcess, phone: Phone) -> None:
    for number in range(2100):
        await phone.emit("pixelFromPlayer", {"x": number % 64, "y": number // 64 % 64, "color": number % 16})
        if number % 15 == 14:
            await phone.place(0, 0, 1)
    first, second = await lines(server, "after=0"), await lines(server, "after=0")
    assert first == second
    assert [line.split(",")[0] for line in first if line.startswith("@")] == ["@1", "@1025", "@2049"]
    tail = await lines(server, "after=1000")
    assert [line.split(",")[0] for line in tail if line.startswith("@")] == ["@1001", "@1025", "@2049"]
    assert len(tail) == len(first) - 1000


@pytest.mark.parametrize(
    "query",
    [
        "",
        "after=1&minutes=1",
        "after=-1",
        "after=x",
        "after=1&after=2",
        "after=１",
        "minutes=0",
        "minutes=61",
        "minutes=",
    ],
)
async def test_a_wrong_question_for_the_log_is_refused(shared_server: ServerProcess, query: str) -> None:
    assert (await get(shared_server.url, f"/api/log?{query}"))[0] == 422


async def test_an_earlier_board_is_refused_until_there_is_one(server: ServerProcess, phone: Phone) -> None:
    await phone.place(1, 1, 3)
    status, _, headers = await get(server.url, "/api/board/earlier?delay=60")
    assert status == 503
    assert 1 <= int(headers["Retry-After"]) <= 60


async def test_an_earlier_board_lacks_what_is_young(server: ServerProcess, phone: Phone) -> None:
    await phone.place(1, 1, 3)
    status, body, headers = await get(server.url, "/api/board/earlier?delay=0")
    assert (status, len(body), body[65]) == (200, 4096, 0)
    assert headers["ETag"].endswith(':0"')
    assert (headers["X-Board-Width"], headers["X-Board-Height"]) == ("64", "64")


async def test_after_a_reset_there_is_nothing_to_hide(server: ServerProcess, phone: Phone) -> None:
    await phone.place(1, 1, 3)
    await post(server.url, "/board/reset", {}, API_KEY)
    status, body, headers = await get(server.url, "/api/board/earlier?delay=60")
    assert (status, body) == (200, bytes(4096))
    assert headers["ETag"].endswith(':2"')


@pytest.mark.parametrize("query", ["", "delay=61", "delay=-1", "delay=1.5", "delay=1&delay=2"])
async def test_a_wrong_delay_is_refused(shared_server: ServerProcess, query: str) -> None:
    assert (await get(shared_server.url, f"/api/board/earlier?{query}"))[0] == 422


async def test_figures_count_people_changes_and_colours(server: ServerProcess, phone: Phone) -> None:
    await phone.place(1, 1, 3)
    await phone.place(2, 1, 3)
    _, body, _ = await get(server.url, "/api/statistics")
    figures = json.loads(body)
    assert (figures["people"], figures["changes"], len(figures["perMinute"]), sum(figures["perMinute"])) == (
        1,
        2,
        60,
        2,
    )
    assert (figures["colors"][3], sum(figures["colors"]), len(figures["colors"])) == (2, 4096, 16)


@pytest.mark.parametrize("address", ["/", "/d/2-3x2-1920x1080", "{url}/", "{url}/display?i=1&w=9&h=9"])
async def test_a_qr_code_is_made_of_this_site_s_addresses(shared_server: ServerProcess, address: str) -> None:
    status, svg, headers = await get(
        shared_server.url, "/api/qr.svg", params={"text": address.format(url=shared_server.url)}
    )
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert svg.startswith(b"<svg")


async def test_a_path_and_its_whole_address_have_the_same_code(shared_server: ServerProcess) -> None:
    one = await get(shared_server.url, "/api/qr.svg", params={"text": "/x"})
    assert one[1] == (await get(shared_server.url, "/api/qr.svg", params={"text": shared_server.url + "/x"}))[1]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "http://127.0.0.1@example.org/",
        "{url}@example.org/",
        "/" + "x" * 300,
        "/\n",
        "http://[",
    ],
)
async def test_no_qr_code_leads_elsewhere(shared_server: ServerProcess, address: str) -> None:
    status, _, _ = await get(shared_server.url, "/api/qr.svg", params={"text": address.format(url=shared_server.url)})
    assert status == 422


async def test_a_short_link_leads_to_the_display(shared_server: ServerProcess) -> None:
    status, _, headers = await get(shared_server.url, "/d/2-3x2-1920x1080-g40?delay=10", allow_redirects=False)
    assert (status, headers["Location"]) == (302, "/display?d=2-3x2-1920x1080-g40&delay=10")


@pytest.mark.parametrize("code", ["%0d%0aX", "a%2f..%2fadmin", "x" * 81, "%C3%A9"])
async def test_a_short_link_of_other_characters_is_none(shared_server: ServerProcess, code: str) -> None:
    assert (await text(shared_server, f"/d/{code}"))[0] == 404


@pytest.mark.parametrize("query", ["%0a", "%0d%0aSet-Cookie:%20a=b", "a=%00&b=%7f", "%ff", "%F0%9F%90%9D=%23"])
async def test_a_short_link_passes_a_query_on_as_it_came(shared_server: ServerProcess, query: str) -> None:
    answer = await request(shared_server.port, "GET", f"/d/x?{query}")
    assert answer.status == 302
    assert unquote_to_bytes(answer.headers["location"]) == b"/display?d=x&" + unquote_to_bytes(query)
    assert b"Traceback" not in shared_server.log.read_bytes()
