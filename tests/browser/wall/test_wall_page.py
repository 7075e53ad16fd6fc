"""`/displays` composes a wall: what it offers, what it refuses in words, and that everyone can use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.boards import board_at, paint, picture_of
from tests.browser.visitors import Visitors
from tests.clients.http import get
from tests.servers import ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALL = {"width": 400, "height": 300, "columns": 2, "rows": 2, "gapX": 20, "gapY": 10}
PROGRAMME: dict[str, Any] = {
    "crop": {"x": 4, "y": 5, "width": 30, "height": 20},
    "delaySeconds": 15,
    "scenes": [{"scene": "canvas", "seconds": 60}, {"scene": "slide", "seconds": 10}],
    "slides": ["Finale at ten"],
    "join": {"place": "tl", "everySeconds": 120, "forSeconds": 20},
    "attractSeconds": 90,
}
COMPOSITION = {"beeplace": "wall", "version": 1, "wall": WALL, "turns": [0, 90, 180, 270], "programme": PROGRAMME}


async def opened(visitors: Visitors, server: ServerProcess) -> Page:
    """The page, with its fields and with the board on its preview."""
    page, _ = await visitors.open(server.url + "/displays", viewport={"width": 1440, "height": 900})
    await expect(page.locator("body")).to_have_attribute("data-ready", "true")
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    return page


async def imported(page: Page, content: str | bytes) -> None:
    """Chooses a file with that content."""
    body = content.encode() if isinstance(content, str) else content
    await page.locator("#file").set_input_files({"name": "wall.json", "mimeType": "application/json", "buffer": body})


async def test_a_composition_that_is_exported_and_imported_is_the_same(
    visitors: Visitors, server: ServerProcess, tmp_path: Path
) -> None:
    page = await opened(visitors, server)
    await imported(page, json.dumps(COMPOSITION))
    await expect(page.locator("#notice")).to_have_text("The wall was imported.")
    await expect(page.locator("#screens a")).to_have_count(4)
    async with page.expect_download() as download:
        await page.locator("#export").click()
    file = tmp_path / "wall.json"
    await (await download.value).save_as(file)
    assert json.loads(file.read_text()) == COMPOSITION
    assert [await page.locator(f"#{name}").input_value() for name in ("gapX", "delay", "cropWidth", "joinEvery")] == [
        "20",
        "15",
        "30",
        "120",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a wall"),
        ("{", "not a wall"),
        ("[1,2]", "not a wall"),
        (b"\xff\xfe\x00", "not a wall"),
        (json.dumps({**COMPOSITION, "version": 9}), "another version"),
        (json.dumps({**COMPOSITION, "turns": [45]}), "turns"),
        (json.dumps({**COMPOSITION, "programme": {**PROGRAMME, "delaySeconds": 61}}), "delaySeconds"),
        (json.dumps({**COMPOSITION, "wall": {**WALL, "columns": 1e9}}), "wall"),
        (" " * 100_001, "too large"),
    ],
)
async def test_a_file_that_is_no_composition_is_refused_in_words(
    visitors: Visitors, server: ServerProcess, content: str | bytes, words: str
) -> None:
    page = await opened(visitors, server)
    before = await page.locator("#summary").text_content()
    await imported(page, content)
    await expect(page.locator("#notice")).to_contain_text(words)
    assert await page.locator("#summary").text_content() == before


async def test_a_field_out_of_range_is_told_and_changes_nothing(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server)
    await page.locator("#columns").fill("3")
    await expect(page.locator("#screens a")).to_have_count(3)
    for name, value in (("columns", "101"), ("width", ""), ("delay", "61"), ("gapX", "-1"), ("rows", "1.5")):
        kept = await page.locator(f"#{name}").input_value()
        await page.locator(f"#{name}").fill(value)
        await expect(page.locator("#notice"), name).to_contain_text("Not changed")
        await expect(page.locator(f"#{name}")).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("#screens a")).to_have_count(3)
        await page.locator(f"#{name}").fill(kept)
        await expect(page.locator("#notice"), name).to_be_empty()


async def test_each_screen_has_a_short_link_and_its_code(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += ["503 (Service Unavailable)"]  # a young server has no board that is old enough
    page = await opened(visitors, server)
    await imported(page, json.dumps(COMPOSITION))
    await expect(page.locator("#links li")).to_have_count(4)
    links = [str(await link.get_attribute("href")) for link in await page.locator("#links a").all()]
    assert links[1].startswith("./d/2-2x2-400x300-g20x10-t90-a4x5x30x20-d15-sc60t10")
    for image in await page.locator("#links img").all():
        source = str(await image.get_attribute("src")).removeprefix(".")
        status, svg, _ = await get(server.url, source)
        assert (status, svg[:4]) == (200, b"<svg")
    screen, _ = await visitors.open(f"{server.url}/{links[1]}")
    await expect(screen.locator("body")).to_have_attribute("data-connected", "true")
    await expect(screen.locator("#message")).to_be_hidden()


async def test_turning_one_screen_turns_its_link_alone(visitors: Visitors, server: ServerProcess) -> None:
    page = await opened(visitors, server)
    await page.locator("#columns").fill("2")
    await page.locator("#links select").nth(1).select_option("270")
    await expect(page.locator("#links a").nth(1)).to_have_attribute("href", "./d/2-2x1-1920x1080-t270")
    await expect(page.locator("#links a").nth(0)).to_have_attribute("href", "./d/1-2x1-1920x1080")
    await expect(page.locator("#turn-all")).to_have_value("mixed")


async def test_the_test_pattern_is_seen_on_the_preview_and_in_the_links(
    visitors: Visitors, server: ServerProcess
) -> None:
    page = await opened(visitors, server)
    await page.locator("#test").click()
    await expect(page.locator("#links a").first).to_have_attribute("href", "./d/1-1x1-1920x1080-p")
    await expect(page.locator("#screens a").first).to_have_attribute(
        "href", "/display?i=1&w=1920&h=1080&c=1&r=1&test=1"
    )


async def test_the_preview_shows_the_board_and_the_gaps(visitors: Visitors, server: ServerProcess) -> None:
    board = await paint(server.url)
    page = await opened(visitors, server)
    await imported(page, json.dumps({**COMPOSITION, "turns": [], "programme": {**PROGRAMME, "crop": None}}))
    await expect(page.locator("body")).to_have_attribute("data-seq", str(board.seq))

    async def seen() -> tuple[str, bool]:
        picture = picture_of(await page.locator("#wall").screenshot())
        colors = {color for _, color in picture.getcolors(1 << 20) or []}
        middle = picture.getpixel((picture.width // 2, picture.height // 2))  # where the bezels are
        return str(middle), len(colors & set(board.colors)) > 8

    await becomes(seen, ("(27, 31, 38)", True))
    assert (await board_at(server.url)).seq == board.seq


@pytest.mark.parametrize("width", [1440, 820, 390])
async def test_nothing_stands_beside_the_window(visitors: Visitors, server: ServerProcess, width: int) -> None:
    page = await opened(visitors, server)
    await imported(page, json.dumps(COMPOSITION))
    await page.set_viewport_size({"width": width, "height": 900})
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
