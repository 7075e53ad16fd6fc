"""What the page tells of a placement: pending at once, solid when confirmed, taken back with a reason when not."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.async_api import expect

from tests.browser.boards import board_at, changes_at, mark, organise
from tests.browser.canvas import colors_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.phone.test_network import BROKEN
from tests.browser.relay import relay
from tests.browser.visitors import Visitors, Wire
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

RED, WHITE = (229, 0, 0), (255, 255, 255)


async def test_a_pixel_is_pending_at_once_and_solid_when_confirmed(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=300)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    seq = (await board_at(server.url)).seq
    await drawing.click(27, 27)
    await drawing.pick(5)
    server.process.send_signal(signal.SIGSTOP)
    try:
        await drawing.button.click()
        await expect(drawing.body).to_have_attribute("data-pending", "1")
        seen = await drawing.sight()
        pending = await colors_of(drawing.page, seen, 27, 27)
        assert RED in pending
        assert len(pending) > 1, "pending looks like confirmed"
        await expect(drawing.remaining).to_have_text("2")
        await expect(drawing.body).to_have_attribute("data-seq", str(seq))
    finally:
        server.process.send_signal(signal.SIGCONT)
    await drawing.settled()
    await drawing.reached(seq + 1)
    assert await colors_of(drawing.page, seen, 27, 27) == {RED}
    await drawing.says("Placed at 27, 27")


async def test_a_pixel_refused_for_cooldown_is_taken_back_with_the_reason(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=300)
    """A tab that has not heard of what the person's other tab placed; browsers without channels are such."""
    await mark(server.url)
    context = await visitors.context()
    await context.add_init_script("delete window.BroadcastChannel;")
    page = await context.new_page()
    drawing = DrawingPage(server.url, page, Wire(page))
    await page.goto(server.url)
    await drawing.live()
    await drawing.pick(5)
    other = await drawing.tab()
    for x in (25, 26, 27):
        await other.draw(x, 25, 6)
    await expect(other.remaining).to_have_text("0")
    await drawing.page.bring_to_front()
    await drawing.click(27, 27)
    await drawing.button.click()
    await drawing.says("No pixels left for now. Again in")
    await is_taken_back(drawing, 27, 27)
    await expect(drawing.remaining).to_have_text("0")
    await expect(drawing.button).to_be_disabled()
    assert 200 < await drawing.seconds_left() <= 300


async def test_a_pixel_refused_as_read_only_is_taken_back_with_the_reason(
    visitors: Visitors, server: ServerProcess
) -> None:
    """It is on its way when the board is closed."""
    visitors.forgiven += BROKEN
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url)
        drawing.url = server.url  # the test itself has a good network
        await drawing.click(27, 27)
        await drawing.pick(5)
        network.hold()
        await drawing.button.click()
        await expect(drawing.body).to_have_attribute("data-pending", "1")
        await organise(server.url, "/board/read-only", readOnly=True)
        network.release()
        await drawing.says("The board is read-only at the moment.")
        await is_taken_back(drawing, 27, 27)
        await expect(drawing.remaining).to_have_text("3")


async def is_taken_back(drawing: DrawingPage, x: int, y: int) -> None:
    """It was sent, and nothing of it is left, neither here nor at the server."""
    await drawing.settled()
    assert len(drawing.wire.placements()) == 1
    assert await colors_of(drawing.page, await drawing.sight(), x, y) == {WHITE}
    assert await changes_at(drawing.url, x, y) == []


async def test_remaining_and_countdown_are_right_also_after_reload_and_in_a_second_tab(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=300, MAX_PIXELS=5)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await expect(drawing.remaining).to_have_text("5")
    await expect(drawing.countdown).to_have_text("")
    for x in (25, 26):
        await drawing.draw(x, 25, 6)
    await expect(drawing.remaining).to_have_text("3")
    assert 200 < await drawing.seconds_left() <= 300
    await drawing.page.reload()
    await expect(drawing.remaining).to_have_text("3")
    assert 200 < await drawing.seconds_left() <= 300
    second = await drawing.tab()
    await expect(second.remaining).to_have_text("3")
    await second.draw(27, 25, 6)
    await expect(second.remaining).to_have_text("2")
    assert 200 < await second.seconds_left() <= 300


async def test_all_pixels_come_back_when_the_countdown_ends(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(COOLDOWN=2, MAX_PIXELS=1)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.watch("place")
    await drawing.draw(25, 25, 6)
    await expect(drawing.remaining).to_have_text("1")
    await expect(drawing.countdown).to_have_text("")
    assert any(re.fullmatch(r"Wait [12] s \(disabled\)", text) for text in await drawing.told())
    await drawing.draw(26, 25, 6)
    await drawing.says("Placed at 26, 25")


async def test_the_read_only_notice_comes_and_goes_with_the_organiser(
    visitors: Visitors, server: ServerProcess
) -> None:
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.click(27, 27)
    await organise(server.url, "/board/read-only", readOnly=True)
    await drawing.says("The board is read-only at the moment.")
    await expect(drawing.button).to_be_disabled()
    late = await DrawingPage.open(visitors, server.url)
    await late.says("The board is read-only at the moment.")
    await organise(server.url, "/board/read-only", readOnly=False)
    await expect(drawing.notice).to_have_text("")
    await expect(late.notice).to_have_text("")
    await drawing.button.click()
    await drawing.says("Placed at 27, 27")
