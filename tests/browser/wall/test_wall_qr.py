"""A phone reads a wall's QR codes from as far as docs/walls.md says, at 60 % brightness, with a bezel through them."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import FloatRect, Page, expect

from tests.browser.boards import picture_of
from tests.browser.visitors import Visitors
from tests.browser.wall.test_wall_codes import asked
from tests.conftest import StartServer
from tests.zbar import read

pytestmark = pytest.mark.asyncio(loop_scope="module")

SITE = "https://place.example.org"
DISTANCE = 10  # times the code's width
CAMERA_DOTS = 1920  # across the picture in which a phone looks for codes
VIEW = 1.3  # width of what a phone's camera sees, for each step away
BRIGHTNESS = 0.6
BEZEL = 0.02  # of the code's width


async def shown(page: Page, selector: str) -> tuple[Image.Image, FloatRect]:
    """What a screen shows, and where its code is."""
    assert await page.locator(selector).evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return picture_of(await page.screenshot()), box


def crossed(screen: Image.Image, code: FloatRect, *, upright: bool) -> Image.Image:
    """With a bezel through the middle of the code."""
    picture, wide = screen.copy(), code["width"] * BEZEL
    x, y = (code["x"] + code["width"] / 2 - wide / 2, code["y"] + code["height"] / 2 - wide / 2)
    stripe = (x, 0, x + wide, screen.height) if upright else (0, y, screen.width, y + wide)
    ImageDraw.Draw(picture).rectangle(stripe, fill=0)
    return picture


def seen(screen: Image.Image, code: FloatRect) -> Image.Image:
    """As a camera has it from that distance, of a screen that is not at its brightest."""
    scale = CAMERA_DOTS / (VIEW * DISTANCE) / code["width"]
    size = (round(screen.width * scale), round(screen.height * scale))
    return screen.convert("L").resize(size, Image.Resampling.BOX).point(lambda light: round(light * BRIGHTNESS))


async def test_codes_are_read_from_ten_times_their_width_away_with_a_bezel_through_them(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(ENTRY="code", WALL_CODE_SECONDS=300, PUBLIC_URL=SITE)
    made = await asked(server, "POST", "/api/entry/screens", {"wall": 1})
    context = await visitors.context(viewport={"width": 960, "height": 540})
    for programme, name in (("scenes=qr:3600", "qr"), ("join=br", "join")):
        page = await context.new_page()
        await page.goto(f"{server.url}/display?{programme}{made['fragment']}")
        await expect(page.locator(f"#{name}-letters")).to_be_visible()
        await expect(page.locator(f"#{name}")).to_have_css("opacity", "1")
        await expect(page.locator(".before")).to_have_count(0)  # the picture before has faded
        screen, code = await shown(page, f"#{name}-code")
        letters = (await page.locator(f"#{name}-letters").inner_text()).replace(" ", "")
        for picture in (screen, crossed(screen, code, upright=True), crossed(screen, code, upright=False)):
            assert set(read(seen(picture, code))) == {f"{SITE}/#code={letters}"}


async def test_a_sheet_of_paper_is_read_from_as_far(visitors: Visitors, start_server: StartServer) -> None:
    page, _ = await visitors.open(f"{start_server(PUBLIC_URL=SITE).url}/sheet", viewport={"width": 794, "height": 1123})
    await page.emulate_media(media="print")
    assert read(seen(*await shown(page, "img")))[0] == f"{SITE}/"


async def test_a_code_that_is_covered_is_not_read(visitors: Visitors, start_server: StartServer) -> None:
    """The rig can fail: what it reads is what is on the screen."""
    page, _ = await visitors.open(f"{start_server(PUBLIC_URL=SITE).url}/sheet")
    screen, code = await shown(page, "img")
    ImageDraw.Draw(screen).rectangle((code["x"], code["y"], code["x"] + code["width"] / 2, 2000), fill=0)
    assert read(seen(screen, code)) == []
