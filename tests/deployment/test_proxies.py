"""nginx, HAProxy and Caddy with the files of `deployment/`, in front of two gateways: what clients see through them."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest
import pytest_asyncio

from tests.clients.phone import Phone
from tests.clients.polling import POLL, polling
from tests.clients.websocket import NotAccepted
from tests.deployment.pair import Pair, clients
from tests.deployment.proxies import STARTS, Certificate, ProxyProcess
from tests.deployment.visits import Visit, visit
from tests.servers import API_KEY
from tests.waiting import wait_until

MANY = 12


@pytest_asyncio.fixture
async def client(proxy: ProxyProcess, pair: Pair, certificate: Certificate) -> AsyncIterator[Visit]:
    """One client of the proxy, behind which both gateways are ready, as the proxy knows."""
    pair.whole()
    async with visit(proxy, certificate) as client:
        await _until_both_are_used(client, pair)
        yield client


async def _until_both_are_used(client: Visit, pair: Pair) -> None:
    """A gateway that was away a moment ago is given nobody before the proxy has looked at it again; and Caddy listens
    before it has loaded its certificate."""
    async with asyncio.timeout(30), AsyncExitStack() as open_ones:
        while not all(pair.sockets()):
            with suppress(NotAccepted, ssl.SSLError):
                await open_ones.enter_async_context(client.phone())
    wait_until(lambda: pair.sockets() == [0, 0])


async def test_the_page_and_its_parts_come_over_tls(client: Visit) -> None:
    page = await client.get("/")
    parts = re.findall(r'(?:src|href)="\.(/assets/[^"]+)"', page.body.decode())
    assert page.status == 200
    assert parts
    assert {(await client.get(part)).status for part in parts} == {200}
    assert len((await client.get("/api/board")).body) == 64 * 64


async def test_plain_http_is_sent_to_tls(client: Visit, proxy: ProxyProcess) -> None:
    answer = await client.get(f"http://127.0.0.1:{proxy.http_port}/displays?c=2", headers={"Host": "localhost"})
    assert answer.status == 308
    assert re.fullmatch(r"https://localhost(:\d+)?/displays\?c=2", answer.headers["Location"])


async def test_gateways_know_that_the_client_came_over_tls(client: Visit) -> None:
    cookies = (await client.get("/")).headers["Set-Cookie"]
    assert "Secure" in cookies


async def test_figures_are_not_for_the_public(client: Visit) -> None:
    assert (await client.get("/metrics")).status == 404


async def test_a_pixel_is_seen_by_everyone(client: Visit, pair: Pair) -> None:
    wait_until(lambda: pair.sockets() == [0, 0])  # those of the tests before
    async with client.phone() as one, client.phone() as two:
        for phone in (one, two):
            await phone.join()
        assert pair.sockets() == [1, 1]
        answer = await one.place(3, 4, 5)
        assert answer["ok"], answer
        await two.reached(answer["seq"])
        assert two.board[4 * 64 + 3] == 5


async def test_an_organiser_gets_through(client: Visit) -> None:
    area = {"x1": 0, "y1": 0, "x2": 1, "y2": 1, "color": 7}
    assert (await client.request("POST", "/board/area", json=area)).status == 401
    assert (await client.request("POST", "/board/area", json=area, headers={"apiKey": API_KEY})).status == 200


async def test_polling_stays_with_its_gateway(client: Visit) -> None:
    session = await polling(client)
    assert "initialState" in await session.call(1, "join", {"board": "none"})
    for number in range(2, MANY):
        answer = await session.call(number, "pixelFromPlayer", {"x": number, "y": 0, "color": 1})
        assert answer["ok"], answer
    assert await session.post(b"1") == 200


async def test_a_session_by_polling_goes_over_to_a_websocket(client: Visit) -> None:
    """As original clients do."""
    session = await polling(client, connect=False)
    async with client.socket(f"&sid={session.sid}") as socket:
        socket.send("2probe")
        assert await socket.message() == "3probe"


async def test_each_client_has_its_own_address_and_none_can_forge_it(
    proxy: ProxyProcess, certificate: Certificate, pair: Pair
) -> None:
    """A gateway logs each address once a minute; a forged one would be one more, the proxy's would be one for all."""
    before, network = len(pair.peers()), list(STARTS).index(proxy.name) + 1
    for number in range(MANY):
        async with (
            visit(proxy, certificate, f"127.0.{network}.{number % 3 + 1}") as client,
            client.socket(headers={"X-Forwarded-For": f"9.9.9.{number}", "Forwarded": "for=9.9.9.9"}) as socket,
        ):
            socket.send("nonsense")
            assert await socket.close_code() == 4400
    wait_until(lambda: len(pair.peers()) - before >= 3)
    assert 3 <= len(pair.peers()) - before <= 6


@pytest.mark.parametrize("forged", [{}, {"X-Forwarded-Host": "evil.example"}], ids=["other site", "forged host"])
async def test_another_sites_page_opens_no_socket(client: Visit, forged: dict[str, str]) -> None:
    answer = await client.get(POLL, headers={"Origin": "https://evil.example", **forged})
    assert answer.status == 403
    assert (await client.get(POLL, headers={"Origin": client.url})).status == 200


async def test_when_a_gateway_dies_its_clients_go_on_at_the_other(client: Visit, pair: Pair) -> None:
    async with client.phone() as one, client.phone() as two:
        tokens = {phone: (await phone.join())["token"] for phone in (one, two)}
        pair.gateways[0].kill()
        left, stayed = await _who_left(one, two)
        answer = await stayed.place(9, 9, 2)
        assert answer["ok"], answer
        async with client.phone() as back:
            back.canvas = left.canvas
            state = await back.join({"token": tokens[left], **left.canvas.wanted()})
            assert state["delta"]["pixels"].endswith("9,9,2")
            assert (await back.place(9, 8, 3))["ok"]
            await back.reached(state["seq"] + 1)
            await stayed.reached(back.seq)
            assert back.board == stayed.board
        answers = [(await client.get("/api/board")).status for _ in range(MANY)]
    assert set(answers) == {200}


async def test_who_drains_gets_nobody_new(client: Visit, pair: Pair) -> None:
    """While a gateway is stopped every request is answered, and its clients go on at the other."""
    async with client.phone() as phone:
        await phone.join()
        told = asyncio.create_task(phone.closed())
        gateway = next(gateway for gateway in pair.gateways if clients(gateway))
        stopping = asyncio.create_task(asyncio.to_thread(gateway.stop))
        answers: list[int] = []
        while not stopping.done() or len(answers) < MANY:
            answers.append((await client.get("/api/board")).status)
        assert set(answers) == {200}
        assert await stopping == 0
        assert await told == 4503
    async with client.phone() as back:
        assert "delta" in await back.join({"epoch": phone.epoch, "seq": phone.seq})


async def test_without_the_database(client: Visit, proxy: ProxyProcess, pair: Pair) -> None:
    """A gateway that cannot save gets nobody new; but if none can, they all go on showing the canvas.

    nginx cannot ask for /ready: there the page tells who is at the wrong one that saving is paused.
    """
    try:
        pair.shut_out(0)
        if proxy.name != "nginx":
            await _only_the_second_is_asked(client)
        pair.shut_out(1)
        async with asyncio.timeout(30), client.phone() as phone:
            assert {(await client.get("/api/board")).status for _ in range(MANY)} == {200}
            await phone.join()
            assert (await phone.place(1, 1, 1))["code"] == "store_unavailable"
    finally:
        pair.let_in()


async def _only_the_second_is_asked(client: Visit) -> None:
    """Waits until so many new sockets after one another can place as would not all be at the second by chance."""
    row = 0
    async with asyncio.timeout(30):
        while row < 2 * MANY:
            async with client.phone() as phone:
                await phone.join()
                row = row + 1 if (await phone.place(row, 20, 1))["ok"] else 0


async def _who_left(one: Phone, two: Phone) -> tuple[Phone, Phone]:
    """The one of two phones whose gateway has gone, and the other."""
    ends = {asyncio.ensure_future(phone.closed()): phone for phone in (one, two)}
    done, going = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    for task in going:
        task.cancel()
    await asyncio.gather(*going, return_exceptions=True)
    left = ends[done.pop()]
    return left, two if left is one else one
