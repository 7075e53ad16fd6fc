"""Walls with bezels between the screens, screens that hang turned, and parts of the board: golden pictures.

What must be seen is computed here from the server's board alone; the page is only photographed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.boards import ServerBoard, paint, picture_of
from tests.browser.visitors import Visitors
from tests.browser.walls import difference
from tests.conftest import StartServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

Crop = tuple[int, int, int, int]
# The machine of a screen that hangs turned clockwise draws its picture turned back.
BACK = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


@dataclass(frozen=True, slots=True)
class Hung:
    """A wall as it hangs: screens of one size, a gap between them, each turned by its own angle."""

    width: int
    height: int
    columns: int
    rows: int
    gap: tuple[int, int] = (0, 0)
    turns: tuple[int, ...] = ()
    crop: Crop | None = None

    @property
    def size(self) -> tuple[int, int]:
        """With the gaps."""
        return (
            self.width * self.columns + self.gap[0] * (self.columns - 1),
            self.height * self.rows + self.gap[1] * (self.rows - 1),
        )

    def turn(self, screen: int) -> int:
        return self.turns[screen - 1] if self.turns else 0

    def long(self, screen: int) -> str:
        """The address with one parameter for each value."""
        crop = f"&area={','.join(map(str, self.crop))}" if self.crop else ""
        return (
            f"/display?i={screen}&w={self.width}&h={self.height}&c={self.columns}&r={self.rows}"
            f"&gx={self.gap[0]}&gy={self.gap[1]}&turn={self.turn(screen)}{crop}"
        )

    def short(self, screen: int) -> str:
        """The short link, as the README tells people to type it."""
        turn = f"-t{self.turn(screen)}" if self.turn(screen) else ""
        crop = f"-a{'x'.join(map(str, self.crop))}" if self.crop else ""
        gap = f"-g{self.gap[0]}x{self.gap[1]}"
        return f"/d/{screen}-{self.columns}x{self.rows}-{self.width}x{self.height}{gap}{turn}{crop}"

    def golden(self, board: ServerBoard, screen: int) -> Image.Image:
        """What that screen's machine must show."""
        part = board.picture(1)
        if self.crop:
            x, y, width, height = self.crop
            part = part.crop((x, y, x + width, y + height))
        scale = min(self.size[0] // part.width, self.size[1] // part.height)
        large = part.resize((part.width * scale, part.height * scale), Image.Resampling.NEAREST)
        wall = Image.new("RGB", self.size)
        wall.paste(large, ((self.size[0] - large.width) // 2, (self.size[1] - large.height) // 2))
        row, column = divmod(screen - 1, self.columns)
        left, top = column * (self.width + self.gap[0]), row * (self.height + self.gap[1])
        seen = wall.crop((left, top, left + self.width, top + self.height))
        return seen.transpose(BACK[self.turn(screen)]) if self.turn(screen) else seen

    async def equals(self, visitors: Visitors, url: str, board: ServerBoard, *, short: bool) -> None:
        """Opens every screen on a machine of its own, and compares."""
        for screen in range(1, self.columns * self.rows + 1):
            golden = self.golden(board, screen)
            page = await self._open(visitors, url + (self.short(screen) if short else self.long(screen)), golden)
            await expect(page.locator("body")).to_have_attribute("data-seq", str(board.seq))
            assert difference(picture_of(await page.screenshot()), golden) is None, f"screen {screen}"
            await page.context.close()

    async def _open(self, visitors: Visitors, address: str, golden: Image.Image) -> Page:
        page, _ = await visitors.open(address, viewport={"width": golden.width, "height": golden.height})
        return page


WALLS = {
    "gaps": ((64, 64), Hung(300, 200, 3, 2, gap=(40, 24))),
    "one row, wide gaps": ((120, 30), Hung(240, 160, 4, 1, gap=(111, 0))),
    "all upright": ((64, 48), Hung(180, 320, 3, 1, gap=(20, 0), turns=(90, 90, 90))),
    "each its own way": ((50, 70), Hung(260, 200, 2, 2, gap=(13, 17), turns=(0, 90, 180, 270))),
    "a part": ((64, 64), Hung(250, 210, 2, 2, gap=(30, 30), crop=(10, 20, 33, 17))),
    "a part, turned": ((90, 40), Hung(200, 260, 2, 1, turns=(270, 90), crop=(60, 3, 29, 37))),
}


@pytest.mark.parametrize("name", WALLS)
async def test_every_screen_of_a_wall_shows_exactly_its_part(
    visitors: Visitors, start_server: StartServer, name: str
) -> None:
    (width, height), wall = WALLS[name]
    server = start_server(BOARD_WIDTH=width, BOARD_HEIGHT=height)
    board = await paint(server.url)
    await wall.equals(visitors, server.url, board, short=False)


async def test_a_short_link_shows_the_same(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(BOARD_WIDTH=50, BOARD_HEIGHT=70)
    board = await paint(server.url)
    wall = Hung(260, 200, 2, 2, gap=(13, 17), turns=(0, 90, 180, 270), crop=(3, 4, 40, 50))
    await wall.equals(visitors, server.url, board, short=True)


async def test_a_part_that_lies_beside_the_board_shows_all_of_it(visitors: Visitors, start_server: StartServer) -> None:
    server = start_server(BOARD_WIDTH=40, BOARD_HEIGHT=30)
    board = await paint(server.url)
    page, _ = await visitors.open(f"{server.url}/display?area=900,0,50,50", viewport={"width": 400, "height": 300})
    await expect(page.locator("body")).to_have_attribute("data-seq", str(board.seq))
    assert difference(picture_of(await page.screenshot()), Hung(400, 300, 1, 1).golden(board, 1)) is None
