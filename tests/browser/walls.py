"""What a wall of screens must show, computed from the server's board alone, and what its screens do show."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops
from playwright.async_api import Page, expect

from tests.browser.boards import ServerBoard, picture_of
from tests.browser.visitors import Visitors


@dataclass(frozen=True, slots=True)
class Wall:
    """Screens of one size, in pixels, beside and above each other."""

    width: int
    height: int
    columns: int = 3
    rows: int = 2

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole wall, in pixels."""
        return self.width * self.columns, self.height * self.rows

    def address(self, screen: int) -> str:
        """Of one screen, from 1 on, row by row."""
        return f"/display?i={screen}&w={self.width}&h={self.height}&c={self.columns}&r={self.rows}"

    def corner(self, screen: int) -> tuple[int, int]:
        """Where that screen begins on the wall."""
        row, column = divmod(screen - 1, self.columns)
        return column * self.width, row * self.height

    def golden(self, board: ServerBoard) -> Image.Image:
        """One picture on all screens: as large as whole scales allow, in the middle, on black."""
        width, height = self.size
        picture = board.picture(min(width // board.width, height // board.height))
        wall = Image.new("RGB", self.size)
        wall.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
        return wall

    async def open(self, visitors: Visitors, url: str) -> list[Page]:
        """All screens, each just as large as the wall says."""
        context = await visitors.context(viewport={"width": self.width, "height": self.height})
        pages = [await context.new_page() for _ in range(self.columns * self.rows)]
        for screen, page in enumerate(pages, 1):
            await page.goto(url + self.address(screen))
        return pages

    async def shown(self, screens: list[Page], seq: int) -> Image.Image:
        """What they show together, once each of them knows every change up to that one."""
        wall = Image.new("RGB", self.size)
        for number, page in enumerate(screens, 1):
            await expect(page.locator("body")).to_have_attribute("data-seq", str(seq))
            wall.paste(picture_of(await page.screenshot()), self.corner(number))
        return wall


def difference(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around all dots that differ; None when none does."""
    assert one.size == other.size
    return ImageChops.difference(one, other).getbbox()
