"""What all pages have in common: they load only from their own server, complain of nothing, and are light."""

from __future__ import annotations

import gzip
from typing import Literal

import orjson
import pytest
from playwright.async_api import Response, Route, expect

from tests.browser.axe import findings
from tests.browser.visitors import Visitors
from tests.clients.http import get
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAX_SCRIPT_BYTES = 80_000
MAX_DOCS_BYTES = 60_000
PAGES = ("/", "/display", "/display?i=0", "/displays", "/admin", "/docs", "/replay", "/privacy", "/sheet")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_no_other_host_and_complains_of_nothing(
    visitors: Visitors, server: ServerProcess, path: str
) -> None:
    await (await visitors.open(server.url + path))[0].wait_for_load_state("networkidle")
    assert visitors.strangers == []
    assert visitors.complaints == []


@pytest.mark.parametrize("path", ["/", "/displays", "/admin", "/replay"])
async def test_a_page_follows_the_light_of_the_system_also_while_it_is_open(
    visitors: Visitors, shared_server: ServerProcess, path: str
) -> None:
    page, _ = await visitors.open(shared_server.url + path, color_scheme="light")
    await expect(page.locator("html")).to_have_attribute("data-theme", "sunlight")
    assert await findings(page) == []
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_request_to_another_host_and_forbidden_code_are_noticed(
    visitors: Visitors, server: ServerProcess
) -> None:
    page, _ = await visitors.open(server.url)
    await page.evaluate(
        "() => document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    async with page.expect_event("framenavigated"):
        await page.evaluate("() => { location.href = 'http://127.0.0.2:9/'; }")
    assert visitors.strangers == ["http://127.0.0.2:9/"]
    assert any("Content Security Policy" in complaint for complaint in visitors.complaints)
    visitors.strangers.clear()
    visitors.complaints.clear()


async def test_the_docs_show_every_route_and_event_of_the_interface(visitors: Visitors, server: ServerProcess) -> None:
    described = orjson.loads((await get(server.url, "/openapi.json"))[1])
    page, _ = await visitors.open(server.url + "/docs")
    await expect(page.locator("#title")).to_contain_text(described["info"]["title"])
    operations = [(method.upper(), path) for path, methods in described["paths"].items() for method in methods]
    await expect(page.locator(".operation")).to_have_count(len(operations))
    for method, path in operations:
        await expect(page.locator(f"[id='{method} {path}'] > summary")).to_contain_text(method)
    events = [one["name"] for events in described["x-sockets"].values() for one in events]
    shown = await page.locator("#sockets tbody tr td:first-child").all_inner_texts()
    assert (shown, "pixelFromPlayer" in shown) == (events, True)


async def test_the_docs_can_try_a_route(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(server.url + "/docs")
    operation = page.locator('.operation[data-path="/api/config"]')
    await operation.locator("> summary").click()
    await operation.get_by_role("button", name="Send").click()
    await expect(operation.locator("output")).to_contain_text("200")
    await expect(operation.locator("output")).to_contain_text("canvasSize")
    change = page.locator("[id='PATCH /api/settings']")
    await change.locator("> summary").click()
    visitors.forgiven.append("401 (Unauthorized)")
    await change.get_by_role("button", name="Send").click()
    await expect(change.locator("output")).to_contain_text("Unauthorized")
    await page.locator("#key").fill(API_KEY)
    await change.locator("textarea").fill('{"maxPixels": 4}')
    await change.locator("[name=dry-run]").fill("yes")
    await change.get_by_role("button", name="Send").click()
    await expect(change.locator("output")).to_contain_text("placementsPerMinute")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_docs_are_small_and_can_be_read_by_day_and_by_night(
    visitors: Visitors, server: ServerProcess, scheme: Literal["light", "dark"]
) -> None:
    page = await (await visitors.context(color_scheme=scheme, viewport={"width": 360, "height": 740})).new_page()
    sizes: list[int] = []
    await page.route("**/assets/*.js", lambda route: _counted(route, sizes))
    await page.goto(server.url + "/docs")
    await page.locator(".operation").first.wait_for()
    for path in ("/api/settings", "/api/pixels/{x}/{y}"):
        await page.locator(f'.operation[data-path="{path}"] > summary').first.click()
    assert 0 < sum(sizes) < MAX_DOCS_BYTES
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await findings(page) == []


async def _counted(route: Route, sizes: list[int]) -> None:
    answer = await route.fetch()
    sizes.append(len(await answer.body()))
    await route.fulfill(response=answer)


async def test_the_drawing_page_is_light_and_sent_compressed(visitors: Visitors, server: ServerProcess) -> None:
    page = await (await visitors.context()).new_page()
    scripts: list[Response] = []
    page.on("response", lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None)
    await page.goto(server.url)
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    assert len(scripts) > 0
    assert sum([len(gzip.compress(await script.body())) for script in scripts]) <= MAX_SCRIPT_BYTES
    for script in scripts:
        if len(await script.body()) > 2000:
            assert await script.header_value("content-encoding") in ("gzip", "deflate", "br")
