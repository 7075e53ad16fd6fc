"""Bad requests over HTTP, row by row (`organiser.json`)."""

from __future__ import annotations

import json

import pytest

from tests.catalogue.rows import Row, expanded, inputs
from tests.catalogue.undisturbed import undisturbed
from tests.clients.raw_http import Answer, request
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess


async def sent(server: ServerProcess, text: str) -> Answer:
    """Sends `METHOD | path | header~header | body, the last two where there are any`."""
    parts = [part.strip() for part in expanded(text.replace("$KEY", API_KEY)).split("|", 3)] + ["", "", ""]
    headers = [line for line in parts[2].split("~") if line.strip()]
    body = [parts[3].encode("utf-8", "surrogateescape")] if parts[3] else []
    return await request(server.port, parts[0], parts[1], headers, body)


@pytest.mark.parametrize(("row", "text"), inputs("organiser", "requests"))
async def test_a_bad_request_has_its_answer(server: ServerProcess, row: Row, text: str) -> None:
    expected = row["status"] if isinstance(row["status"], list) else [row["status"]]
    async with undisturbed(server, board_may_change=200 in expected):
        answer = await sent(server, text)
        assert answer.status in expected
        if row.get("by") == "the HTTP parser":
            return
        assert answer.headers["server"] == "BeePlace"
        if answer.status >= 400 and not text.startswith("HEAD"):
            assert json.loads(answer.body)["statusCode"] == answer.status
        if answer.status == 405:
            assert answer.headers["allow"]


async def test_a_missing_and_a_wrong_key_have_the_same_answer(server: ServerProcess) -> None:
    missing, wrong = await sent(server, "POST | /board/reset"), await sent(server, "POST | /board/reset | apiKey: no")
    assert missing.body == wrong.body == b'{"statusCode":401,"message":"Unauthorized"}'


async def test_a_body_may_come_in_pieces(server: ServerProcess) -> None:
    headers = [f"apiKey: {API_KEY}"]
    body = b'{"x1":0,"y1":0,"x2":1,"y2":1,"color":7}'
    async with undisturbed(server, board_may_change=True):
        answer = await request(server.port, "POST", "/board/area", headers, [bytes((byte,)) for byte in body])
        assert answer.status == 200, answer.body


async def test_a_body_may_come_in_chunks(server: ServerProcess) -> None:
    body = '{"readOnly":false}'
    headers = [f"apiKey: {API_KEY}", "Transfer-Encoding: chunked", "", f"{len(body):x}\r\n{body}\r\n0\r\n"]
    answer = await request(server.port, "POST", "/board/read-only", headers)
    assert answer.status == 200, answer.body


async def test_a_body_in_endless_chunks_is_refused(server: ServerProcess) -> None:
    chunk = "ffff\r\n" + 65_535 * " " + "\r\n"
    headers = [f"apiKey: {API_KEY}", "Transfer-Encoding: chunked", "", 4 * chunk + "0\r\n"]
    answer = await request(server.port, "POST", "/board/read-only", headers)
    assert answer.status == 413, answer.body


async def test_a_key_in_an_address_is_warned_of_once_and_never_repeated(start_server: StartServer) -> None:
    server = start_server()
    for _ in range(20):
        assert (await sent(server, "POST | /board/reset?apiKey=$KEY")).status == 401
        assert (await sent(server, "POST | /board/reset?x=$KEY | apiKey: $KEY")).status == 400
    text = server.log.read_text()
    assert text.count("a key in an address") == 1
    assert API_KEY not in text


async def test_a_key_in_a_body_or_a_cookie_is_nothing(start_server: StartServer) -> None:
    server = start_server()
    for more in ("Cookie: apiKey=$KEY", "X-Api-Key: $KEY", "Cookie: Authorization=$KEY"):
        answer = await sent(server, f'POST | /board/read-only | {more} | {{"readOnly":true,"apiKey":"$KEY"}}')
        assert answer.status == 401
    kept = 'POST | /board/read-only | apiKey: $KEY~Cookie: apiKey=$KEY | {"readOnly":false,"apiKey":"no"}'
    assert (await sent(server, kept)).status == 200
    assert "a key in an address" not in server.log.read_text()
