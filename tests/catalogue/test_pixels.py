"""Bad placements over a real socket, row by row (`pixels.json`)."""

from __future__ import annotations

import json
import secrets
from contextlib import AsyncExitStack

import pytest

from tests.catalogue.rows import Row, expanded, inputs, whole_rows
from tests.catalogue.undisturbed import remaining, undisturbed
from tests.clients.http import post
from tests.clients.phone import Phone, dial
from tests.servers import API_KEY, ServerProcess


async def check_closed(phone: Phone, frame: str, expected: str) -> None:
    await phone.send(frame)
    assert await phone.closed() == int(expected.split()[1])


async def check_refused(phone: Phone, literal: str, code: str) -> None:
    answer = await phone.ask("pixelFromPlayer", literal)
    assert (answer.get("ok"), answer.get("code")) == (False, code), answer
    assert answer["message"]
    await phone.send(f'42["pixelFromPlayer"{"," if literal else ""}{literal}]')
    (rejected,) = await phone.event("pixelRejected")
    assert rejected["code"] == code


@pytest.mark.parametrize(("row", "argument"), inputs("pixels", "arguments"))
async def test_a_bad_placement_has_its_answer(server: ServerProcess, row: Row, argument: str) -> None:
    literal, expected, me = expanded(argument), row["answer"], secrets.token_hex(8)
    async with undisturbed(server, board_may_change=expected == "ok"), dial(server.url) as phone:
        before = (await phone.join(me))["remainingPixels"]
        if expected.startswith("closed"):
            await check_closed(phone, f'421["pixelFromPlayer",{literal}]', expected)
        elif expected == "ok":
            answer = await phone.ask("pixelFromPlayer", literal)
            assert answer["ok"] is True, answer
            assert answer["remainingPixels"] == before - 1
        else:
            await check_refused(phone, literal, expected)
        assert await remaining(server, me) == before - (expected == "ok")


@pytest.mark.parametrize(("row", "frame"), inputs("pixels", "frames"))
async def test_a_bad_event_closes_the_socket(server: ServerProcess, row: Row, frame: str) -> None:
    async with undisturbed(server), dial(server.url) as phone:
        await phone.join(secrets.token_hex(8))
        await check_closed(phone, frame, row["answer"])


@pytest.mark.parametrize("row", whole_rows("pixels", "steps"))
async def test_a_story_of_placements_ends_as_it_must(server: ServerProcess, row: Row) -> None:
    async with undisturbed(server, board_may_change=True), AsyncExitStack() as stack:
        phones: dict[str, Phone] = {}
        names = {who: secrets.token_hex(8) for who in ("first", "second")}
        for who in ("first", "second", "nobody"):
            phones[who] = await stack.enter_async_context(dial(server.url))
            if who != "nobody":
                await phones[who].join(names[who])
        for who, what, expected in row["steps"]:
            if who == "organiser":
                await organise(server, what, expected)
            else:
                answer = await phones[who].ask("pixelFromPlayer", what)
                assert answer.get("code", "ok") == expected, answer
                assert ("retryIn" in answer) == (expected in ("ok", "cooldown", "duplicate"))
        assert await remaining(server, names["first"]) == 3 - row["spent"]


async def organise(server: ServerProcess, what: str, expected: str) -> None:
    path, _, body = what.partition(" ")
    status, _ = await post(server.url, path, json.loads(body), API_KEY)
    assert str(status) == expected
