"""What `GET /api/desk` tells, to whom; and that a revoked key ends the sockets it has opened."""

from __future__ import annotations

import asyncio
import json

import pytest
from msgspec.json import decode

from beeplace.gateway.desk_socket.models import DeskShown
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.gateway.desk_socket.desks import DEADLINE_SECONDS, desk, ticket
from tests.keys import add_key, keys_command
from tests.servers import API_KEY, ServerProcess


@pytest.mark.parametrize(
    ("role", "may", "may_not"), [("viewer", "", "fill"), ("moderator", "fill", "reset"), ("operator", "reset", "")]
)
async def test_a_key_hears_whose_it_is_and_what_it_may_do(
    server: ServerProcess, role: str, may: str, may_not: str
) -> None:
    status, body, _ = await get(server.url, "/api/desk", headers={"apiKey": add_key(server, f"Anna, {role}", role)})
    told = json.loads(body)
    assert (status, told["you"]["name"], told["you"]["role"]) == (200, f"Anna, {role}", role)
    assert not may or may in told["you"]["may"]
    assert may_not not in told["you"]["may"]


async def test_all_that_a_desk_is_told_is_in_its_description(server: ServerProcess) -> None:
    _, body, _ = await get(server.url, "/api/desk", headers={"apiKey": API_KEY})
    assert decode(body, type=DeskShown).board.width == 64
    assert json.loads(body).keys() <= set(DeskShown.__struct_encode_fields__)


async def test_the_desk_is_asked_for_again_by_its_etag(server: ServerProcess) -> None:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:  # a figure may change in between
            _, body, told = await get(server.url, "/api/desk", headers=headers)
            status, again, _ = await get(server.url, "/api/desk", headers={**headers, "If-None-Match": told["ETag"]})
            if status == 304:
                break
    assert again == b""
    assert json.loads(body)["you"]["name"] == "API_KEY"
    async with dial(server.url) as phone, asyncio.timeout(DEADLINE_SECONDS):
        await phone.join("me")
        while json.loads(body)["people"]["now"] != 1:
            _, body, changed = await get(server.url, "/api/desk", headers=headers)
    assert changed["ETag"] != told["ETag"]


async def test_a_revoked_key_ends_its_sockets_and_no_others(start_server: StartServer) -> None:
    server = start_server()
    key = add_key(server, "Anna", "viewer")
    async with desk(server.url, await ticket(server.url, key)) as revoked, desk(server.url) as another:
        assert keys_command(server, "revoke", "Anna").returncode == 0
        async with asyncio.timeout(DEADLINE_SECONDS):
            await revoked.gone.wait()
        version = another.version
        async with dial(server.url) as phone:
            await phone.join("me")
            await another.until(lambda: another.version > version)
        assert not another.gone.is_set()
