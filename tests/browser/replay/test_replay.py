"""The evening on a page of its own: any moment, at any speed, on a phone, for everyone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from beeplace.board.palette import THESIS_COLORS
from tests.browser.axe import findings
from tests.browser.canvas import Sight, board_of, colors_of, rgb
from tests.browser.visitors import PHONE, Visitors
from tests.clients.http import get, post
from tests.conftest import StartServer
from tests.history.long_log import BEGAN_MS, STEP_MS, at_ms, board, pixels, write_long_log
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIECE = 65_536
ROWS, SIZE = 2 * PIECE + 3_000, 64
OWN = 66_000  # the entry that this browser remembers as its own
SMALL = {**PHONE, "viewport": {"width": 360, "height": 640}}
_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
_FRAMES = """async (steps) => {
  const slider = document.getElementById("time");
  const began = performance.now();
  let frames = 0;
  const seen = new Set();
  for (let step = 0; step < steps; step++) {
    slider.value = String(Math.round(Number(slider.max) * (0.2 + (0.6 * step) / steps)));
    slider.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    seen.add(document.body.dataset.seq);
    frames++;
  }
  return [frames, seen.size, performance.now() - began];
}"""


# When the page asked for the first piece, by its own clock.
ASKED = """() => {
  const isFirst = ({ name }) => name.includes("/pieces/0-");
  window.asked = () => performance.getEntriesByType("resource").filter(isFirst).map(({ startTime }) => startTime);
}"""


def seconds(seq: int) -> int:
    """A moment at which an entry, and none after it, is there."""
    return at_ms(seq) // 1000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("evening")
    asyncio.run(write_long_log(folder / "data" / "beeplace.db", ROWS, SIZE))
    server = ServerProcess(folder, BOARD_SIZE=SIZE)
    asyncio.run(pieces_are_made(server.url))
    yield server
    server.kill()


async def pieces_are_made(url: str) -> None:
    async def seq() -> int:
        return int(json.loads((await get(url, "/api/history/index.json"))[1])["seq"])

    await becomes(seq, 2 * PIECE)


async def shows(page: Page, seq: int) -> None:
    await expect(page.locator("body")).to_have_attribute("data-seq", str(seq))
    assert await board_of(page, SIZE, SIZE) == board(ROWS, SIZE, seq)


async def whole(page: Page) -> Sight:
    """Where the whole board lies: in the middle of its canvas, with some air around it."""
    box = await page.locator("#board").bounding_box()
    assert box
    scale = 0.95 * min(box["width"], box["height"]) / SIZE
    left, top = box["x"] + (box["width"] - SIZE * scale) / 2, box["y"] + (box["height"] - SIZE * scale) / 2
    return Sight(left, top, scale)


async def test_any_moment_of_the_evening_is_shown(visitors: Visitors, server: ServerProcess) -> None:
    x, y, _ = pixels(ROWS, SIZE)[OWN - 1]
    kept = {"name": "beeplace.own", "value": json.dumps({"made": [f"{x},{y},{OWN}"], "names": []})}
    state = {"origins": [{"origin": server.url, "localStorage": [kept]}]}
    target = 70_000 - BEGAN_MS % 1000 // STEP_MS
    page, wire = await visitors.open(f"{server.url}/replay#t={seconds(target)}", **SMALL, storage_state=state)
    await shows(page, target)
    assert await page.evaluate(_WIDE) <= 0
    assert await findings(page) == []
    assert wire.sent == []  # nothing but files

    slider = page.locator("#time")
    await slider.press("Home")
    await shows(page, 1)
    await slider.press("End")
    await shows(page, ROWS)
    await page.wait_for_function(f"() => location.hash === '#t={round(at_ms(ROWS) / 1000)}'")
    await slider.press("Home")
    await shows(page, 1)
    files = [path for path in wire.fetched if path.startswith("/api/history/")]
    assert len(files) == len(set(files)), "a file was asked for twice"

    await page.locator("#play").click()
    await expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    await page.locator("#speed").select_option("5000")
    await shows(page, ROWS)
    await expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")

    await page.locator("#own").click()
    await expect(page.locator("#own")).to_have_attribute("aria-pressed", "true")
    assert await findings(page) == []
    seen = await whole(page)
    final = board(ROWS, SIZE, ROWS)
    assert await colors_of(page, seen, x, y) == {rgb(THESIS_COLORS[final[y * SIZE + x]])}
    other = (x + 1) % SIZE
    assert await colors_of(page, seen, other, y) != {rgb(THESIS_COLORS[final[y * SIZE + other]])}


async def test_scrubbing_keeps_up_on_a_slow_phone(visitors: Visitors, server: ServerProcess) -> None:
    """At a quarter of the speed, 120 places of the slider, one a frame: the picture follows in nearly each."""
    page, _ = await visitors.open(f"{server.url}/replay", **SMALL)
    await shows(page, ROWS)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    await page.evaluate(_FRAMES, 120)  # and once to have all pieces
    frames, seen, took_ms = await page.evaluate(_FRAMES, 120)
    print(f"{frames} frames, {seen} moments, {took_ms:.0f} ms")
    assert seen >= frames / 2


async def test_the_last_hour_is_one_tap_away_and_what_organisers_did_is_marked(
    visitors: Visitors, server: ServerProcess
) -> None:
    await post(server.url, "/board/area", {"x1": 0, "y1": 0, "x2": 9, "y2": 9, "color": 7}, API_KEY)
    page, _ = await visitors.open(server.url, locale="de-CH", **SMALL)
    await page.locator("#last-hour").tap()
    await expect(page.locator("h1")).to_have_text("Wiedergabe")
    await expect(page.locator("body")).to_have_attribute("data-seq", str(ROWS + 1))
    await expect(page.locator("#jump option").nth(1)).to_contain_text("eine Fläche wurde gefüllt")
    assert (await board_of(page, SIZE, SIZE))[:10] == bytes([7] * 10)
    await page.locator("#me summary").tap()
    await expect(page.locator("#me-name")).to_have_text(re.compile("^bee-[0-9a-f]{32}$"))
    await expect(page.locator("#me-status")).to_contain_text("So heißt du in Exporten")
    assert await findings(page) == []


async def test_a_part_of_the_board_is_followed_and_linked(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(f"{server.url}/replay#t={seconds(70_000)}&at=32.0,32.0,12", **SMALL)
    await expect(page.locator("body")).to_have_attribute("data-shown", f"{seconds(70_000)}000")
    await page.locator("#time").press("End")
    await page.wait_for_function("() => location.hash.endsWith('&at=32.0,32.0,12')")
    await page.locator("#fit").click()
    await page.wait_for_function("() => !location.hash.includes('at=')")


async def test_what_cannot_be_read_is_asked_for_at_times_and_the_replay_goes_on_by_itself(
    visitors: Visitors, server: ServerProcess
) -> None:
    page, _ = await visitors.open(f"{server.url}/replay", **SMALL)
    await expect(page.locator("body")).to_have_attribute("data-seq", re.compile(r"\d+"))
    await page.evaluate(ASKED)
    await page.route("**/api/history/pieces/0-*", lambda route: route.fulfill(body="not a piece"))
    await page.locator("#time").press("Home")
    await page.locator("#play").click()
    await expect(page.locator("#status")).to_contain_text("cannot be read now")
    await page.wait_for_function("() => window.asked().length >= 3")
    times = await page.evaluate("() => window.asked()")
    assert times[2] - times[1] > 500, "it asks in each frame"
    await page.unroute("**/api/history/pieces/0-*")
    await expect(page.locator("#status")).to_have_text("")
    await expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")


async def test_before_anybody_has_drawn_the_page_says_so(visitors: Visitors, start_server: StartServer) -> None:
    page, _ = await visitors.open(f"{start_server().url}/replay", **SMALL)
    await expect(page.locator("#status")).to_have_text("Nobody has drawn yet.")
    assert await findings(page) == []
