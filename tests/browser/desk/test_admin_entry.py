"""Who draws, at the desk: the switch and back, the code, who came in by which wall, a link for a screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.clients.http import get
from tests.clients.phone import dial
from tests.conftest import StartServer

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
    await expect(page.locator("#entry-words")).to_contain_text("1 came in, 0 of them from elsewhere; 0 wrong codes")
    await expect(page.locator("#entry-words")).to_contain_text("desk: 1")

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
    await desk.hears("Only with a code")
    await expect(code).to_be_visible()
