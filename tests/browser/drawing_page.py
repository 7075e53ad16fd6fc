"""The drawing page as a person uses it: chooses, picks a colour, places, and reads what stands there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, expect

from tests.browser import canvas
from tests.browser.boards import MARK_AT, MARK_SIZE, ServerBoard, board_at
from tests.browser.canvas import Color, Sight
from tests.browser.visitors import Visitors, Wire

_WATCH = """(id) => {
  const element = document.getElementById(id);
  window.told = [];
  const note = () => window.told.push(element.textContent + (element.disabled ? " (disabled)" : ""));
  const all = { attributes: true, childList: true, characterData: true, subtree: true };
  new MutationObserver(note).observe(element, all);
}"""
MARK_COLOR: Color = (0, 131, 199)  # colour 12 of the thesis's palette


class DrawingPage:
    """One open page at `url`; its elements under the names that people give them."""

    def __init__(self, url: str, page: Page, wire: Wire) -> None:
        self.url, self.page, self.wire = url, page, wire
        self.body = page.locator("body")
        self.notice = page.locator("#notice")
        self.button = page.locator("#place")
        self.remaining = page.locator("#remaining")
        self.countdown = page.locator("#countdown")
        self.coordinates = page.locator("#coordinates")
        self.canvas = page.locator("#board")

    @classmethod
    async def open(cls, visitors: Visitors, url: str, place: str = "", **options: Any) -> DrawingPage:
        """Opens it for a new person and waits for the board."""
        drawing = cls(url, *await visitors.open(f"{url}/{place}", **options))
        await drawing.live()
        return drawing

    async def tab(self) -> DrawingPage:
        """The same person's next tab."""
        page = await self.page.context.new_page()
        tab = DrawingPage(self.url, page, Wire(page))
        await page.goto(self.url)
        await tab.live()
        return tab

    async def live(self) -> None:
        """Until it is connected and has the board."""
        await expect(self.body).to_have_attribute("data-connected", "true")

    async def settled(self) -> None:
        """Until no placement waits for its answer."""
        await expect(self.body).to_have_attribute("data-pending", "0")

    async def reached(self, seq: int) -> None:
        """Until it knows every change up to that one, which must be the last there is."""
        await expect(self.body).to_have_attribute("data-seq", str(seq))

    async def equals_server(self) -> ServerBoard:
        """Until it knows what the server knows; fails unless every pixel is the same."""
        server = await board_at(self.url)
        await self.reached(server.seq)
        assert await canvas.board_of(self.page, server.width, server.height) == server.pixels
        return server

    async def sight(self) -> Sight:
        """Where the board lies, found by the mark of `boards.mark`."""
        return await canvas.sight(self.page, MARK_COLOR, MARK_AT, MARK_SIZE)

    async def pick(self, color: int) -> None:
        """Chooses a colour from the palette."""
        await self.page.locator(f'#palette [data-color="{color}"]').click()

    async def click(self, x: int, y: int) -> None:
        """A click of the mouse on the middle of that pixel."""
        left, top = (await self.sight()).point(x, y)
        await self.page.mouse.click(left, top)
        await self.has_chosen(x, y)

    async def has_chosen(self, x: int, y: int) -> None:
        """Until the reticle is there, by what the page says."""
        await expect(self.coordinates).to_have_text(f"{x}, {y}")

    async def draw(self, x: int, y: int, color: int) -> None:
        """Chooses place and colour, presses the button, and waits for the answer."""
        await self.click(x, y)
        await self.pick(color)
        await self.button.click()
        await self.settled()

    async def says(self, words: str) -> None:
        """Until that stands in the line for words."""
        await expect(self.notice).to_contain_text(words)
        await expect(self.notice).to_be_visible()

    async def chosen(self) -> tuple[int, int]:
        """What has been chosen, once something has."""
        await expect(self.coordinates).to_have_text(re.compile(r"^\d+, \d+$"))
        x, y = (await self.coordinates.inner_text()).split(", ")
        return int(x), int(y)

    async def watch(self, element: str) -> None:
        """From now on `told` has every text of that element, however soon another comes."""
        await self.page.evaluate(_WATCH, element)

    async def told(self) -> list[str]:
        """Each text of the watched element, " (disabled)" behind those with which it could not be used."""
        texts: list[str] = await self.page.evaluate("() => window.told")
        return texts

    async def seconds_left(self) -> int:
        """The number in the countdown; 0 when there is none."""
        found = re.search(r"in (\d+) s", await self.countdown.inner_text())
        return int(found[1]) if found else 0

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Without any network for the time of the block."""
        await self.page.context.set_offline(True)
        yield
        await self.page.context.set_offline(False)
