"""Where not everyone may draw: a phone comes in by the QR code of a wall, or letter by letter, and stays in."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Route, expect

from beeplace.people.newcomers import CALM
from tests.browser.axe import findings
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHEET = re.compile(r"/assets/coming-in-[^/]*\.js$")


async def asked(server: ServerProcess, method: str, path: str, body: object = None) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(headers={"apiKey": API_KEY}) as http,
        http.request(method, server.url + path, json=body) as answer,
    ):
        assert answer.status == 200
        told: dict[str, Any] = await answer.json()
        return told


async def code(server: ServerProcess) -> str:
    """The one on the walls."""
    return str((await asked(server, "GET", "/api/entry"))["codes"][0]["code"])


async def test_a_scan_leads_to_a_pixel_in_two_taps_and_letters_do_too(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(WALL_CODE_SECONDS=300)
    early = await DrawingPage.open(visitors, server.url, locale="de")
    assert not any(SHEET.search(path) for path in early.wire.fetched), "it is loaded before anybody wants it"
    await asked(server, "PATCH", "/api/settings", {"entry": ["code"], "reason": "a flood"})
    await early.says("Zum Malen: Scanne den Code auf der Leinwand, oder tippe seine Buchstaben.")

    phone = await DrawingPage.open(visitors, server.url, f"#code={await code(server)}", **PHONE)
    await phone.says("You are in. Draw!")
    assert "code" not in phone.page.url
    await phone.canvas.tap()
    await phone.button.tap()
    await phone.says("Placed at")
    await phone.page.reload()
    await phone.live()
    await phone.canvas.tap()
    await expect(phone.button).to_have_text("Place")

    visitors.forgiven.append("403")  # Chromium's own line about that status
    page, field = early.page, early.page.locator("#entry-code")
    await early.button.press("Enter")
    await expect(field).to_be_focused()
    assert await findings(page) == []
    await page.keyboard.type("BBBBBB")
    await expect(page.locator("#entry-words")).to_contain_text("Das ist nicht der Code")
    written = (await code(server)).lower()
    await page.keyboard.type(f"{written[:3]} {written[3:]}")
    await early.says("Du bist dabei. Male los!")
    await expect(page.locator("#entry-sheet")).to_be_hidden()
    await page.locator("#board").press("ArrowRight")
    await early.button.press("Enter")
    await early.says("Gesetzt bei")

    wrong = await DrawingPage.open(visitors, server.url, "#code=BBBBBB", **PHONE)
    await expect(wrong.page.locator("#entry-words")).to_contain_text("That is not the code")
    await wrong.page.locator("#entry-close").tap()
    await expect(wrong.button).to_have_text("Come in")
    await asked(server, "PATCH", "/api/settings", {"entry": ["open"]})
    await expect(wrong.button).to_have_text("Choose a pixel")


async def test_a_browser_that_keeps_nothing_comes_in_and_is_told(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(ENTRY="code", WALL_CODE_SECONDS=300)
    page, wire = await visitors.open("about:blank", **PHONE)
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }});"
        "Object.defineProperty(navigator, 'cookieEnabled', {get: () => false});"
    )
    await page.context.route("**/*", lambda route: route.continue_(headers=without_cookies(route.request.headers)))
    phone = DrawingPage(server.url, page, wire)
    await page.goto(f"{server.url}/#code={await code(server)}")
    await phone.live()
    await phone.says("You are in. This browser keeps nothing")
    await page.locator("#board").tap()
    await expect(phone.button).to_have_text("Place")
    await phone.button.tap()
    await phone.says("Placed at")


async def test_a_device_works_for_its_person_and_it_is_shown(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(ENTRY="work")
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    await phone.says("To draw, come in first: it takes a moment.")
    page, held = phone.page, asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/api/entry/work", hold)
    await phone.button.tap()
    await expect(page.get_by_role("progressbar", name="Work done")).to_be_visible()
    assert await findings(page) == []
    held.set()
    await phone.says("You are in. Draw!")
    await expect(page.locator("#work-sheet")).to_be_hidden()
    await phone.canvas.tap()
    await phone.button.tap()
    await phone.says("Placed at")

    other = await DrawingPage.open(visitors, server.url, **PHONE)
    await asked(server, "PATCH", "/api/settings", {"entry": ["code", "work"]})
    await other.says("To draw, scan the code")
    await other.button.tap()
    await other.page.locator("#entry-work").tap()
    await other.says("You are in. Draw!")


def without_cookies(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "cookie"}


async def test_in_a_flood_a_newcomer_s_device_works_by_itself_and_who_was_there_notices_nothing(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server()
    known = await DrawingPage.open(visitors, server.url, **PHONE)
    for _ in range(3 * CALM):
        async with dial(server.url) as script:
            await script.join({"board": "none"})
            await script.place(1, 1, 1)

    page, wire = await visitors.open("about:blank", **PHONE)
    phone, held, crowded = DrawingPage(server.url, page, wire), asyncio.Event(), [True]

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    async def first_refused(route: Route) -> None:
        refusal = {"statusCode": 403, "code": "crowded", "message": "wait", "retryIn": 1}
        await (route.fulfill(status=403, json=refusal) if crowded.pop() else route.continue_())
        crowded.append(False)

    visitors.forgiven.append("403")  # Chromium's own line about that status
    await page.route("**/api/entry/work", hold)
    await page.route(re.compile(r"/api/entry$"), first_refused)
    await page.goto(server.url)
    await expect(page.get_by_role("progressbar", name="Work done")).to_be_visible()  # nobody has touched anything
    await expect(page.locator("#work-sheet")).to_contain_text("Many newcomers are coming at once")
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    await expect(phone.button).to_have_text("Come in")
    held.set()
    await phone.button.tap()
    await phone.says("You are in. Draw!")
    await expect(page.locator("#work-sheet")).to_be_hidden()
    for one in (phone, known):
        await one.canvas.tap()
        await one.button.tap()
        await one.says("Placed at")
    assert not [path for path in known.wire.fetched if SHEET.search(path)]
