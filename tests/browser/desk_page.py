"""The organiser's page as an organiser uses it: signs in, chooses an area, presses, and reads how it ended."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.visitors import PHONE, Visitors
from tests.servers import API_KEY

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
SMALL_PHONE = {**PHONE, "viewport": {"width": 360, "height": 640}}


class DeskPage:
    """One open page at `url`."""

    def __init__(self, url: str, page: Page) -> None:
        self.url, self.page = url, page
        self.body, self.stage = page.locator("body"), page.locator("#board")

    @classmethod
    async def open(cls, visitors: Visitors, url: str, key: str = API_KEY, **options: Any) -> DeskPage:
        """Opens it by a link that signs in, and waits for the board and the desk's socket."""
        page, _ = await visitors.open(f"{url}/admin#key={key}", **options or DESKTOP)
        desk = cls(url, page)
        await desk.live()
        return desk

    async def live(self) -> None:
        """Until it is signed in, and both of its connections stand."""
        for name in ("signed", "connected", "desk"):
            await expect(self.body).to_have_attribute(f"data-{name}", "true")
        await expect(self.page.locator("#you")).not_to_be_empty()

    async def tab(self, name: str) -> None:
        """Shows that panel."""
        await self.page.locator(f"#tab-{name}").click()
        await expect(self.page.locator(f"#panel-{name}")).to_be_visible()

    async def hears(self, words: str, tone: str = "good") -> None:
        """Until the newest result says that."""
        newest = self.page.locator("#results li").first
        await expect(newest).to_contain_text(words)
        await expect(newest).to_have_attribute("data-tone", tone)

    async def type_area(self, x: int, y: int, width: int, height: int) -> None:
        """Chooses an area by its numbers."""
        for name, value in (("x", x), ("y", y), ("width", width), ("height", height)):
            await self.page.locator(f"#{name}").fill(str(value))

    async def area(self) -> list[int]:
        """What its fields say."""
        return [int(await self.page.locator(f"#{name}").input_value()) for name in ("x", "y", "width", "height")]

    async def point(self, x: float, y: float, board: int = 64) -> tuple[float, float]:
        """Where a point of a board that is seen whole lies in the window."""
        box = await self.stage.bounding_box()
        assert box
        scale = min(box["width"], box["height"]) / board * 0.95
        left, top = (box["width"] - board * scale) / 2, (box["height"] - board * scale) / 2
        return box["x"] + left + x * scale, box["y"] + top + y * scale

    async def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """With the mouse, between points of the board."""
        mouse = self.page.mouse
        await mouse.move(*await self.point(*start))
        await mouse.down()
        await mouse.move(*await self.point(*end), steps=5)
        await mouse.up()

    async def hold(self, selector: str) -> None:
        """Presses a button, and keeps it pressed until it has acted."""
        button = self.page.locator(selector)
        await button.hover()
        await self.page.mouse.down()  # and the page has begun to count by when this returns
        await expect(button).to_have_attribute("data-holding", "false")
        await self.page.mouse.up()
