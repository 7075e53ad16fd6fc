"""The desk's socket on two gateways of one board: a ticket of one opens the other, and once in all."""

from __future__ import annotations

import aiohttp

from tests.clients.http import post
from tests.conftest import StartServer
from tests.e2e.pair import phones, shared_ports, two
from tests.gateway.desk_socket.desks import PATH, desk, refusal, ticket
from tests.servers import API_KEY


async def test_a_ticket_opens_one_socket_on_whichever_gateway(start_server: StartServer) -> None:
    one, other = two(start_server, **shared_ports())
    given = await ticket(one.url)
    async with desk(other.url, given), aiohttp.ClientSession() as session:
        for gateway in (one, other):
            assert await refusal(session, f"{gateway.url}{PATH}&ticket={given}") == 401


async def test_a_desk_sees_people_and_placements_of_all_gateways(start_server: StartServer) -> None:
    one, other = two(start_server, **shared_ports())
    async with desk(one.url) as seen, phones(one, other) as (here, there):
        for x, phone in enumerate((here, there)):
            assert (await phone.place(x, 0, 1))["ok"]
        await post(other.url, "/board/read-only", {"readOnly": True}, API_KEY)
        await seen.until(lambda: bool(seen.log) and seen.state["board"]["seq"] == 3)
        await seen.until(lambda: seen.state["people"]["now"] == 2 and seen.state["gateways"] == 2)
        assert seen.state["placements"]["minute"] == 3
        assert seen.state["gateway"]["sockets"] == 1
