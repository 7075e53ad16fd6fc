"""A phone: fingers pinch, drag and tap; only the button places, and exactly where the reticle is."""

from __future__ import annotations

import math
import re

import pytest
from playwright.async_api import expect

from tests.browser.boards import changes_at, mark
from tests.browser.canvas import colors_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers, Point
from tests.browser.visitors import PHONE, Visitors
from tests.clients.phone import dial
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRECISE_SCALE = 4  # below it a tap comes closer first
MIDDLE: Point = (206, 330)


def apart(distance: float, middle: Point = MIDDLE, degrees: float = 60) -> tuple[Point, Point]:
    """Two fingers about a point."""
    across, down = (distance / 2 * turn(math.radians(degrees)) for turn in (math.cos, math.sin))
    return (middle[0] - across, middle[1] - down), (middle[0] + across, middle[1] + down)


@pytest.mark.parametrize(("start", "end"), [(100, 250), (240, 120)], ids=["apart", "together"])
async def test_a_pinch_zooms_by_the_fingers_distance_about_their_middle(
    visitors: Visitors, server: ServerProcess, start: float, end: float
) -> None:
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    before = await phone.sight()
    fingers = await Fingers.on(phone.page)
    to = (MIDDLE[0] + 20, MIDDLE[1] - 30)
    await fingers.pinch(apart(start), apart(end, to, 80))
    after = await phone.sight()
    assert after.scale / before.scale == pytest.approx(end / start, rel=0.03)
    under = [(MIDDLE[0] - before.left) / before.scale, (MIDDLE[1] - before.top) / before.scale]
    assert [(to[0] - after.left) / after.scale, (to[1] - after.top) / after.scale] == pytest.approx(under, abs=0.15)
    await expect(phone.coordinates).to_have_text("–")
    assert phone.wire.placements() == []


async def test_a_drag_moves_the_board_and_neither_chooses_nor_places(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    before = await phone.sight()
    await (await Fingers.on(phone.page)).drag(MIDDLE, (MIDDLE[0] + 70, MIDDLE[1] - 45))
    after = await phone.sight()
    assert (after.left - before.left, after.top - before.top) == pytest.approx((70, -45), abs=1)
    assert after.scale == pytest.approx(before.scale, rel=0.01)
    await expect(phone.coordinates).to_have_text("–")
    assert phone.wire.placements() == []


async def test_a_tap_chooses_and_only_the_button_places(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    fingers = await Fingers.on(phone.page)
    seen = await phone.sight()
    for x, y in ((29, 28), (29, 28), (35, 27)):
        await fingers.tap(seen.point(x, y))
        await phone.has_chosen(x, y)
    await phone.page.locator('#palette [data-color="5"]').tap()
    assert phone.wire.placements() == []
    await phone.button.tap()
    await phone.says("Placed at 35, 27")
    assert len(phone.wire.placements()) == 1
    assert [change["color"] for change in await changes_at(server.url, 35, 27)] == [5]
    assert await changes_at(server.url, 29, 28) == []


async def test_the_pixel_is_exactly_the_chosen_one_at_every_zoom_and_turn(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(MAX_PIXELS=100)
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    fingers = await Fingers.on(phone.page)
    await phone.pick(5)
    await places_exactly(phone, fingers, (29, 26), MIDDLE)
    await fingers.pinch(apart(60), apart(240))
    await places_exactly(phone, fingers, (29, 29), MIDDLE)
    await phone.page.set_viewport_size({"width": 839, "height": 412})
    await expect(phone.canvas).to_have_js_property("clientWidth", 839)
    await places_exactly(phone, fingers, (34, 29), (300, 206))
    await fingers.pinch(apart(260, (300, 206), 0), apart(50, (300, 206), 0))
    await places_exactly(phone, fingers, (27, 33), (300, 206))
    await phone.page.set_viewport_size({"width": 412, "height": 839})
    await expect(phone.canvas).to_have_js_property("clientWidth", 412)
    await fingers.pinch(apart(120), apart(50))
    await places_exactly(phone, fingers, (27, 35), MIDDLE)


async def places_exactly(phone: DrawingPage, fingers: Fingers, target: tuple[int, int], near: Point) -> None:
    """Taps near each corner of a pixel, which must choose it and no neighbour; then places, and looks for it."""
    x, y = target
    seen = await phone.sight()
    assert math.dist(seen.point(x, y), near) < 200, "the target has left the middle of the window"
    if seen.scale < PRECISE_SCALE:
        await fingers.tap(seen.point(x, y))
        await expect(phone.page.locator("#zoom")).to_have_text("8×")
        seen = await phone.sight()
    for across, down in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)):
        await fingers.tap(seen.point(x + 1, y + 1))
        await phone.has_chosen(x + 1, y + 1)
        await fingers.tap(seen.point(x, y, across, down))
        await phone.has_chosen(x, y)
    await phone.button.tap()
    await phone.says(f"Placed at {x}, {y}")
    board = await phone.equals_server()
    assert board.color(x, y) == 5
    assert await colors_of(phone.page, seen, x, y) == {board.colors[5]}


async def test_a_large_board_opens_where_most_is_drawn(visitors: Visitors, start_server: StartServer) -> None:
    """An address that names a place wins, and near an edge nothing beside the board is shown."""
    server = start_server(BOARD_WIDTH=800, BOARD_HEIGHT=300, MAX_PIXELS=20)
    async with dial(server.url) as phone:
        await phone.join()
        for n in range(9):
            assert (await phone.place(600 + n % 3, 290 + n // 3, 5))["ok"]
        assert (await phone.place(10, 10, 5))["ok"]
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    await expect(drawing.page).to_have_url(re.compile(r"#601,2[5-8]\d,9$"))
    named = await DrawingPage.open(visitors, server.url, "#100,100,9", **PHONE)
    await named.page.keyboard.press("ArrowRight")
    await named.has_chosen(101, 100)
