"""Several people at one board: everybody sees the same, whenever they came."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.boards import board_at, mark
from tests.browser.canvas import colors_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_browsers_and_a_late_joiner_see_the_same_board(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(MAX_PIXELS=10)
    await mark(server.url)
    one, two = [await DrawingPage.open(visitors, server.url) for _ in range(2)]
    await one.draw(27, 28, 5)
    await one.draw(36, 35, 9)
    await two.draw(28, 29, 11)
    for _ in range(5):
        await two.page.keyboard.press("ArrowRight")
    await two.page.keyboard.press("Enter")
    await two.settled()
    late = await DrawingPage.open(visitors, server.url)
    board = await board_at(server.url)
    assert [board.color(*at) for at in ((27, 28), (36, 35), (28, 29), (33, 29))] == [5, 9, 11, 11]
    for drawing in (one, two, late):
        await drawing.equals_server()
        seen = await drawing.sight()
        for x, y in ((27, 28), (36, 35), (28, 29), (33, 29)):
            assert await colors_of(drawing.page, seen, x, y) == {board.colors[board.color(x, y)]}


async def test_enter_places_and_arrows_only_move(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.pick(7)
    await drawing.click(28, 28)
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight"):
        await drawing.page.keyboard.press(key)
    await drawing.has_chosen(27, 29)
    assert drawing.wire.placements() == []
    await drawing.page.keyboard.press("Enter")
    await drawing.says("Placed at 27, 29")
    assert (await board_at(server.url)).color(27, 29) == 7
    assert len(drawing.wire.placements()) == 1


async def test_a_click_chooses_and_a_drag_moves_but_neither_places(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    before = await drawing.sight()
    await drawing.click(29, 29)
    mouse = drawing.page.mouse
    await mouse.move(500, 300)
    await mouse.down()
    await mouse.move(460, 330, steps=4)
    await mouse.up()
    after = await drawing.sight()
    assert (after.left - before.left, after.top - before.top) == pytest.approx((-40, 30), abs=1)
    await drawing.has_chosen(29, 29)
    await drawing.button.click()
    await drawing.says("Placed at 29, 29")
    assert len(drawing.wire.placements()) == 1


async def test_the_wheel_zooms_about_the_mouse(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    before = await drawing.sight()
    at = before.point(33, 31)
    await drawing.page.mouse.move(*at)
    await drawing.page.mouse.wheel(0, -500)
    await expect(drawing.page.locator("#zoom")).to_have_text("18×")
    after = await drawing.sight()
    assert after.scale / before.scale == pytest.approx(2, rel=0.02)
    assert after.point(33, 31) == pytest.approx(at, abs=1)


async def test_people_are_counted_once_however_many_tabs_they_have(visitors: Visitors, server: ServerProcess) -> None:
    one = await DrawingPage.open(visitors, server.url)
    online = one.page.locator("#online")
    await expect(online).to_have_text("1")
    two = await DrawingPage.open(visitors, server.url)
    await expect(online).to_have_text("2")
    tab = await two.page.context.new_page()
    await tab.goto(server.url)
    await expect(tab.locator("#online")).to_have_text("2")
    await two.page.context.close()
    await expect(online).to_have_text("1")


async def test_a_page_too_many_rests_until_somebody_uses_it(visitors: Visitors, start_server: StartServer) -> None:
    """Two tabs do not take the place from each other in turns: each opens a socket when it is used, and no more."""
    server = start_server(SOCKETS_PER_IDENTITY=1)
    first = await DrawingPage.open(visitors, server.url)
    second = await first.tab()
    await first.says("This page rests")
    await expect(first.page.locator("#place")).to_have_text("Resting")
    await second.live()
    joins = [len([frame for frame in page.wire.sent if '"join"' in frame]) for page in (first, second)]
    assert joins == [1, 1]
    await first.page.locator("#menu").click()
    await first.live()
    await second.says("This page rests")
