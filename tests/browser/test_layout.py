"""What is seen stays where it is while a page loads, and nothing hangs out of its place."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk_page import DeskPage
from tests.browser.visitors import Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = [(320, 568), (360, 640), (412, 839), (768, 1024), (1280, 900), (1920, 1080)]
MAX_SHIFT = 0.02
# A frame after the last change has been painted, the browser tells of all shifts so far.
_SHIFT = """async () => {
  for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
  return new Promise((done) => {
    const observer = new PerformanceObserver((list) =>
      done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)));
    observer.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(0), 500);
  });
}"""
_OUTSIDE = """(id) => {
  const outer = document.getElementById(id);
  const box = outer.getBoundingClientRect();
  const knob = getComputedStyle(outer, "::after");
  const end = parseFloat(knob.left) + parseFloat(knob.width) + new DOMMatrix(knob.transform).m41;
  return [box.width, box.width - end];
}"""


async def opened(visitors: Visitors, url: str, width: int, height: int) -> Page:
    """That page in a window of that size, once it is live."""
    page, _ = await visitors.open(url, viewport={"width": width, "height": height})
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    return page


@pytest.mark.parametrize("path", ["/", "/display", "/displays", "/admin"])
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_nothing_jumps_while_a_page_loads(
    visitors: Visitors, shared_server: ServerProcess, path: str, width: int, height: int
) -> None:
    page = await opened(visitors, shared_server.url + path, width, height)
    if path == "/displays":
        await expect(page.locator("#summary")).to_contain_text("64")
    assert await page.evaluate(_SHIFT) < MAX_SHIFT


@pytest.mark.parametrize("checked", [False, True])
async def test_a_switch_keeps_its_size_and_its_knob(
    visitors: Visitors, shared_server: ServerProcess, *, checked: bool
) -> None:
    desk = await DeskPage.open(visitors, shared_server.url, viewport={"width": 360, "height": 640})
    await desk.tab("board")
    page = desk.page
    switch: Any = page.locator("#read-only")
    await switch.evaluate("(element, on) => { element.ariaChecked = String(on); }", checked)
    await page.wait_for_function(
        "() => document.getElementById('read-only').getAnimations({ subtree: true }).length === 0"
    )
    width, room = await page.evaluate(_OUTSIDE, "read-only")
    assert width == 76
    assert room >= 0


async def test_fields_that_do_nothing_are_not_shown(visitors: Visitors, shared_server: ServerProcess) -> None:
    page = await opened(visitors, shared_server.url + "/displays", 1280, 900)
    every, lasts, crop = (page.locator(f"#{name}") for name in ("joinEvery", "joinFor", "cropX"))
    await expect(page.locator("#join")).to_have_value("")
    for field in (every, lasts, crop):
        await expect(field).to_be_hidden()
    await page.locator("#join").select_option("br")
    await page.locator("#crop").check()
    for field in (every, lasts, crop):
        await expect(field).to_be_visible()
