"""Bad joins over a real socket, row by row (`join.json`)."""

from __future__ import annotations

import pytest

from tests.catalogue.rows import Row, expanded, inputs
from tests.catalogue.undisturbed import undisturbed
from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.servers import ServerProcess


async def current_epoch(server: ServerProcess) -> str:
    _, _, headers = await get(server.url, "/api/board")
    return headers["ETag"].strip('"').split(":")[0]


async def check(phone: Phone, row: Row, literal: str) -> None:
    expected = row["answer"]
    if expected.startswith("closed"):
        await phone.send(f'421["join",{literal}]')
        assert await phone.closed() == int(expected.split()[1])
        return
    answer = await phone.ask("join", literal)
    if expected == "ok":
        assert "initialState" in answer, answer
        assert row.get("has", "epoch") in answer["initialState"]
        return
    assert answer["code"] == expected
    assert answer["ok"] is False
    assert answer["message"]
    assert "initialState" in await phone.call("join", "somebody else"), "a mistake may be put right"


@pytest.mark.parametrize(("row", "argument"), inputs("join", "arguments"))
async def test_a_bad_join_has_its_answer(server: ServerProcess, row: Row, argument: str) -> None:
    literal = expanded(argument).replace("$EPOCH", await current_epoch(server))
    async with undisturbed(server), dial(server.url) as phone:
        await check(phone, row, literal)


async def test_the_third_bad_join_closes_the_socket(server: ServerProcess) -> None:
    async with undisturbed(server), dial(server.url) as phone:
        for _ in range(3):
            assert (await phone.ask("join", "7"))["code"] == "bad_join"
        assert await phone.closed() == 4400


async def test_a_bad_join_without_acknowledgement_is_silent(server: ServerProcess) -> None:
    async with undisturbed(server), dial(server.url) as phone:
        await phone.emit("join", 7)
        assert "initialState" in await phone.call("join", "me")
        assert not phone.told


async def test_who_joins_as_the_organiser_is_an_ordinary_person(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        assert (await phone.join("ADMIN"))["remainingPixels"] == 3
        placed = await phone.place(33, 44, 5)
        assert placed["remainingPixels"] == 2
    _, body, _ = await get(server.url, "/api/pixels/33/44")
    assert b'"by":"bee-' in body
