"""The desk's socket: nobody gets in without a ticket, and who is in is told all that a desk shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.clients.http import get, post
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.gateway.desk_socket.desks import DEADLINE_SECONDS, PATH, desk, refusal, ticket
from tests.servers import API_KEY, ServerProcess

MAX_SOCKETS = 200  # as the contract says
MAX_MESSAGE_BYTES = 65_536


@pytest.fixture
def server(start_server: StartServer) -> ServerProcess:
    """One for each test."""
    return start_server()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as opened:
        yield opened


async def test_a_ticket_is_given_for_a_key_in_a_header_alone(server: ServerProcess) -> None:
    for path, key in (("", None), ("", "another-key-of-enough-length"), (f"?apiKey={API_KEY}", None)):
        status, answer = await post(server.url, f"/api/desk/ticket{path}", key=key)
        assert (status, answer) == (401, {"statusCode": 401, "message": "Unauthorized"})
    assert API_KEY not in await ticket(server.url)


async def test_without_a_ticket_nothing_is_opened(server: ServerProcess, session: aiohttp.ClientSession) -> None:
    given = await ticket(server.url)
    body, signature = given.rsplit(".", 1)
    later = str(int(body.split(".")[0]) + 60_000)
    forged = f"{later}.{body.split('.', 1)[1]}.{signature}"
    wrong = ("", "&ticket=", "&ticket=x", f"&ticket={API_KEY}", f"&ticket={given}x", f"&ticket={forged}",
             f"&ticket={given}&ticket={given}", "&ticket=%FF%00.a.b")  # fmt: skip
    for query in wrong:
        assert await refusal(session, server.url + PATH + query) == 401
    assert await refusal(session, f"{server.url}{PATH}&ticket={given}&sid=x") == 400
    async with session.ws_connect(f"{server.url}{PATH}&ticket={given}"):
        pass  # none of these has used it up


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
async def test_nothing_but_a_websocket_is_spoken(server: ServerProcess, method: str) -> None:
    given = await ticket(server.url)
    path = f"/desk/socket.io/?EIO=4&transport=polling&ticket={given}"
    async with aiohttp.ClientSession() as asking, asking.request(method, server.url + path) as response:
        assert response.status == (400 if method == "GET" else 405)


async def test_a_page_of_another_site_opens_none(server: ServerProcess, session: aiohttp.ClientSession) -> None:
    given = await ticket(server.url)
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        async with session.ws_connect(f"{server.url}{PATH}&ticket={given}", headers={"Origin": "https://evil.example"}):
            pass
    assert error.value.status == 403


async def test_a_ticket_is_good_once(server: ServerProcess, session: aiohttp.ClientSession) -> None:
    given = await ticket(server.url)
    async with desk(server.url, given):
        assert await refusal(session, f"{server.url}{PATH}&ticket={given}") == 401
    assert await refusal(session, f"{server.url}{PATH}&ticket={given}") == 401


async def test_of_many_who_show_one_ticket_at_once_one_gets_in(
    server: ServerProcess, session: aiohttp.ClientSession
) -> None:
    given = await ticket(server.url)

    address = f"{server.url}{PATH}&ticket={given}"
    statuses = await asyncio.gather(*(refusal(session, address) for _ in range(20)))
    assert (statuses.count(None), statuses.count(401)) == (1, 19)


async def test_there_are_200_sockets_at_most(server: ServerProcess, session: aiohttp.ClientSession) -> None:
    async with AsyncExitStack() as open_ones:
        for _ in range(MAX_SOCKETS):
            given = await ticket(server.url)
            await open_ones.enter_async_context(session.ws_connect(f"{server.url}{PATH}&ticket={given}"))
        more = f"{server.url}{PATH}&ticket={await ticket(server.url)}"
        assert await refusal(session, more) == 503
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await refusal(session, f"{server.url}{PATH}&ticket={await ticket(server.url)}") is not None:
            pass  # the places of those who left are freed a moment later


async def test_a_message_that_is_too_large_ends_its_socket_alone(
    server: ServerProcess, session: aiohttp.ClientSession
) -> None:
    async with desk(server.url) as other:
        given = await ticket(server.url)
        async with (
            session.ws_connect(f"{server.url}{PATH}&ticket={given}") as socket,
            asyncio.timeout(DEADLINE_SECONDS),
        ):
            await socket.receive()
            await socket.send_str("40/organiser,")
            await socket.send_str("4" + "x" * MAX_MESSAGE_BYTES)
            async for _ in socket:  # until it is closed
                pass
        version = other.version
        await post(server.url, "/board/read-only", {"readOnly": True}, API_KEY)
        await other.until(lambda: other.version > version and other.state["board"]["readOnly"])


ODD = ("", "4", "9", "x", "40", "40/,", "40/screen,", "42", '42/organiser,["state"]', "451-", "42/organiser,[",
       '40/organiser,{"sid":"x"}', "41/organiser,", "44/organiser,", "4" + "[" * 30_000, '42/organiser,["connect",{}]',
       '42/organiser,["disconnect"]', '42/organiser,1["nobody",1]', "6", "3", "2probe", "5")  # fmt: skip


@pytest.mark.parametrize("first", ["", "40/organiser,"])
async def test_odd_messages_harm_nobody(server: ServerProcess, session: aiohttp.ClientSession, first: str) -> None:
    for odd in ODD:
        given = await ticket(server.url)
        async with session.ws_connect(f"{server.url}{PATH}&ticket={given}") as socket:
            await socket.receive()
            for text in (first, odd, odd):
                if not socket.closed:
                    await socket.send_str(text)
    async with desk(server.url) as fine:
        assert fine.state["board"]["seq"] == 0
    assert (await get(server.url, "/health"))[0] == 200


async def test_a_desk_sees_people_placements_and_refusals(server: ServerProcess) -> None:
    async with desk(server.url) as seen, dial(server.url) as phone:
        await phone.join("me")
        answers = [await phone.place(n, 0, 1) for n in range(5)]
        assert [answer["ok"] for answer in answers] == [True] * 3 + [False] * 2
        await seen.until(lambda: seen.state["refusals"]["minute"] == 2)
        state = seen.state
        assert state["refusals"]["reasons"] == {"cooldown": 2}
        assert (state["people"]["now"], state["placements"]["minute"], state["board"]["seq"]) == (1, 3, 3)
        assert (state["gateways"], state["gateway"]["sockets"], state["store"]["waiting"]) == (1, 1, 0)
        assert "failing" not in state["store"]
        assert state["busiest"] == {"x": 0, "y": 0, "width": 8, "height": 8, "pixels": 3}


async def test_newcomers_are_those_who_join_for_the_first_time(server: ServerProcess) -> None:
    _, _, headers = await get(server.url, "/")
    await get(server.url, "/")  # nobody joins by this name
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    async with desk(server.url) as seen, dial(server.url) as one, dial(server.url, cookie) as other:
        token = (await one.join({}))["token"]
        await other.join({})
        async with dial(server.url) as tab:
            await tab.join({"token": token})
        await seen.until(lambda: seen.state["newcomers"]["minute"] == 2)


async def test_a_desk_sees_who_came_in_by_which_way(start_server: StartServer) -> None:
    server = start_server(ENTRY="code", WALL_CODE_SECONDS=300)
    async with desk(server.url) as seen:
        await seen.until(lambda: seen.state.get("entries", {}).get("byWay") == {})
        _, told, _ = await get(server.url, "/api/entry", headers={"apiKey": API_KEY})
        code = json.loads(told)["codes"][0]["code"]
        assert [(await post(server.url, "/api/entry", {"code": code}))[0] for _ in range(2)] == [200, 200]
        await seen.until(lambda: seen.state["entries"]["byWay"] == {"code": 2})


async def test_a_desk_hears_what_organisers_do(server: ServerProcess) -> None:
    async with desk(server.url) as one, desk(server.url) as two:
        await post(server.url, "/board/area", {"x1": 1, "y1": 2, "x2": 4, "y2": 2, "color": 5}, API_KEY)
        await post(server.url, "/board/read-only", {"readOnly": True}, API_KEY)
        for seen in (one, two):
            await seen.until(lambda seen=seen: len(seen.log) == 2)
            fill, closed = seen.log
            assert (fill["seq"], fill["kind"], closed["kind"]) == (1, "fill", "read-only")
            assert (fill["by"], closed["by"]) == ("API_KEY", "API_KEY")
            assert fill["area"] == {"x": 1, "y": 2, "width": 4, "height": 1}
            await seen.until(lambda seen=seen: seen.state["board"]["readOnly"])


async def test_who_comes_later_has_the_same_state(server: ServerProcess) -> None:
    async with desk(server.url) as first:
        await post(server.url, "/board/read-only", {"readOnly": True}, API_KEY)
        await first.until(lambda: first.state["board"]["readOnly"])
        async with desk(server.url) as second:
            await post(server.url, "/board/read-only", {"readOnly": False}, API_KEY)
            for seen in (first, second):
                await seen.until(lambda seen=seen: seen.state["board"]["seq"] == 2)
                assert not seen.state["board"]["readOnly"]


async def test_a_stop_ends_open_desks_in_order(start_server: StartServer) -> None:
    server = start_server()
    async with desk(server.url) as seen:
        assert await asyncio.to_thread(server.stop) == 0
        await asyncio.wait_for(seen.gone.wait(), DEADLINE_SECONDS)
    assert "Traceback" not in server.log.read_text()
