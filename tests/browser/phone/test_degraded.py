"""What people see while the database is away, or while they are moved from one gateway to the other."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests import postgres
from tests.browser.boards import fill, mark
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.browser.walls import Wall, difference
from tests.conftest import StartServer
from tests.e2e.pair import shared_ports, two

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_page_says_that_saving_is_paused_and_when_it_is_over(
    visitors: Visitors, start_server: StartServer
) -> None:
    with postgres.PostgresServer() as database:
        server = start_server(DATABASE_URL=database.url("board"))
        await mark(server.url)
        drawing = await DrawingPage.open(visitors, server.url, **PHONE)
        other = await DrawingPage.open(visitors, server.url)
        await drawing.draw(27, 27, 5)
        await drawing.says("Placed at 27, 27")
        database.stop("immediate")  # nobody places anything, and everybody hears of it
        for page in (drawing, other):
            await expect(page.notice).to_have_text("Saving is paused. Nothing can be placed at the moment.")
            await expect(page.button).to_have_text("Paused")
            await expect(page.button).to_be_disabled()
        database.start()
        for page in (drawing, other):
            await expect(page.notice).to_have_text("")
        await drawing.draw(28, 28, 5)
        await drawing.says("Placed at 28, 28")
        assert (await other.equals_server()).color(28, 28) == 5


async def test_a_wall_and_a_phone_on_two_gateways_show_the_same_board(
    visitors: Visitors, start_server: StartServer
) -> None:
    one, other = two(start_server, **shared_ports())
    await mark(one.url)
    wall = Wall(320, 240, 1, 1)
    [screen] = await wall.open(visitors, other.url)
    drawing = await DrawingPage.open(visitors, one.url)
    await drawing.draw(27, 27, 5)
    await fill(other.url, (40, 40), (5, 5), 7)
    await drawing.reached(3)  # the mark, the pixel, and what came from the other gateway
    board = await drawing.equals_server()
    assert (board.color(27, 27), board.color(42, 42)) == (5, 7)
    assert difference(await wall.shown([screen], board.seq), wall.golden(board)) is None
