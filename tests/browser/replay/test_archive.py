"""The folder that `beeplace archive` writes, opened from a disk: no server, and no file that a page may not read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.canvas import board_of
from tests.browser.visitors import PHONE, Visitors
from tests.e2e.process import run_beeplace
from tests.history.long_log import BEGAN_MS, STEP_MS, at_ms, board, write_long_log

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIECE = 65_536
ROWS, SIZE = 2 * PIECE + 3_000, 64
_WIDE = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, moved away from where it was written."""
    place = tmp_path_factory.mktemp("evening")
    asyncio.run(write_long_log(place / "board.db", ROWS, SIZE))
    ended = run_beeplace(place, "archive", "kept", "--film", "0", DATABASE_URL=f"sqlite:///{place}/board.db")
    assert (ended.returncode, ended.stderr) == (0, "")
    return (place / "kept").rename(place / "an evening & more #1")


async def test_the_evening_is_played_from_a_disk(visitors: Visitors, kept: Path) -> None:
    visitors.forgiven += ["Access to XMLHttpRequest", "ERR_FAILED"]  # axe reads style sheets, which a disk denies
    page, wire = await visitors.open((kept / "index.html").as_uri(), **PHONE)
    assert await page.evaluate(_WIDE) <= 0
    assert await findings(page) == []
    for picture in await page.locator("img").all():
        assert await picture.evaluate("(image) => image.naturalWidth") == 2_048
    await page.get_by_role("link", name="Play the evening").click()

    body, slider = page.locator("body"), page.locator("#time")
    await expect(body).to_have_attribute("data-seq", str(ROWS))
    assert await board_of(page, SIZE, SIZE) == board(ROWS, SIZE, ROWS)
    assert await page.evaluate(_WIDE) <= 0
    assert await findings(page) == []
    await slider.press("Home")
    await expect(body).to_have_attribute("data-seq", "1")
    seq = 70_000 - BEGAN_MS % 1000 // STEP_MS
    await page.evaluate(f"location.hash = '#t={at_ms(seq) // 1000}'")
    await expect(body).to_have_attribute("data-seq", str(seq))
    assert await board_of(page, SIZE, SIZE) == board(ROWS, SIZE, seq)
    await page.locator("#speed").select_option("5000")
    await page.locator("#play").click()
    await expect(body).to_have_attribute("data-seq", str(ROWS))

    await page.get_by_role("link", name="Overview").click()
    await expect(page.get_by_role("link", name="Play the evening")).to_be_visible()
    assert all(path.startswith(kept.as_uri().removeprefix("file://")) for path in wire.fetched)


async def test_a_piece_that_is_missing_is_said(visitors: Visitors, kept: Path) -> None:
    [first] = (kept / "history" / "pieces").glob("0-*")
    away = first.rename(first.with_suffix(".away"))
    try:
        visitors.forgiven.append("ERR_FILE_NOT_FOUND")
        page, _ = await visitors.open(f"{(kept / 'replay.html').as_uri()}#t={at_ms(5) // 1000}")
        await expect(page.locator("#status")).to_contain_text("cannot be read")
    finally:
        away.rename(first)
