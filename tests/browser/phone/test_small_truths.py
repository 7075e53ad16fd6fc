"""What the drawing page says and does in its details: each of them was once otherwise."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.boards import mark, paint
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers, clock_stands
from tests.browser.phone.test_network import BROKEN
from tests.browser.phone.test_phone_hand import LOUPE_MS
from tests.browser.visitors import PHONE, Visitors
from tests.clients.http import get
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def choose(page: Page, name: str, value: str) -> None:
    """A person's setting, in the sheet."""
    await page.locator("#menu").click()
    field: Any = page.locator(f"#settings [name={name}]")
    if name == "language":
        await field.select_option(value)
    else:
        await page.locator(f"#settings [value={value}]").check(force=True)
    await page.keyboard.press("Escape")


async def test_a_notice_is_said_anew_in_the_language_that_was_chosen(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, "#28,34,12")
    await drawing.button.click()
    await drawing.says("Placed at 28, 34.")
    await choose(drawing.page, "language", "de")
    await expect(drawing.notice).to_contain_text(re.compile(r"28, 34 gesetzt|Gesetzt.*28, 34"))


@pytest.mark.parametrize(("locale", "form"), [("en-GB", r"from \d\d:\d\d\.$"), ("en-US", r"from \d\d:\d\d.[AP]M\.$")])
async def test_times_are_written_as_people_of_the_browser_do(
    visitors: Visitors, server: ServerProcess, locale: str, form: str
) -> None:
    visitors.forgiven += BROKEN
    drawing = await DrawingPage.open(visitors, server.url, locale=locale)
    async with drawing.cut():
        await expect(drawing.notice).to_contain_text(re.compile(form))


async def test_a_tap_from_far_away_comes_closer_and_then_chooses(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(INITIAL_SCALE=2)
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **{**PHONE, "reduced_motion": "no-preference"})
    at = (await phone.sight()).point(35, 35)
    await (await Fingers.on(phone.page)).tap(at)
    await expect(phone.page.locator("#zoom")).to_have_text("8×")
    await expect(phone.coordinates).to_have_text(re.compile(r"^3[456], 3[456]$"))
    seen = await phone.sight()
    assert seen.scale == pytest.approx(8, rel=0.15)
    assert phone.wire.placements() == []


async def test_a_finger_that_looks_for_another_pixel_closes_what_was_said_of_the_last(
    visitors: Visitors, server: ServerProcess
) -> None:
    phone = await DrawingPage.open(visitors, server.url, "#28,34,12", **PHONE)
    await phone.page.locator("#who").tap()
    card = phone.page.locator("#history")
    await expect(card).to_be_visible()
    fingers = await Fingers.on(phone.page)
    box = await card.bounding_box()
    assert box
    async with clock_stands(phone.page):
        await fingers.down((100, box["y"] - 40))
        await phone.page.clock.run_for(LOUPE_MS)
        await expect(phone.page.locator("#loupe")).to_be_visible()
        await expect(card).to_be_hidden()
        await fingers.up()


async def test_a_saved_picture_is_the_servers(visitors: Visitors, server: ServerProcess) -> None:
    """Simulated: what the page reads of a canvas is noise, as under Firefox's resistFingerprinting."""
    board = await paint(server.url)
    context = await visitors.context()
    await context.add_init_script("HTMLCanvasElement.prototype.toBlob = (done) => done(new Blob(['noise']));")
    page = await context.new_page()
    await page.goto(server.url)
    await expect(page.locator("body")).to_have_attribute("data-seq", str(board.seq))
    await page.locator("#menu").click()
    async with page.expect_download() as downloading:
        await page.locator("#save").click()
    saved = Image.open(await (await downloading.value).path())
    _, png, _ = await get(server.url, f"/api/board.png?scale={saved.width // board.width}")
    assert saved.convert("RGB").tobytes() == Image.open(io.BytesIO(png)).convert("RGB").tobytes()


async def test_the_page_follows_the_devices_light(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, color_scheme="dark")
    root = drawing.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await drawing.page.emulate_media(color_scheme="light")
    await expect(root).to_have_attribute("data-theme", "sunlight")
    await choose(drawing.page, "theme", "night")
    await expect(root).to_have_attribute("data-theme", "night")
    await drawing.page.emulate_media(color_scheme="dark")
    await expect(root).to_have_attribute("data-theme", "night")
    await expect(drawing.canvas).to_have_css("opacity", "0.6")


async def test_one_mistake_in_a_screens_address_is_told_once_and_can_be_read(
    visitors: Visitors, server: ServerProcess
) -> None:
    page, _ = await visitors.open(f"{server.url}/display?w=abc", viewport={"width": 1920, "height": 1080})
    message = page.locator("#message")
    await expect(message).to_contain_text("“w”")
    assert "“h”" not in await message.inner_text()
    assert await message.evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)") >= 30
