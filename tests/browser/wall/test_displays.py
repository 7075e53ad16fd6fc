"""The wall: six screens are one picture, dot for dot, and `/displays` composes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, fill, organise, paint
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.browser.walls import Wall, difference
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOLDEN = Path(__file__).parents[1] / "golden"
SIX = Wall(504, 380)
SIZES = ("width", "height", "columns", "rows")


async def test_six_screens_are_the_golden_picture(visitors: Visitors, server: ServerProcess) -> None:
    board = await paint(server.url)
    shown = await SIX.shown(await SIX.open(visitors, server.url), board.seq)
    assert difference(shown, SIX.golden(board)) is None
    assert difference(shown, Image.open(GOLDEN / "wall-3x2.png").convert("RGB")) is None


@pytest.mark.parametrize(
    ("width", "height", "wall"),
    [
        (200, 30, SIX),
        (61, 97, Wall(331, 257, columns=2, rows=3)),
        (1024, 1024, Wall(1080, 540, columns=1, rows=2)),
    ],
    ids=["wide", "high", "large"],
)
async def test_a_wall_shows_a_board_of_any_shape(
    visitors: Visitors, start_server: StartServer, width: int, height: int, wall: Wall
) -> None:
    server = start_server(BOARD_WIDTH=width, BOARD_HEIGHT=height)
    board = await paint(server.url)
    assert difference(await wall.shown(await wall.open(visitors, server.url), board.seq), wall.golden(board)) is None


async def test_a_wall_stays_right_after_a_placement_a_fill_and_a_reset(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(BOARD_WIDTH=90, BOARD_HEIGHT=50)
    await paint(server.url)
    screens = await SIX.open(visitors, server.url)
    async with dial(server.url) as phone:
        await phone.join()
        for x, y in ((44, 24), (45, 25), (89, 49)):  # in the middle, where screens meet, and in the last corner
            assert (await phone.place(x, y, 9))["ok"]
    board = await board_at(server.url)
    assert difference(await SIX.shown(screens, board.seq), SIX.golden(board)) is None
    await organise(server.url, "/board/reset")
    await fill(server.url, (20, 10), (50, 30), 14)
    board = await board_at(server.url)
    assert difference(await SIX.shown(screens, board.seq), SIX.golden(board)) is None


async def test_displays_are_not_counted_as_people(visitors: Visitors, server: ServerProcess) -> None:
    for page in ("/display", SIX.address(2), "/displays"):
        opened, _ = await visitors.open(server.url + page)
        await expect(opened.locator("body")).to_have_attribute("data-connected", "true")
    drawing = await DrawingPage.open(visitors, server.url)
    await expect(drawing.page.locator("#online")).to_have_text("1")
    second = await DrawingPage.open(visitors, server.url)
    await expect(second.page.locator("#online")).to_have_text("2")
    await expect(drawing.page.locator("#online")).to_have_text("2")


async def compose(page: Page, wall: Wall) -> None:
    """Types its sizes in, and waits for as many screens."""
    for name in SIZES:
        await page.locator(f"#{name}").fill(str(getattr(wall, name)))
    await expect(page.locator("#screens a")).to_have_count(wall.columns * wall.rows)


async def test_the_wall_page_remembers_its_values(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(server.url + "/displays")
    await compose(page, SIX)
    await page.reload()
    await expect(page.locator("#screens a")).to_have_count(6)
    assert [await page.locator(f"#{name}").input_value() for name in SIZES] == ["504", "380", "3", "2"]
    await expect(page.locator("#summary")).to_contain_text("6 screens, 1512 × 760 pixels")
    addresses = [await link.get_attribute("href") for link in await page.locator("#screens a").all()]
    assert addresses == [SIX.address(screen) for screen in range(1, 7)]


async def test_the_wall_page_begins_with_the_servers_values(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(DISPLAY_WIDTH=800, DISPLAY_HEIGHT=600, DISPLAY_COLUMNS=2, DISPLAY_ROWS=2)
    page, _ = await visitors.open(server.url + "/displays")
    await expect(page.locator("#summary")).to_contain_text("4 screens, 1600 × 1200 pixels")


async def test_broken_remembered_values_are_forgotten(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(server.url + "/displays")
    for stored in ("{", "[]", '{"width":0}', '{"width":"a","height":1,"columns":1,"rows":1}', "7", "null"):
        await page.evaluate("(stored) => localStorage.setItem('beeplace.wall', stored)", stored)
        await page.reload()
        await expect(page.locator("#summary"), stored).to_contain_text("1 screen, 1920 × 1080 pixels")


async def test_the_wall_page_shows_the_wall_and_a_click_opens_the_screen(
    visitors: Visitors, server: ServerProcess
) -> None:
    board = await paint(server.url)
    context = await visitors.context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(server.url + "/displays")
    await compose(page, SIX)
    await expect(page.locator("body")).to_have_attribute("data-seq", str(board.seq))
    boxes = [await link.bounding_box() for link in await page.locator("#screens a").all()]
    whole = await page.locator("#wall").bounding_box()
    assert whole
    assert whole["width"] / whole["height"] == pytest.approx(1512 / 760, rel=0.01)
    for number, box in enumerate(boxes):
        row, column = divmod(number, 3)
        assert box
        assert box["x"] == pytest.approx(whole["x"] + column * whole["width"] / 3, abs=3)
        assert box["y"] == pytest.approx(whole["y"] + row * whole["height"] / 2, abs=3)
    async with context.expect_page() as opening:
        await page.locator('[data-screen="5"]').click()
    opened = await opening.value
    await opened.set_viewport_size({"width": 504, "height": 380})
    assert opened.url == server.url + SIX.address(5)
    await expect(opened.locator("body")).to_have_attribute("data-seq", str(board.seq))
    golden = SIX.golden(board).crop((504, 380, 1008, 760))
    assert difference(await Wall(504, 380, 1, 1).shown([opened], board.seq), golden) is None
