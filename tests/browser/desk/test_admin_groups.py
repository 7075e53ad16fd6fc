"""Newcomers who behave as one are an alert at the desk; its button chooses them, and a ban takes them out."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from beeplace.people.groups import LEAST
from tests.browser.axe import findings
from tests.browser.desk_page import SMALL_PHONE, DeskPage
from tests.browser.visitors import Visitors
from tests.clients.phone import dial
from tests.e2e.inside import gateways

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_desk_takes_a_group_out(visitors: Visitors, tmp_path: Path) -> None:
    async with gateways(1, tmp_path) as (one,), AsyncExitStack() as stack:
        one.gateway.events.groups.clock = lambda: 0.0  # each copy as fast as the next, on any machine
        for number in range(LEAST):
            phone = await stack.enter_async_context(dial(one.address))
            await phone.join({"board": "none"})
            for y in (8, 9):
                assert (await phone.place(number % 4, y, 1))["ok"]
        desk = await DeskPage.open(visitors, one.address, **SMALL_PHONE)
        alert = desk.page.locator('#alerts [data-alert="group"]')
        await expect(alert).to_contain_text("draw as one")
        assert await findings(desk.page) == []
        await alert.get_by_role("button", name="Show").click()
        await expect(desk.page.locator("#preview-words")).to_have_text(
            f"{LEAST} newcomers who draw as one are chosen, all that they drew."
        )
        await desk.tab("area")
        await desk.page.locator("#ban").click()
        await desk.hears(f"+ {LEAST - 3}")
        assert bytes(one.gateway.board.pixels[8 * 64 : 8 * 64 + 4]) == bytes(4)
        await stack.aclose()
        await visitors.leave()
