"""The network and the server go and come back: the page says so, resumes by itself and by delta, and loses nothing."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.async_api import expect

from tests.browser.boards import board_at, changes_at, fill, mark
from tests.browser.drawing_page import DrawingPage
from tests.browser.relay import relay
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.ports import free_port
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

RID = re.compile('"rid":"([^"]+)"')
BROKEN = (  # Chromium says so by itself
    "net::ERR_",
    "WebSocket connection to",
    "Failed to load resource",
    "when fetching the script",
)


def resumed_by_delta(drawing: DrawingPage) -> bool:
    """It got what it had missed, and the whole board not again."""
    return drawing.wire.deltas() >= 1 and drawing.wire.whole_boards() == 0


async def test_the_whole_board_is_sent_once_to_a_page_that_opens(visitors: Visitors, server: ServerProcess) -> None:
    """By HTTP, before the socket is open; the join brings what changed since."""
    drawing = await DrawingPage.open(visitors, server.url)
    assert drawing.wire.whole_boards() == 1
    assert drawing.wire.deltas() == 1


async def test_a_page_without_network_says_so_and_resumes_by_delta(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += BROKEN
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.click(27, 27)
    drawing.wire.forget()
    async with drawing.cut():
        await drawing.says("Your device is offline.")
        await expect(drawing.button).to_be_disabled()
        await fill(server.url, (3, 4), (9, 8), 7)
    await drawing.live()
    await drawing.equals_server()
    assert resumed_by_delta(drawing)
    await expect(drawing.notice).to_have_text("")
    await drawing.button.click()
    await drawing.says("Placed at 27, 27")


async def test_a_page_comes_back_after_the_server_was_killed_and_resumes_by_delta(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += BROKEN
    server = start_server(PORT=free_port(), COOLDOWN=300)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.draw(27, 27, 5)
    await drawing.says("Placed at 27, 27")
    other = await DrawingPage.open(visitors, server.url)
    drawing.wire.forget()
    other.wire.forget()
    server.kill()
    await drawing.says("The connection was lost. Reconnecting…")
    server.start()
    await fill(server.url, (3, 4), (9, 8), 7)
    for page in (drawing, other):
        await page.live()
        assert (await page.equals_server()).color(27, 27) == 5
        assert resumed_by_delta(page)
    await expect(drawing.remaining).to_have_text("2")


async def test_a_placement_whose_answer_was_lost_has_exactly_one_effect(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += BROKEN
    server = start_server(COOLDOWN=300)
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url)
        await drawing.click(27, 27)
        await drawing.pick(5)
        drawing.wire.forget()
        network.loses_answers = True
        await drawing.button.click()
        while not await changes_at(server.url, 27, 27):
            pass
        network.cut()
        await drawing.says("The connection was lost. Reconnecting…")
        await expect(drawing.body).to_have_attribute("data-pending", "1")
        network.mend()
        await drawing.says("Placed at 27, 27")
        await drawing.settled()
        first, again = drawing.wire.placements()
        assert first.split("[", 1)[1] == again.split("[", 1)[1], "not the same request id"
        assert [change["color"] for change in await changes_at(server.url, 27, 27)] == [5]
        assert await drawing.equals_server() == await board_at(server.url)
        assert resumed_by_delta(drawing)
        await expect(drawing.remaining).to_have_text("2")


async def test_a_placement_that_never_arrived_is_sent_again_and_placed_once(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += BROKEN
    server = start_server(PORT=free_port(), COOLDOWN=300)
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await drawing.click(27, 27)
    await drawing.pick(5)
    server.process.send_signal(signal.SIGSTOP)  # nothing is read any more
    await drawing.button.click()
    await expect(drawing.body).to_have_attribute("data-pending", "1")
    server.kill()
    await drawing.says("The connection was lost. Reconnecting…")
    server.start()
    await drawing.says("Placed at 27, 27")
    assert (await drawing.equals_server()).color(27, 27) == 5
    assert len(await changes_at(server.url, 27, 27)) == 1
    await expect(drawing.remaining).to_have_text("2")


async def test_a_stall_while_many_pixels_are_placed_costs_neither_the_connection_nor_a_pixel(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += BROKEN
    server = start_server(COOLDOWN=300, MAX_PIXELS=60)
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url)
        await drawing.click(20, 27)
        network.hold()
        drawing.wire.forget()
        for _ in range(30):
            await drawing.page.keyboard.press("Enter")
            await drawing.page.keyboard.press("ArrowRight")
        await expect(drawing.body).to_have_attribute("data-pending", "30")
        assert len({RID.findall(frame)[0] for frame in drawing.wire.placements()}) == 8
        network.release()
        await drawing.settled()
        await expect(drawing.remaining).to_have_text("30")
        board = await drawing.equals_server()
    assert [board.color(x, 27) for x in range(20, 50)] == [3] * 30
    assert len(drawing.wire.placements()) <= 60, "it repeats itself"  # 30 on a machine that is not busy


async def test_who_one_is_outlives_a_storage_that_is_cleared_under_the_page(
    visitors: Visitors, server: ServerProcess
) -> None:
    """And what is on its way is placed once."""
    visitors.forgiven += BROKEN
    await mark(server.url)
    async with relay(server.port) as network:
        drawing = await DrawingPage.open(visitors, network.url)
        token = await drawing.page.evaluate("() => localStorage.getItem('beeplace.token')")
        await drawing.click(27, 27)
        await drawing.pick(5)
        network.loses_answers = True
        await drawing.button.click()
        await drawing.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        await drawing.page.context.clear_cookies()
        network.mend()
        network.cut()
        network.mend()
        await drawing.live()
        await drawing.settled()
        changes = await changes_at(server.url, 27, 27)
        assert len([change for change in changes if change["color"] == 5]) == 1
        assert await drawing.page.evaluate("() => localStorage.getItem('beeplace.token')") == token
        await expect(drawing.remaining).to_have_text("2")
