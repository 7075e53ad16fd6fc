"""Who is who: by token, by cookie, by fingerprint; and that nothing of it stands in the database in clear."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.clients.http import get
from tests.clients.phone import Phone, dial
from tests.clients.polling import open_poller
from tests.clients.raw_http import request
from tests.conftest import StartServer
from tests.servers import ServerProcess


async def page_cookie(server: ServerProcess) -> str:
    _, _, headers = await get(server.url, "/")
    return headers["Set-Cookie"].split(";")[0].split("=", 1)[1]


async def test_a_token_works_on_another_socket(shared_server: ServerProcess) -> None:
    async with dial(shared_server.url) as one, dial(shared_server.url) as two:
        token = (await one.join())["token"]
        await one.place(1, 1, 1)
        state = await two.join({"token": token})
        assert (state["token"], state["remainingPixels"]) == (token, 2)


async def test_a_token_works_after_a_restart(start_server: StartServer) -> None:
    server = start_server(COOLDOWN=600)
    async with dial(server.url) as phone:
        token = (await phone.join())["token"]
        await phone.place(1, 1, 1)
    server.kill()
    server.start()
    async with dial(server.url) as phone:
        state = await phone.join({"token": token})
        assert (state["token"], state["remainingPixels"]) == (token, 2)


async def test_a_forged_token_gets_a_new_identity(shared_server: ServerProcess) -> None:
    async with dial(shared_server.url) as one, dial(shared_server.url) as two:
        token = (await one.join())["token"]
        await one.place(1, 1, 1)
        name, _, signature = token.partition(".")
        for forged in (f"{name}.{signature[:-2]}AA", f"x{token}", name, f"{name}.", f".{signature}", "é.é", "a.b.c"):
            state = await two.join({"token": forged})
            assert state["token"] not in (token, forged)
            assert state["remainingPixels"] == 3


async def test_the_cookie_of_the_page_is_recognised(shared_server: ServerProcess) -> None:
    cookie = {"Cookie": f"beeplace={await page_cookie(shared_server)}"}
    async with dial(shared_server.url, headers=cookie) as one, dial(shared_server.url, headers=cookie) as two:
        await one.join()
        await one.place(1, 1, 1)
        assert (await two.join({"fingerprint": "a browser's"}))["remainingPixels"] == 2


@pytest.mark.parametrize("size", [8_000, 8_300, 16_000, 16_384])
async def test_cookies_of_others_are_no_reason_to_refuse(shared_server: ServerProcess, size: int) -> None:
    ours = f"beeplace={await page_cookie(shared_server)}"
    cookies = {"Cookie": "; ".join([f"other={'x' * (size - len(ours) - 8)}", ours])}
    assert len(cookies["Cookie"]) == size
    status, _, _ = await get(shared_server.url, "/", headers=cookies)
    assert status == 200
    async with dial(shared_server.url, headers=cookies) as one:
        assert (await one.place(1, 1, 1))["code"] == "not_joined"
        token = (await one.join({}))["token"]  # says that its name was used now
        assert token.split(".")[0] == ours.removeprefix("beeplace=").split(".")[0]
    status, body, _ = await get(shared_server.url, "/socket.io/?EIO=4&transport=polling", headers=cookies)
    assert (status, body[:1]) == (200, b"0")


async def test_the_cookie_is_for_the_server_alone(shared_server: ServerProcess) -> None:
    _, _, headers = await get(shared_server.url, "/")
    attributes = {part.strip().lower() for part in headers["Set-Cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes


async def test_who_has_a_cookie_gets_no_other(shared_server: ServerProcess) -> None:
    cookie = await page_cookie(shared_server)
    _, _, headers = await get(shared_server.url, "/", headers={"Cookie": f"beeplace={cookie}"})
    assert "Set-Cookie" not in headers


async def test_a_forged_cookie_is_replaced(shared_server: ServerProcess) -> None:
    for forged in ("nobody", "a.b", "\udcff.\udcfe"):
        answer = await request(shared_server.port, "GET", "/", [f"Cookie: beeplace={forged}"])
        assert (answer.status, answer.headers["set-cookie"][:9]) == (200, "beeplace=")


async def test_two_sockets_with_one_fingerprint_share_one_allowance(server: ServerProcess) -> None:
    async with dial(server.url) as one, dial(server.url) as two:
        await one.join("me")
        await two.join({"fingerprint": "me"})
        answers = [await phone.place(1, 1, 1) for phone in (one, two, one, two)]
        assert [answer.get("code", "ok") for answer in answers] == ["ok", "ok", "ok", "cooldown"]


async def test_a_fingerprint_is_no_token(shared_server: ServerProcess) -> None:
    async with dial(shared_server.url) as one, dial(shared_server.url) as two:
        token = (await one.join())["token"]
        await one.place(1, 1, 1)
        assert (await two.join(token))["remainingPixels"] == 3


THREE = [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


async def spent(phone: Phone) -> None:
    """The whole allowance of somebody who has joined."""
    for pixel in THREE:
        assert (await phone.place(*pixel))["ok"]


@pytest.mark.parametrize("first", ["me", {}, {"fingerprint": "me"}])
@pytest.mark.parametrize("second", ["you", {}, {"fingerprint": "you"}, {"token": "a.b"}, {"watch": True}, "TOKEN"])
async def test_a_socket_that_joins_again_stays_who_it_was(server: ServerProcess, first: Any, second: Any) -> None:
    async with dial(server.url) as other, dial(server.url) as phone:
        token = (await other.join())["token"]
        await phone.join(first)
        await spent(phone)
        for payload in ({"token": token} if second == "TOKEN" else second, first):
            state = await phone.join(payload)
            assert (state["remainingPixels"], state["userCount"]) == (0, 2)
            assert state.get("token") != token
            assert (await phone.place(4, 4, 4))["code"] == "cooldown"
        assert (await other.join({"token": token}))["remainingPixels"] == 3


async def test_a_socket_that_watches_in_between_stays_who_it_was(server: ServerProcess) -> None:
    async with dial(server.url) as phone:
        await phone.join({"watch": True})
        token = (await phone.join())["token"]
        await spent(phone)
        await phone.join({"watch": True})
        state = await phone.join()
        assert (state["remainingPixels"], state["token"], state["userCount"]) == (0, token, 1)


async def test_a_polling_session_that_joins_again_stays_who_it_was(server: ServerProcess) -> None:
    one = await open_poller(server)
    await one.post(b'420["join","me"]')
    assert "initialState" in await one.answer(0)
    for number in (1, 2, 3):
        await one.post(f'42{number}["pixelFromPlayer",{{"x":{number},"y":1,"color":1}}]'.encode())
        assert (await one.answer(number))["ok"]
    await one.post(b'424["join","somebody else"]')
    assert (await one.answer(4))["initialState"]["remainingPixels"] == 0


async def test_joining_many_times_is_one_of_the_sockets_one_may_have(start_server: StartServer) -> None:
    server = start_server(SOCKETS_PER_IDENTITY=1)
    async with dial(server.url) as one, dial(server.url) as two:
        for _ in range(3):
            await one.join("me")
        await two.join("me")
        assert await one.closed() == 4409
        assert (await two.place(1, 1, 1))["ok"]


@pytest.mark.parametrize("form", ["string", "object"])
async def test_a_fingerprint_says_nothing_of_who_has_a_cookie(server: ServerProcess, form: str) -> None:
    def payload(name: str) -> Any:
        return name if form == "string" else {"fingerprint": name}

    cookie = {"Cookie": f"beeplace={await page_cookie(server)}"}
    async with (
        dial(server.url) as original,
        dial(server.url, headers=cookie) as one,
        dial(server.url, headers=cookie) as two,
        dial(server.url) as stranger,
    ):
        await original.join("original")
        await one.join(payload("original"))
        await spent(one)
        assert (await original.join("original"))["remainingPixels"] == 3
        assert (await two.join(payload("another")))["remainingPixels"] == 0
        assert (await stranger.join(payload("another")))["remainingPixels"] == 3


async def test_who_moves_to_tls_stays_who_it_was(start_server: StartServer) -> None:
    server = start_server(TRUSTED_PROXIES="127.0.0.1")
    old = await page_cookie(server)
    tls = ["X-Forwarded-Proto: https", f"Cookie: beeplace={old}"]
    given = (await request(server.port, "GET", "/", tls)).headers["set-cookie"]
    assert given.startswith(f"__Host-beeplace={old}; ")
    attributes = {part.strip().lower() for part in given.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
    assert not [part for part in attributes if part.startswith("domain")]
    async with (
        dial(server.url, headers={"Cookie": f"beeplace={old}"}) as one,
        dial(server.url, headers={"Cookie": f"__Host-beeplace={old}"}) as two,
    ):
        await one.join()
        await spent(one)
        assert (await two.join())["remainingPixels"] == 0
    again = await request(server.port, "GET", "/", [tls[0], f"Cookie: beeplace={old}; __Host-beeplace={old}"])
    assert "set-cookie" not in again.headers


async def test_who_only_watches_may_not_place_and_is_not_counted(server: ServerProcess) -> None:
    async with dial(server.url) as display, dial(server.url) as person:
        state = await display.join({"watch": True})
        assert "token" not in state
        assert "remainingPixels" not in state
        assert (await display.place(1, 1, 1))["code"] == "not_joined"
        assert (await person.join("me"))["userCount"] == 1


async def test_the_people_are_counted_by_identity(server: ServerProcess) -> None:
    async with dial(server.url) as one, dial(server.url) as two, dial(server.url) as three:
        await one.join("me")
        await two.join("me")
        assert (await three.join("you"))["userCount"] == 2


async def test_nothing_personal_is_stored_in_clear(start_server: StartServer) -> None:
    server = start_server(COOLDOWN=600)
    fingerprint, agent = "fingerprint-0123456789", "an-agent/of-somebody"
    async with dial(server.url, headers={"User-Agent": agent}) as phone:
        await phone.join(fingerprint)
        await phone.place(1, 1, 1)
    async with aiohttp.ClientSession(headers={"User-Agent": agent}) as session, session.get(server.url):
        pass
    async with dial(server.url, headers={"User-Agent": agent}) as phone:
        token = (await phone.join())["token"]
        await phone.place(2, 2, 2)
    server.kill()  # so that what waits in the write-ahead log is searched as well
    stored = b"".join(path.read_bytes() for path in server.folder.rglob("*") if path.is_file())
    assert b"SQLite format 3" in stored
    for personal in (fingerprint, agent, token, token.split(".")[0], "127.0.0.1\0", '"127.0.0.1"'):
        assert personal.encode() not in stored
    assert fingerprint not in server.log.read_text()
