"""Engine.IO 4: what the protocol asks of a server, as its official test suite does."""

from __future__ import annotations

import asyncio
import json

import pytest

from beeplace.gateway.connection.engineio_server import EngineServer
from beeplace.gateway.connection.limits import ConnectionLimits
from tests.clients.websocket import NotAccepted
from tests.conformance.echo_server import Anyone, EngineEcho
from tests.conformance.suite import Peer


def opening(text: str | bytes) -> dict[str, object]:
    assert isinstance(text, str)
    assert text[0] == "0"
    found: dict[str, object] = json.loads(text[1:])
    return found


async def test_polling_opens_a_session(engine: Peer) -> None:
    status, text = await engine.request("GET", "EIO=4&transport=polling")
    value = opening(text)
    assert status == 200
    assert isinstance(value.pop("sid"), str)
    assert value == {"upgrades": ["websocket"], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling", "EIO=4", "EIO=4&transport=abc"])
async def test_a_wrong_handshake_is_refused(engine: Peer, query: str) -> None:
    assert (await engine.request("GET", query))[0] == 400


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_wrong_handshake_method_is_refused(engine: Peer, method: str) -> None:
    assert (await engine.request(method, "EIO=4&transport=polling"))[0] == 400


async def test_websocket_opens_a_session(engine: Peer) -> None:
    ws = await engine.websocket()
    value = opening(await ws.message())
    assert isinstance(value.pop("sid"), str)
    assert value == {"upgrades": [], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


@pytest.mark.parametrize(
    "query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc"]
)
async def test_a_wrong_websocket_handshake_is_refused(engine: Peer, query: str) -> None:
    with pytest.raises(NotAccepted):
        await engine.upgraded(query)


@pytest.mark.parametrize("payload", ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA=="])
async def test_polling_sends_and_receives_packets(engine: Peer, payload: str) -> None:
    sid = await engine.open()
    assert await engine.post(sid, payload) == (200, "ok")
    assert await engine.poll(sid) == (200, payload)


async def test_an_invalid_packet_ends_a_polling_session(engine: Peer) -> None:
    sid = await engine.open()
    assert (await engine.post(sid, "abc"))[0] == 400
    assert (await engine.poll(sid))[0] == 400


async def test_two_polls_at_once_end_the_session(engine: Peer) -> None:
    sid = await engine.open()
    first = asyncio.create_task(engine.poll(sid))
    await asyncio.wait({first}, timeout=0.02)  # it is held open
    second = await engine.request("GET", f"EIO=4&transport=polling&sid={sid}&t=burst")
    assert await first == (200, "1")
    assert second[0] == 400
    assert (await engine.poll(sid))[0] == 400


async def test_a_cancelled_poll_ends_the_session(engine: Peer) -> None:
    sid = await engine.open()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(engine.poll(sid), 0.02)
    assert (await engine.poll(sid))[0] == 400


async def test_websocket_sends_and_receives_text(engine: Peer) -> None:
    ws = await engine.websocket()
    await ws.message()
    ws.send("4hello")
    assert await ws.message() == "4hello"


async def test_websocket_sends_and_receives_bytes(engine: Peer) -> None:
    ws = await engine.websocket()
    await ws.message()
    ws.send(bytes((1, 2, 3, 4)))
    assert await ws.message() == bytes((1, 2, 3, 4))


async def test_an_invalid_packet_ends_a_websocket_session(engine: Peer) -> None:
    ws = await engine.websocket()
    await ws.message()
    ws.send("abc")
    assert await ws.ended()


@pytest.mark.parametrize(("interval", "pulse"), [(25.0, 0.25), (0.3, 0.003)])
async def test_deadlines_are_met_within_a_hundredth_of_the_interval(interval: float, pulse: float) -> None:
    server = EngineServer(ConnectionLimits(ping_interval=interval), EngineEcho(), Anyone())
    assert server.pulse_seconds == pytest.approx(pulse)


async def test_polling_is_pinged(engine: Peer) -> None:
    sid = await engine.open()
    for _ in range(3):
        assert await engine.poll(sid) == (200, "2")
        assert (await engine.post(sid, "3"))[0] == 200


async def test_websocket_is_pinged(engine: Peer) -> None:
    ws = await engine.websocket()
    await ws.message()
    for _ in range(3):
        assert await ws.message() == "2"
        ws.send("3")


async def test_who_does_not_answer_a_ping_is_dropped(engine: Peer) -> None:
    assert await (await engine.websocket()).ended()


async def test_a_polling_session_that_is_not_polled_ends(engine: Peer) -> None:
    sid = await engine.open()
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    loop.call_later(0.5, over.set_result, None)  # interval and patience, to the millisecond
    await over
    assert (await engine.poll(sid))[0] == 400


async def test_polling_is_closed_by_a_close_packet(engine: Peer) -> None:
    sid = await engine.open()
    poll, post = await asyncio.gather(engine.poll(sid), engine.post(sid, "1"))
    assert poll == (200, "6")
    assert post[0] == 200
    assert (await engine.poll(sid))[0] == 400


async def test_websocket_is_closed_by_a_close_packet(engine: Peer) -> None:
    ws = await engine.websocket()
    await ws.message()
    ws.send("1")
    assert await ws.ended()


async def test_polling_upgrades_to_websocket(engine: Peer) -> None:
    sid = await engine.open()
    ws = await engine.websocket(f"&sid={sid}")
    ws.send("2probe")
    assert await ws.message() == "3probe"
    assert await engine.poll(sid) == (200, "6")
    ws.send("5")
    ws.send("4hello")
    assert await ws.message() == "4hello"


async def test_polls_are_refused_after_the_upgrade(engine: Peer) -> None:
    sid = await engine.open()
    ws = await engine.websocket(f"&sid={sid}")
    ws.send("2probe")
    ws.send("5")
    assert (await engine.poll(sid))[0] == 400
    assert await ws.message() == "3probe"
    ws.send("4hello")
    assert await ws.message() == "4hello"


async def test_a_second_websocket_is_closed_after_the_upgrade(engine: Peer) -> None:
    sid = await engine.open()
    ws = await engine.websocket(f"&sid={sid}")
    ws.send("2probe")
    ws.send("5")
    assert await (await engine.websocket(f"&sid={sid}")).close_code()
    assert await ws.message() == "3probe"
    ws.send("4hello")
    assert await ws.message() == "4hello"
