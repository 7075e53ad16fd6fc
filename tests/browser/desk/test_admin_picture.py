"""A picture from a phone: shown on the board in the palette's colours, moved with a finger, drawn, undone, refused."""

from __future__ import annotations

import io
import re
from typing import Final

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from beeplace.board.palette import THESIS_COLORS
from tests.browser.axe import findings
from tests.browser.boards import board_at
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.fingers import Fingers
from tests.browser.visitors import Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

RED: Final = THESIS_COLORS.index("#E50000")


def file(width: int, height: int, color: str = "#E50000") -> FilePayload:
    """Left half of one colour, right half transparent."""
    picture = Image.new("RGBA", (width, height))
    picture.paste(Image.new("RGBA", (width // 2, height), color), (0, 0))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": kept.getvalue()}


async def test_a_picture_is_shown_moved_sized_drawn_and_undone(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    page, words, draw = desk.page, desk.page.locator("#picture-words"), desk.page.locator("#picture-draw")
    await desk.type_area(10, 12, 20, 3)
    await expect(draw).to_be_disabled()
    await page.locator("#picture-file").set_input_files(file(40, 20))
    await expect(words).to_have_text("20 × 10, 100 pixels are drawn.")
    assert await desk.area() == [10, 12, 20, 10]
    assert await findings(page) == []
    await expect(page.locator("#picture-progress")).to_be_hidden()
    fingers = await Fingers.on(page)
    await fingers.drag(await desk.point(20, 17), await desk.point(30, 27))
    await expect(page.locator("#x")).not_to_have_value("10")
    x, y, width, height = await desk.area()
    assert (width, height) == (20, 10), "it is moved, not sized"
    assert set((await board_at(server.url)).pixels) == {0}, "it is only shown"
    await page.locator("#width").fill("8")
    await expect(words).to_have_text("8 × 4, 16 pixels are drawn.")
    await draw.press("Enter")
    await desk.hears(f"Picture of 8 × 4 at {x}, {y}")
    await expect(page.locator("#picture-drop")).to_be_hidden()
    board = await board_at(server.url)
    drawn = {(at % 64, at // 64) for at, color in enumerate(board.pixels) if color == RED}
    assert drawn == {(x + step, y + line) for step in range(4) for line in range(4)}
    await page.locator("#results").get_by_role("button", name="Undo").click()
    await desk.hears("Undo: Picture")
    assert set((await board_at(server.url)).pixels) == {0}


async def test_without_an_area_it_fits_the_board_and_what_is_no_picture_is_refused_in_words(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven.append("422 (Unprocessable")  # Chromium's own line about the files that are refused
    desk = await DeskPage.open(visitors, server.url)
    page, words = desk.page, desk.page.locator("#picture-words")
    await page.locator("#picture-file").set_input_files(file(256, 128))
    await expect(words).to_have_text("64 × 32, 1024 pixels are drawn.")
    assert await desk.area() == [0, 0, 64, 32]
    await page.locator("#picture-drop").press("Enter")
    await expect(words).to_have_text("")
    bad: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": b"not a picture"}
    await page.locator("#picture-file").set_input_files(bad)
    await expect(words).to_have_text(re.compile("no PNG, JPEG or WebP"))
    await expect(page.locator("#picture-draw")).to_be_disabled()
    cut = file(40, 20)
    await page.locator("#picture-file").set_input_files({**cut, "buffer": cut["buffer"][:-20]})
    await expect(words).to_have_text(re.compile("cut off"))
