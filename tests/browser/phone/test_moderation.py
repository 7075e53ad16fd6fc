"""What organisers put in force, as it is seen: a ban, a zone and an announcement on phones and walls, and their end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.boards import changes_at, picture_of
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import PHONE, Visitors
from tests.browser.walls import Wall
from tests.clients.http import post
from tests.servers import API_KEY, ServerProcess
from tests.waiting import becomes

BORDER = (255, 90, 90)  # of a closed zone
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def act(url: str, kind: str, **fields: Any) -> int:
    """Its seq."""
    status, answer = await post(url, "/api/actions", {"kind": kind, "reason": "", **fields}, API_KEY)
    assert status == 200, answer
    seq: int = answer["seq"]
    return seq


async def undo(url: str, seq: int) -> None:
    assert (await post(url, f"/api/actions/{seq}/undo", {}, API_KEY))[0] == 200


async def place(phone: DrawingPage) -> tuple[int, int]:
    """A pixel in the middle of what is seen; where it is."""
    await phone.canvas.tap()
    at = await phone.chosen()
    await phone.button.click()
    await phone.settled()
    return at


async def border(phone: DrawingPage) -> str:
    """How much of it is seen."""
    picture = picture_of(await phone.page.screenshot())
    dots = sum(count for count, color in picture.getcolors(2**24) or () if color == BORDER)
    return "whole" if dots > 50 else "bits" if dots else "none"


async def test_a_banned_phone_reads_why_and_until_when_watches_on_and_draws_again_once_it_is_lifted(
    visitors: Visitors, server: ServerProcess
) -> None:
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    other = await DrawingPage.open(visitors, server.url, **PHONE)
    x, y = await place(phone)
    [change] = await changes_at(server.url, x, y)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    seq = await act(server.url, "ban", people=[change["by"]], until=until, reason="a flood")
    await phone.says("You may not place pixels on this board. The organisers say: a flood. Until ")
    await expect(phone.button).to_be_disabled()
    await phone.page.reload()
    await phone.says("The organisers say: a flood. Until ")
    await expect(phone.button).to_be_disabled()
    await place(other)
    await phone.equals_server()
    await undo(server.url, seq)
    await expect(phone.notice).to_be_hidden()
    await place(phone)
    await phone.equals_server()


async def test_a_zone_is_seen_and_said_where_the_choice_is(visitors: Visitors, server: ServerProcess) -> None:
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    await phone.canvas.tap()
    x, y = await phone.chosen()
    seq = await act(server.url, "zone", area={"x": x - 1, "y": y - 1, "width": 3, "height": 3}, reason="the stage's")
    await phone.says("This area is protected. The organisers say: the stage's.")
    await expect(phone.button).to_be_disabled()
    await act(server.url, "announce", text="what is told later leaves it as it is")
    await phone.says("This area is protected. The organisers say: the stage's.")
    await becomes(lambda: border(phone), "whole")
    await undo(server.url, seq)
    await phone.says("what is told later")
    await becomes(lambda: border(phone), "none")
    await phone.button.click()
    await phone.settled()
    await phone.equals_server()


async def test_an_announcement_is_on_phones_and_once_on_a_wall_each_in_its_language(
    visitors: Visitors, server: ServerProcess
) -> None:
    phone = await DrawingPage.open(visitors, server.url, **PHONE)
    german = await DrawingPage.open(visitors, server.url, **{**PHONE, "locale": "de-DE"})
    screens = await Wall(320, 240, 3, 1).open(visitors, server.url)
    for screen in screens:
        await expect(screen.locator("body")).to_have_attribute("data-connected", "true")
    text = {"en": "The bar closes at two", "de": "Die Bar schließt um zwei"}
    seq = await act(server.url, "announce", text=text)
    await phone.says(text["en"])
    await german.says(text["de"])
    await expect(screens[1].locator("#announcement")).to_have_text(text["en"])
    await expect(screens[1].locator("#announcement")).to_be_visible()
    for screen in (screens[0], screens[2]):
        await expect(screen.locator("#announcement")).to_be_hidden()
    await undo(server.url, seq)
    await expect(screens[1].locator("#announcement")).to_be_hidden()
    await expect(phone.notice).to_be_hidden()
