"""One screen: nothing but the canvas, unless its address is wrong or what it shows may be old."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, fill, paint
from tests.browser.visitors import Visitors
from tests.browser.walls import Wall, difference
from tests.clients.http import get
from tests.conftest import StartServer
from tests.servers import ServerProcess
from tests.waiting import DEADLINE_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOLE = Wall(700, 500, 1, 1)
_OTHERS = """() => [...document.body.querySelectorAll("*")].filter((element) => {
  const box = element.getBoundingClientRect();
  return element.id !== "board" && !element.querySelector("#board") && box.width * box.height > 0
    && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}).map((element) => element.outerHTML)"""
_AROUND = """() => [...document.querySelectorAll("html, body, canvas")].map((element) => {
  const { cursor, overflow, margin } = getComputedStyle(element);
  return [cursor, element.scrollWidth <= innerWidth, element.scrollHeight <= innerHeight, margin].join();
})"""


async def opened(visitors: Visitors, url: str, query: str = "") -> Page:
    """A display of 700 x 500, connected."""
    page, _ = await visitors.open(f"{url}/display{query}", viewport={"width": WHOLE.width, "height": WHOLE.height})
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    return page


@pytest.mark.parametrize("query", ["", "?i=2&w=700&h=500&c=3&r=2"], ids=["whole", "screen"])
async def test_a_display_shows_nothing_but_the_canvas(visitors: Visitors, server: ServerProcess, query: str) -> None:
    page = await opened(visitors, server.url, query)
    assert await page.evaluate(_OTHERS) == []
    assert await page.evaluate(_AROUND) == ["none,true,true,0px"] * 3
    box = await page.locator("#board").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 700, "height": 500}


async def test_without_parameters_the_largest_board_that_fits_is_in_the_middle(
    visitors: Visitors, server: ServerProcess
) -> None:
    board = await paint(server.url)
    page = await opened(visitors, server.url)
    assert difference(await WHOLE.shown([page], board.seq), WHOLE.golden(board)) is None
    smaller = Wall(333, 260, 1, 1)
    await page.set_viewport_size({"width": smaller.width, "height": smaller.height})
    await expect(page.locator("#board")).to_have_js_property("width", smaller.width)
    assert difference(await smaller.shown([page], board.seq), smaller.golden(board)) is None


WRONG = (
    *(f"{name}={value}" for name in "wh" for value in ("0", "-5", "1e9", "NaN", "abc", "504px", "")),
    *(f"{name}={value}" for name in "cr" for value in ("0", "1000")),
    *(f"i={value}" for value in ("0", "7", quote("１"), "1%00", "1&i=2", "")),
)


def with_parameter(given: str) -> str:
    """A good address but for this parameter."""
    good = {"i": "1", "w": "504", "h": "380", "c": "3", "r": "2"}
    return "?" + "&".join([f"{name}={value}" for name, value in good.items() if name != given[0]] + [given])


async def test_a_wrong_address_is_told_in_words_above_the_whole_board(
    visitors: Visitors, server: ServerProcess
) -> None:
    board = await paint(server.url)
    page = await opened(visitors, server.url)
    for wrong in WRONG:
        await page.goto(f"{server.url}/display{with_parameter(wrong)}")
        await expect(page.locator("#message"), wrong).to_contain_text(f"“{wrong[0]}”")
        await expect(page.locator("#message"), wrong).to_be_visible()
    await page.evaluate("() => { document.getElementById('message').hidden = true; }")
    assert difference(await WHOLE.shown([page], board.seq), WHOLE.golden(board)) is None


async def test_parameters_of_others_and_encoded_digits_do_no_harm(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server.url)
    for more in ("__proto__=1", "constructor=1", "toString=2", "i=%31"):
        await page.goto(f"{server.url}/display{with_parameter(more)}")
        await expect(page.locator("body")).to_have_attribute("data-connected", "true")
        assert await page.evaluate(_OTHERS) == [], more


@pytest.mark.parametrize(
    ("path", "status"),
    [("/display?w=" + "1" * 100_000, 400), ("/display?" + "i=1&" * 10_000, 400), ("/display%2f..", 404)],
    ids=["long", "many", "path"],
)
async def test_absurd_addresses_are_refused(server: ServerProcess, path: str, status: int) -> None:
    assert (await get(server.url, path))[0] == status


async def test_a_display_that_may_be_old_says_since_when_and_recovers(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += ["net::ERR_", "WebSocket connection to", "when fetching the script"]
    page = await opened(visitors, server.url)
    await page.context.set_offline(True)
    await expect(page.locator("#stale")).to_be_visible()
    await expect(page.locator("#since")).to_contain_text("since ")
    await fill(server.url, (3, 4), (9, 8), 7)
    await page.context.set_offline(False)
    await expect(page.locator("#stale")).to_be_hidden()
    board = await board_at(server.url)
    assert difference(await WHOLE.shown([page], board.seq), WHOLE.golden(board)) is None
    assert await page.evaluate(_OTHERS) == []


async def test_times_on_a_wall_are_the_events_whatever_the_machine_has(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += ["net::ERR_", "WebSocket connection to", "when fetching the script"]
    server = start_server(EVENT_TIMEZONE="Pacific/Kiritimati")
    page, wire = await visitors.open(server.url + "/display", timezone_id="Europe/Zurich")
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    async with asyncio.timeout(DEADLINE_SECONDS):
        while "/api/config" not in wire.fetched:
            await page.wait_for_timeout(50)
    await page.wait_for_load_state("networkidle")
    there = datetime.now(ZoneInfo("Pacific/Kiritimati"))
    server.kill()
    minutes = "|".join(f"{there + timedelta(minutes=more):%H:%M}" for more in (-1, 0, 1))
    await expect(page.locator("#stale")).to_contain_text(re.compile(minutes))
