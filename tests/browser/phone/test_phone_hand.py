"""A hand upon the canvas: loupe and aim, long press, double tap, throw, lost fingers; nothing of it ever places."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.boards import mark
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers, clock_stands
from tests.browser.visitors import PHONE, Visitors
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What stood there when the loupe came: soon after, the same rest is a long press, which chooses.
AT_FIRST_SIGHT = """() => {
  const loupe = document.querySelector("#loupe");
  const coordinates = document.querySelector("#coordinates");
  const seen = new Promise((resolve) => {
    new MutationObserver(() => {
      if (loupe.classList.contains("hidden")) return;
      resolve([loupe.getBoundingClientRect().bottom, coordinates.innerText]);
    }).observe(loupe, { attributes: true });
  });
  return { seen };
}"""

STANDS_STILL = "() => { const still = location.hash === window.before; window.before = location.hash; return still; }"
LOUPE_MS = 200  # after so long there is a loupe, and not yet a long press
MOVING: dict[str, Any] = {**PHONE, "reduced_motion": "no-preference"}


async def phone_at(visitors: Visitors, url: str, **options: Any) -> tuple[DrawingPage, Fingers]:
    """The page on a phone, and a hand for it."""
    await mark(url)
    phone = await DrawingPage.open(visitors, url, **{**PHONE, **options})
    return phone, await Fingers.on(phone.page)


async def test_a_resting_finger_sees_the_loupe_above_it_and_aims(visitors: Visitors, server: ServerProcess) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    seen = await phone.sight()
    loupe = phone.page.locator("#loupe")
    await expect(loupe).to_be_hidden()
    start = seen.point(28, 34)
    first = await phone.page.evaluate_handle(AT_FIRST_SIGHT)
    await fingers.down(start)
    bottom, coordinates = await first.evaluate("(sight) => sight.seen")
    assert bottom < start[1]
    assert coordinates == "–", "resting has chosen"
    await fingers.move((start[0] + 24, start[1] - 12))
    await fingers.up()
    await expect(loupe).to_be_hidden()
    await phone.has_chosen(30, 33)
    after = await phone.sight()
    assert (after.left, after.top) == (seen.left, seen.top), "aiming has moved the board"
    assert phone.wire.placements() == []


async def test_a_long_press_tells_who_placed_this_and_does_not_place(visitors: Visitors, server: ServerProcess) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    seen = await phone.sight()
    await fingers.tap(seen.point(28, 34))
    await phone.has_chosen(28, 34)
    await phone.button.tap()
    await phone.says("Placed at 28, 34")
    phone.wire.forget()
    await fingers.down(seen.point(28, 34))
    card = phone.page.locator("#history")
    await expect(card).to_be_visible()
    await fingers.up()
    await expect(card.locator("#history-title")).to_have_text("Pixel 28, 34")
    await expect(card.locator("li")).to_have_count(1)
    await expect(card.locator("li strong")).to_have_text("you")
    await expect(card.locator("li span")).to_have_text(re.compile("^dark grey, (now|.* ago)$"))
    await fingers.down(seen.point(31, 31))
    await expect(card.locator("li strong")).to_have_text("organisers")
    await fingers.up()
    await fingers.tap(seen.point(33, 36))
    await expect(card).to_be_hidden()
    assert phone.wire.placements() == []


async def test_another_persons_pixel_bears_the_pseudonym(visitors: Visitors, server: ServerProcess) -> None:
    phone, _ = await phone_at(visitors, server.url)
    other = await DrawingPage.open(visitors, server.url)
    await other.draw(28, 34, 5)
    await phone.page.goto(f"{server.url}/#28,34,12")
    await phone.has_chosen(28, 34)
    await phone.page.locator("#who").tap()
    await expect(phone.page.locator("#changes strong")).to_have_text(re.compile("^bee-[0-9a-f]{8}$"))


async def test_a_double_tap_zooms_in_about_the_finger(visitors: Visitors, server: ServerProcess) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    before = await phone.sight()
    at = before.point(31, 31)
    await fingers.double_tap(at)
    after = await phone.sight()
    assert after.scale / before.scale == pytest.approx(2.5, rel=0.03)
    assert after.point(31, 31) == pytest.approx(at, abs=1)
    assert phone.wire.placements() == []


async def test_a_thrown_board_glides_on_stops_and_stays_in_bounds(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(BOARD_SIZE=256)
    phone, fingers = await phone_at(visitors, server.url, **MOVING)
    for _ in range(6):
        await fingers.drag((300, 300), (120, 300), throw=True)
        await phone.page.wait_for_function(STANDS_STILL, polling=500)
    await expect(phone.page).to_have_url(re.compile(r".*#255,\d+,9$"))


async def test_a_finger_that_the_system_takes_away_leaves_nothing_behind(
    visitors: Visitors, server: ServerProcess
) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    seen = await phone.sight()
    async with clock_stands(phone.page):
        await fingers.down(seen.point(28, 34))
        await phone.page.clock.run_for(LOUPE_MS)
        await expect(phone.page.locator("#loupe")).to_be_visible()
        await fingers.lost()
        await phone.page.clock.run_for(1_000)  # longer than a long press
    await expect(phone.page.locator("#loupe")).to_be_hidden()
    await expect(phone.coordinates).to_have_text("–")
    await fingers.drag((200, 300), (250, 340))
    after = await phone.sight()
    assert (after.left - seen.left, after.top - seen.top) == pytest.approx((50, 40), abs=1)
    assert after.scale == pytest.approx(seen.scale, rel=0.01)


async def test_the_browser_itself_neither_zooms_nor_scrolls(visitors: Visitors, server: ServerProcess) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    box = await phone.page.locator("#act").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for x, y in ((206, 330), middle):
        await fingers.pinch(((x - 30, y), (x + 30, y)), ((x - 120, y), (x + 120, y)))
        await fingers.drag((x, y), (x, y - 150))
        await fingers.double_tap((x, y - 20))
    state = "() => [visualViewport.scale, scrollX, scrollY, visualViewport.offsetTop]"
    assert await phone.page.evaluate(state) == [1, 0, 0, 0]
    assert phone.wire.placements() == []


async def test_arrows_on_the_screen_nudge_by_one(visitors: Visitors, server: ServerProcess) -> None:
    phone, fingers = await phone_at(visitors, server.url)
    await fingers.tap((await phone.sight()).point(28, 34))
    for label in ("Up", "Left", "Left", "Down", "Right", "Right", "Right"):
        await phone.page.get_by_role("button", name=label, exact=True).tap()
    await phone.has_chosen(29, 34)
    assert phone.wire.placements() == []


async def test_a_large_board_has_an_overview_that_goes_there(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(BOARD_SIZE=512)
    phone, _ = await phone_at(visitors, server.url)
    overview = phone.page.locator("#minimap")
    await expect(overview).to_be_visible()
    await overview.tap(position={"x": 80, "y": 20})
    await expect(phone.page).to_have_url(re.compile(r".*#4[0-4]\d,(9|10|11)\d,9$"))
    await phone.page.locator("#fit").tap()
    await expect(overview).to_be_hidden()


async def test_fit_shows_all_and_one_to_one_a_pixel_as_a_point(visitors: Visitors, server: ServerProcess) -> None:
    phone, _ = await phone_at(visitors, server.url)
    await phone.page.locator("#one-to-one").tap()
    await expect(phone.page.locator("#zoom")).to_have_text("1×")
    await phone.page.locator("#fit").tap()
    seen = await phone.sight()
    assert seen.scale * 64 <= 412
    assert seen.scale * 64 > 300


async def test_a_place_is_shared_and_opens_where_it_was(visitors: Visitors, server: ServerProcess) -> None:
    context = await visitors.context(**PHONE, permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.goto(f"{server.url}/#28,34,12")
    await page.locator("#who:not(:disabled)").tap()
    await page.locator("#share").tap()
    await expect(page.locator("#notice")).to_contain_text("The address is copied.")
    shared = await page.evaluate("() => navigator.clipboard.readText()")
    assert shared == f"{server.url}/?at=28,34,12#28,34,12"
    for address in (shared, shared.split("#", maxsplit=1)[0]):
        await page.goto("about:blank")
        await page.goto(address)
        await expect(page.locator("#coordinates")).to_have_text("28, 34")
        await expect(page.locator("#zoom")).to_have_text("12×")


async def test_a_reload_keeps_what_was_in_the_middle(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    phone = await DrawingPage.open(visitors, server.url, "#28,34,12", **PHONE)
    await (await Fingers.on(phone.page)).drag((206, 330), (249, 301))
    before = await phone.sight()
    await phone.page.wait_for_function("() => history.state && Math.abs(history.state.x - 28.5) > 1")
    await phone.page.reload()
    await phone.live()
    after = await phone.sight()
    assert (after.left, after.top) == pytest.approx((before.left, before.top), abs=1)
