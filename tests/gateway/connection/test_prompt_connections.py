"""Connections on which a request is answered in the step that reads it, and those on which none may be."""

from __future__ import annotations

import asyncio

import pytest

from beeplace.gateway.connection.takeover import RequestConnection
from tests.gateway.connection.test_fast_handshake import ACCEPTED, DEADLINE_SECONDS, HANDSHAKE, call, house
from tests.waiting import until

ASKED = b"GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n"
ELSE = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
NOW = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnow\n"


def now(data: bytes, _: RequestConnection) -> bytes | None:
    """The one answer that waits for nothing."""
    return NOW if data == ASKED else None


async def test_what_waits_for_nothing_is_answered_without_aiohttp_again_and_again() -> None:
    async with house(prompt=now) as inside:
        one = await call(inside)
        for _ in range(3):
            one.writer.write(ASKED)
            assert await one.until(b"now\n") == NOW
        assert inside.asked == 0
        one.writer.write(HANDSHAKE)
        await one.until(ACCEPTED)


async def test_it_is_answered_without_aiohttp_behind_an_answer_of_aiohttps() -> None:
    async with house(prompt=now) as inside:
        one = await call(inside, ELSE)
        for said in (ASKED, ELSE, ASKED):
            assert b" 404 " in await one.until(b'"Not Found"}')
            one.writer.write(said)
            if said == ASKED:
                assert await one.until(b"now\n") == NOW
                one.writer.write(ELSE)
        assert inside.asked == 1


MIXED = {
    "two in one piece": [ASKED + ASKED],
    "one in pieces": [ASKED[:9], ASKED[9:]],
    "the beginning of another behind it": [ELSE + ASKED[:9], ASKED[9:]],
    "a body that looks like one": [
        ELSE.replace(b"GET", b"POST").replace(b"Host", b"Content-Length: %d\r\nHost" % len(ASKED)), ASKED,
    ],
    "the body of a GET": [ELSE.replace(b"Host", b"Content-Length: %d\r\nHost" % len(ASKED)), ASKED],
    "a body in parts": [ELSE.replace(b"Host", b"Transfer-Encoding: chunked\r\nHost"), ASKED],
}  # fmt: skip


@pytest.mark.parametrize("case", list(MIXED))
async def test_what_is_within_or_behind_another_request_is_aiohttps(case: str) -> None:
    asked: list[bytes] = []

    def noted(data: bytes, connection: RequestConnection) -> bytes | None:
        asked.append(data)
        return now(data, connection)

    async with house(prompt=noted) as inside:
        one = await call(inside)
        for piece in MIXED[case]:
            one.writer.write(piece)
            await until(
                lambda: inside.asked == 1
            )  # the first piece has been read, so that the second is one of its own
        one.writer.write_eof()
        assert NOW not in await one.gone()
        assert asked == MIXED[case][:1]


async def test_who_says_nothing_more_behind_an_answer_is_let_go_and_not_counted() -> None:
    async with house(prompt=now) as inside:
        one = await call(inside, ASKED)
        await one.until(b"now\n")
        inside.reception.step(inside.server.engine.clock() + 11)
        assert await one.gone() == b""
        assert inside.cut == 0


async def test_who_reads_no_answers_is_aiohttps() -> None:
    def long(data: bytes, _: RequestConnection) -> bytes | None:
        return bytes(32_000) if data == ASKED else None

    async with house(prompt=long) as inside:
        one = await call(inside)
        one.writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not inside.asked:
                one.writer.write(ASKED)
                await asyncio.sleep(0)
