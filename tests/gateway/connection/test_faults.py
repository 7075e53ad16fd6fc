"""A fault in a handler of ours is logged once, ends the one session that it was about, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import suppress
from typing import Any

from structlog.testing import capture_logs

from beeplace.gateway.connection.close_codes import OUR_FAULT
from beeplace.gateway.connection.faults import FaultLog
from beeplace.gateway.connection.session import Session
from beeplace.gateway.socketio_server import Handlers, direct
from beeplace.gateway.wire.frames import close_frame
from tests.clients.frames import masked
from tests.gateway.connection.test_fast_handshake import (
    ACCEPTED,
    DEADLINE_SECONDS,
    HANDSHAKE,
    Caller,
    House,
    call,
    hello,
    house,
)

CLIENTS = 10


class FaultyError(Exception):
    """What no handler should raise."""


def fails(*_: Any) -> None:
    """A handler with a fault."""
    raise FaultyError


async def connected(inside: House, sent: bytes = b"40") -> Caller:
    """A client that has said this."""
    one = await call(inside, HANDSHAKE)
    await one.until(ACCEPTED)
    one.writer.write(masked(sent))
    return one


async def all_gone(inside: House, but: int = 0) -> None:
    """Waits until the server has no more sessions than these."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(inside.server.engine.sessions) > but:  # noqa: ASYNC110  # there is no event for it
            await asyncio.sleep(0)


async def test_a_fault_when_a_socket_leaves_is_logged_once_and_frees_the_session() -> None:
    handlers = Handlers({"hello": direct(hello)}, left=fails)
    with capture_logs() as lines:
        async with house(handlers) as inside:
            callers = [await connected(inside) for _ in range(CLIENTS)]
            for one in callers:
                await one.until(b'40{"sid":"')
            gone = [weakref.ref(session) for session in inside.server.engine.sessions.values()]
            for one in callers:
                one.writer.close()
            await all_gone(inside)
            assert inside.server.engine.faults.count == CLIENTS
            assert [type(line["exc_info"]) for line in lines if line["event"] == "a handler failed"] == [FaultyError]
            lines.clear()  # its trace knows the session
            gc.collect()
            assert not [session for session in gone if session()]
            await (await connected(inside)).until(b'40{"sid":"')


async def test_a_fault_of_an_event_closes_its_socket_and_no_other() -> None:
    handlers = Handlers({"hello": direct(hello), "fail": fails})
    with capture_logs() as lines:
        async with house(handlers) as inside:
            other = await call(inside, HANDSHAKE)
            await other.until(ACCEPTED)
            await other.talk()
            for _ in range(CLIENTS):
                one = await connected(inside)
                one.writer.write(masked(b'42["fail"]'))
                await one.until(close_frame(OUR_FAULT))
            other.writer.write(masked(b'421["hello",2]'))
            await other.until(b'431[{"heard":[2]}]')
            await all_gone(inside, but=1)
            assert inside.server.engine.faults.count == CLIENTS
    assert len([line for line in lines if line["event"] == "a handler failed"]) == 1


async def test_a_fault_of_the_fan_out_when_a_socket_leaves_frees_it_too() -> None:
    class Broken:
        """A fan-out with a fault."""

        remove = busy = staticmethod(fails)

    left: list[Session] = []
    with capture_logs():
        async with house(Handlers({"hello": direct(hello)}, left=left.append)) as inside:
            one = await connected(inside)
            await one.until(b'40{"sid":"')
            (session,) = inside.server.engine.sessions.values()
            session.follower = Broken()
            session.drop()
            await all_gone(inside)
            assert inside.server.engine.faults.count == 1
    assert left == [session]


async def test_a_client_whose_connect_failed_never_leaves() -> None:
    left: list[Session] = []
    handlers = Handlers({"hello": direct(hello)}, connected=fails, left=left.append)
    with capture_logs():
        async with house(handlers) as inside:
            one = await connected(inside)
            await one.until(close_frame(OUR_FAULT))
            await all_gone(inside)
    assert not left


async def test_a_fault_of_a_deadline_does_not_stop_the_clock() -> None:
    with capture_logs():
        async with house() as inside:
            engine = inside.server.engine
            ticks = asyncio.Semaphore(0)
            engine.steps[:] = [fails, lambda _now: ticks.release()]
            pulse = asyncio.create_task(engine.pulse())
            async with asyncio.timeout(DEADLINE_SECONDS):
                await ticks.acquire()
                await ticks.acquire()
            pulse.cancel()
            with suppress(asyncio.CancelledError):
                await pulse
            assert engine.faults.count >= 2


def raised(place: int) -> Exception:
    """A fault with a trace, on one of two lines."""
    try:
        if place:
            raise FaultyError
        raise FaultyError
    except FaultyError as error:
        return error


def test_the_same_fault_is_logged_again_after_a_minute_and_another_at_once() -> None:
    now = 0.0
    faults = FaultLog(lambda: now)
    with capture_logs() as lines:
        for _ in range(3):
            faults.note(raised(0))
        faults.note(raised(1))
        assert len(lines) == 2
        now = 61.0
        faults.note(raised(0))
        assert len(lines) == 3
    assert faults.count == 5
