"""Who draws, at the desk: the switch and back, the code, who came in by which wall, a link for a screen."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.e2e.entrance.test_tickets import sources

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_desk_lets_only_those_draw_who_have_a_code_and_ends_it(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(ENTRY="code", WALL_CODE_SECONDS=300)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, switch, code = desk.page, desk.page.locator("#entry-switch"), desk.page.locator("#entry-code")
    await desk.tab("board")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await expect(code).to_have_text(re.compile("^[B-Z]{3} [B-Z]{3}$"))
    assert await page.locator("#entry-qr").evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
    assert await findings(page) == []
    async with dial(server.url) as phone:
        await phone.join()
        assert (await phone.place(1, 1, 1))["code"] == "entry"
    done = await page.request.post(f"{server.url}/api/entry", data={"code": await code.inner_text()})
    assert done.ok
    await expect(page.locator("#entry-words")).to_contain_text(
        "1 came in, 0 of them from elsewhere; 0 wrong codes and tickets"
    )
    await expect(page.locator("#entry-words")).to_contain_text("desk: 1")
    await expect(page.locator("#entry-words")).to_contain_text(re.compile("1, [01] in the last minute"))

    await page.locator("#entry-wall").fill("2")
    await page.locator("#entry-screen").click()
    link = page.locator("#entry-link")
    await expect(link).to_be_visible()
    address = await link.input_value()
    assert address.startswith(f"{server.url}/display#pass=")
    screen_pass = address.partition("#pass=")[2]
    given = await page.request.post(f"{server.url}/api/entry/codes", data={"screenPass": screen_pass})
    assert (await given.json())["wall"] == 2

    ended = await code.inner_text()
    await page.locator("#entry-end").click()
    await desk.hears("End these codes")
    await expect(code).not_to_have_text(ended)
    refused = await page.request.post(f"{server.url}/api/entry", data={"code": ended})
    assert (await refused.json())["code"] == "wrong"

    await switch.click()
    await desk.hears("Everybody draws")
    await expect(code).to_be_hidden()
    assert b'"ways":["open"]' in (await get(server.url, "/api/config"))[1]
    await switch.click()
    await desk.hears("Only who comes in")
    await expect(code).to_be_visible()


async def test_the_desk_chooses_the_ways_to_come_in_and_frees_a_ticket(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(**sources(tmp_path) | {"ENTRY": "code", "WALL_CODE_SECONDS": 300})
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, switch, code = desk.page, desk.page.locator("#entry-switch"), desk.page.locator("#entry-code")
    await desk.tab("board")
    ticket = page.get_by_label("Ticket", exact=True)
    await expect(page.get_by_label("Code of a wall")).to_be_disabled()  # the last way stays
    await ticket.check()
    await desk.hears("Ways to come in")
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.post(f"{server.url}/api/entry", json={"ticket": "HIVE-0001"}) as shown,
    ):
        assert shown.ok
    await expect(page.locator("#entry-words")).to_contain_text("2 of 3 codes of the list left")
    await expect(page.locator("#entry-words")).to_contain_text("Ticket: 1")
    assert await findings(page) == []
    await page.locator("#entry-ticket").fill("hive 0001")
    await page.locator("#entry-ticket").press("Enter")
    await desk.hears("The ticket lets its holder in again")
    await page.get_by_label("Code of a wall").uncheck()
    await expect(code).to_be_empty()
    for checked in ("false", "true"):
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", checked)
    await expect(ticket).to_be_checked()  # back to what it was
    assert b'"ways":["ticket"]' in (await get(server.url, "/api/config"))[1]
