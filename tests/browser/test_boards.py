"""Whatever the board is and whatever organisers do with it: the page shows it, finds places on it, and saves it."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from playwright.async_api import expect

from tests.browser.boards import MARK, board_at, fill, mark, organise, paint, picture_of
from tests.browser.canvas import board_of, colors_of, rgb, sight
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.browser.walls import difference
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY_COLORS = [f"#{index:02X}{255 - index:02X}{(7 * index) % 256:02X}" for index in range(256)]


async def test_a_reset_empties_every_page(visitors: Visitors, server: ServerProcess) -> None:
    await paint(server.url)
    pages = [await DrawingPage.open(visitors, server.url) for _ in range(2)]
    before = [await page.body.get_attribute("data-epoch") for page in pages]
    for page in pages:
        await page.equals_server()
    await organise(server.url, "/board/reset")
    for page, epoch in zip(pages, before, strict=True):
        await expect(page.body).not_to_have_attribute("data-epoch", str(epoch))
        assert set((await page.equals_server()).pixels) == {0}
    await mark(server.url)
    await pages[0].reached((await board_at(server.url)).seq)
    await pages[0].draw(27, 27, 5)
    await pages[0].says("Placed at 27, 27")
    for page in pages:
        assert (await page.equals_server()).color(27, 27) == 5


async def test_a_filled_area_shows_on_open_pages(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    await mark(server.url)
    await fill(server.url, (20, 22), (5, 7), 9)
    board = await drawing.equals_server()
    seen = await drawing.sight()
    for x, y, color in ((20, 22, 9), (24, 28, 9), (19, 22, 0), (25, 28, 0), (24, 29, 0)):
        assert await colors_of(drawing.page, seen, x, y) == {board.colors[color]}


async def test_an_address_with_a_place_opens_there_and_follows(visitors: Visitors, server: ServerProcess) -> None:
    await fill(server.url, (5, 57), (1, 1), MARK)
    drawing = await DrawingPage.open(visitors, server.url, "#5,57,20")
    await drawing.has_chosen(5, 57)
    board = await board_at(server.url)
    seen = await sight(drawing.page, board.colors[MARK], (5, 57), 1)
    assert seen.scale == pytest.approx(20, abs=1)
    box, panel = await drawing.canvas.bounding_box(), await drawing.page.locator("#panel").bounding_box()
    assert box
    assert panel
    assert seen.point(5, 57)[0] == pytest.approx(box["width"] / 2, abs=2)
    assert 0 < seen.point(5, 57)[1] < panel["y"]
    await drawing.page.keyboard.press("ArrowRight")
    await expect(drawing.page).to_have_url(f"{server.url}/#6,57,20")
    await drawing.page.keyboard.press("+")
    await expect(drawing.page).to_have_url(f"{server.url}/#6,57,30")
    await drawing.page.reload()
    await drawing.has_chosen(6, 57)
    await expect(drawing.page.locator("#zoom")).to_have_text("30×")
    await drawing.page.evaluate("() => { location.hash = '#60,2,11'; }")
    await drawing.has_chosen(60, 2)


async def test_an_address_with_nonsense_opens_as_without(visitors: Visitors, server: ServerProcess) -> None:
    for place in ("#64,64,9", "#-1,0,9", "#__proto__"):
        drawing = await DrawingPage.open(visitors, server.url, place)
        await expect(drawing.coordinates).to_have_text("–")
        await expect(drawing.page.locator("#zoom")).to_have_text("9×")
        await drawing.page.context.close()


async def test_save_gives_the_board_as_a_picture_of_exact_colors(
    visitors: Visitors, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(BOARD_WIDTH=100, BOARD_HEIGHT=40)
    board = await paint(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.reached(board.seq)
    await drawing.page.locator("#menu").click()
    async with drawing.page.expect_download() as saving:
        await drawing.page.locator("#save").click()
    download = await saving.value
    assert re.fullmatch(r"beeplace-\d{4}-\d\d-\d\d-\d{4}\.png", download.suggested_filename)
    await download.save_as(tmp_path / "saved.png")
    picture = picture_of((tmp_path / "saved.png").read_bytes())
    scale = picture.width // 100
    assert scale >= 1
    assert difference(picture, board.picture(scale)) is None


@pytest.mark.parametrize(
    ("width", "height", "corner"),
    [(150, 20, (149, 19)), (20, 150, (19, 149)), (1024, 1024, (1023, 1023)), (8, 8, (7, 7))],
    ids=["wide", "high", "large", "least"],
)
async def test_a_board_of_any_shape_is_drawn_on_to_its_last_corner(
    visitors: Visitors, start_server: StartServer, width: int, height: int, corner: tuple[int, int]
) -> None:
    server = start_server(BOARD_WIDTH=width, BOARD_HEIGHT=height)
    await paint(server.url, 6)
    x, y = corner
    drawing = await DrawingPage.open(visitors, server.url, f"#{x},{y},20")
    await drawing.equals_server()
    await drawing.pick(MARK)
    await drawing.button.click()
    await drawing.says(f"Placed at {x}, {y}")
    board = await drawing.equals_server()
    assert board.color(x, y) == MARK
    seen = await sight(drawing.page, board.colors[MARK], corner, 1)
    assert seen.scale == pytest.approx(20, abs=1)
    for at in ((x, y), (x - 2, y), (x, y - 2), (x - 3, y - 3)):
        assert await colors_of(drawing.page, seen, *at) == {board.colors[board.color(*at)]}


async def test_256_colors_can_be_picked_and_are_shown_exactly(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(COLORS=orjson.dumps(MANY_COLORS).decode(), BOARD_SIZE=16, COOLDOWN=0)
    for color in range(256):
        await fill(server.url, (color % 16, color // 16), (1, 1), (color + 100) % 256)
    await fill(server.url, (155 % 16, 155 // 16), (1, 1), 0)  # the last colour will then be there once
    drawing = await DrawingPage.open(visitors, server.url, "#8,8,20")
    await drawing.equals_server()
    await expect(drawing.page.locator("#palette input")).to_have_count(256)
    await drawing.pick(255)
    await drawing.button.click()
    await drawing.says("Placed at 8, 8")
    board = await drawing.equals_server()
    assert board.color(8, 8) == 255
    assert board.colors == tuple(rgb(color) for color in MANY_COLORS)
    seen = await sight(drawing.page, board.colors[255], (8, 8), 1)
    for x, y in ((4, 8), (8, 5), (11, 11), (5, 5), (11, 4)):
        assert await colors_of(drawing.page, seen, x, y) == {board.colors[board.color(x, y)]}
    assert await board_of(drawing.page, 16, 16) == board.pixels
