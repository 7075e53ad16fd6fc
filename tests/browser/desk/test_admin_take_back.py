"""Taking back from one phone: look, preview, rewind, undo, undo of the undo; seen on a second phone and on a wall."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, config_at
from tests.browser.desk_page import DESKTOP, SMALL_PHONE, DeskPage
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.browser.walls import Wall, difference
from tests.clients.phone import Phone, dial
from tests.clients.tcp import DEADLINE_SECONDS
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD, GOOD = 5, 9
DRAWN = [(x, 5) for x in range(5, 11)]  # by the one who harms
LATER = (7, 5)  # one of these, over which somebody honest drew later
ELSEWHERE = (40, 40)


class Scene(NamedTuple):
    """Two people who drew, an organiser's page, and who sees what becomes of it."""

    server: ServerProcess
    desk: DeskPage
    drawing: DrawingPage
    wall: Wall
    screens: list[Page]

    async def sees(self, **colors: dict[tuple[int, int], int]) -> None:
        """The board comes to have these colours, and no others; so it is on the second phone and on the wall."""
        wanted = {at: color for drawn in colors.values() for at, color in drawn.items()}
        found: dict[tuple[int, int], int] | None = None
        deadline = time.monotonic() + DEADLINE_SECONDS
        while found != wanted and time.monotonic() < deadline:
            board = await self.drawing.equals_server()
            found = {(x, y): board.color(x, y) for x in range(64) for y in range(64) if board.color(x, y)}
        assert found == wanted
        assert difference(await self.wall.shown(self.screens, board.seq), self.wall.golden(board)) is None


@asynccontextmanager
async def people(server: ServerProcess) -> AsyncIterator[tuple[Phone, Phone]]:
    """One who harms and one who does not, and what they drew."""
    async with dial(server.url) as bad, dial(server.url) as good:
        await bad.join({})
        await good.join({})
        for at in DRAWN:
            assert (await bad.place(*at, BAD))["ok"]
        for at in (LATER, ELSEWHERE):
            assert (await good.place(*at, GOOD))["ok"]
        yield bad, good


@asynccontextmanager
async def scene(visitors: Visitors, start_server: StartServer, options: dict[str, Any]) -> AsyncIterator[Scene]:
    """All of it, before the organiser does anything."""
    server = start_server(COOLDOWN=0)
    async with people(server):
        wall = Wall(128, 128, 1, 1)
        yield Scene(
            server,
            await DeskPage.open(visitors, server.url, **options),
            await DrawingPage.open(visitors, server.url, **PHONE),
            wall,
            await wall.open(visitors, server.url),
        )


HARM = {at: BAD for at in DRAWN if at != LATER}
HONEST = {LATER: GOOD, ELSEWHERE: GOOD}


@pytest.mark.parametrize("options", [SMALL_PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_one_persons_drawing_is_taken_back_and_given_back(
    visitors: Visitors, start_server: StartServer, options: dict[str, Any]
) -> None:
    async with scene(visitors, start_server, options) as at:
        page = at.desk.page
        await at.sees(harm=HARM, honest=HONEST)
        await at.desk.type_area(0, 0, 16, 16)
        await page.locator("#authors").click()
        people = page.locator("#authors-list li")
        await expect(people).to_have_count(2)
        await expect(people.first).to_contain_text("6 pixels, 86 %")
        await people.first.locator('[data-side="in"]').click()
        await page.locator("#preview-rewind").click()
        await expect(page.locator("#preview-words")).to_contain_text(
            "5 pixels change, people: 1. Stay, since somebody else drew there later: 1."
        )
        await page.get_by_role("button", name="Spam").click()
        await page.locator("#rewind").click()
        await at.desk.hears("(5 changed, 1 left)")
        await at.sees(honest=HONEST)
        await page.locator("#results").get_by_role("button", name="Undo").first.click()
        await at.desk.hears("Undo: Take back 5 pixels")
        await at.sees(harm=HARM, honest=HONEST)
        await at.desk.tab("done")
        undo, rewind = page.locator("#actions li").nth(0), page.locator("#actions li").nth(1)
        await expect(rewind).to_contain_text("API_KEY · Spam · (5 changed, 1 left) · undone")
        await expect(rewind.get_by_role("button")).to_have_count(0)
        await undo.get_by_role("button").click()
        await at.desk.hears("Undo: Undo")
        await at.sees(honest=HONEST)


async def test_everybody_but_one_is_taken_back(visitors: Visitors, start_server: StartServer) -> None:
    async with scene(visitors, start_server, SMALL_PHONE) as at:
        page = at.desk.page
        await page.locator("#authors").click()
        await page.locator("#authors-list li").nth(1).locator('[data-side="out"]').click()
        await page.locator("#rewind").click()
        await at.desk.hears("(5 changed, 1 left)")
        await at.sees(honest=HONEST)


async def test_a_preview_changes_nothing_and_goes_when_the_selection_does(
    visitors: Visitors, start_server: StartServer
) -> None:
    async with scene(visitors, start_server, DESKTOP) as at:
        page, before = at.desk.page, await board_at(at.server.url)
        seen = await at.desk.stage.screenshot()
        await page.locator("#preview-rewind").click()
        await expect(page.locator("#preview-words")).to_contain_text("7 pixels change, people: 2.")
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await at.desk.stage.screenshot() == seen:
                pass
        assert await board_at(at.server.url) == before
        await page.locator("#since").press("ArrowRight")
        await expect(page.locator("#preview-words")).to_be_empty()
        await expect(page.locator("#since-words")).to_have_text("15 min ago")


async def test_what_was_shown_is_what_is_taken_back(visitors: Visitors, start_server: StartServer) -> None:
    """What is drawn between the look and the press was not seen, and stays."""
    async with scene(visitors, start_server, DESKTOP) as at, dial(at.server.url) as late:
        await late.join({})
        await at.desk.page.locator("#preview-rewind").click()
        await expect(at.desk.page.locator("#preview-words")).to_contain_text("7 pixels change")
        for place in ((5, 5), (50, 50)):
            assert (await late.place(*place, GOOD))["ok"]
        await at.desk.page.locator("#rewind").click()
        await at.desk.hears("(6 changed, 1 left)")
        await at.sees(late={(5, 5): GOOD, (50, 50): GOOD})


async def test_an_area_is_filled_and_cleared_and_both_are_undone(visitors: Visitors, start_server: StartServer) -> None:
    async with scene(visitors, start_server, SMALL_PHONE) as at:
        page = at.desk.page
        await at.desk.type_area(6, 5, 2, 1)
        await page.locator('#palette [data-color="12"]').click()
        for what, color in (("Fill", 12), ("Clear", 0)):
            await page.locator(f"#{what.lower()}").click()
            await at.desk.hears(f"{what} 2 pixels from 6, 5")
            painted = {**HARM, **HONEST, (6, 5): color, (7, 5): color}
            await at.sees(painted={place: color for place, color in painted.items() if color})
            await page.locator("#results li").first.get_by_role("button", name="Undo").click()
            await at.desk.hears(f"Undo: {what} 2 pixels")
            await at.sees(harm=HARM, honest=HONEST)
        await at.desk.tab("done")
        await expect(page.locator("#actions li")).to_have_count(4)


async def test_two_desks_see_what_the_other_did(visitors: Visitors, server: ServerProcess) -> None:
    one = await DeskPage.open(visitors, server.url)
    other = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    await other.tab("done")
    await one.tab("board")
    await one.page.locator("#read-only").click()
    await expect(other.page.locator("#actions li")).to_contain_text("Read-only #1")
    await other.page.locator("#actions li button").click()
    await one.tab("done")
    await expect(one.page.locator("#actions li").nth(1)).to_contain_text("undone")
    assert (await config_at(server.url))["readOnly"] is False


async def change(desk: DeskPage, form: str, field: str, value: str, effect: str) -> None:
    """Types a value, reads what it would do before it has done anything, and applies it."""
    before = (await config_at(desk.url))["seq"]
    await desk.page.locator(field).fill(value)
    await desk.page.locator(field).blur()
    await expect(desk.page.locator(f"#{form}-effect")).to_contain_text(effect)
    assert (await config_at(desk.url))["seq"] == before
    await desk.page.locator(f"#{form}-apply").click()


async def test_the_board_gets_another_size_for_phones_and_walls(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    wall = Wall(300, 300, 1, 1)
    screens = await wall.open(visitors, server.url)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    await desk.tab("board")
    await change(desk, "size", "#size-width", "100", "new pixels, 0 cut off")
    await desk.hears("Board 100 × 64: Settings changed")
    board = await drawing.equals_server()
    assert (board.width, board.height) == (100, 64)
    assert difference(await wall.shown(screens, board.seq), wall.golden(board)) is None
    await desk.page.locator("#results").get_by_role("button", name="Undo").click()
    await expect(desk.page.locator("#size-width")).to_have_value("64")
    board = await drawing.equals_server()
    assert (board.width, board.height) == (64, 64)
    assert difference(await wall.shown(screens, board.seq), wall.golden(board)) is None


async def test_settings_are_tried_out_changed_and_taken_back(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    await desk.tab("board")
    await expect(desk.page.locator("#set-maxPixels")).to_have_value("3")
    await change(desk, "settings", "#set-maxPixels", "30", "18 → 180 pixels a minute")
    await desk.hears("Pixels each 30: Settings changed")
    await expect(drawing.remaining).to_have_text("30")
    await desk.page.locator("#results").get_by_role("button", name="Undo").click()
    await expect(desk.page.locator("#set-maxPixels")).to_have_value("3")
    await expect(drawing.remaining).to_have_text("3")
    assert (await config_at(server.url))["maxPixels"] == 3
