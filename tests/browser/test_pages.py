"""What all pages have in common: they load only from their own server, complain of nothing, and are light."""

from __future__ import annotations

import gzip

import orjson
import pytest
from playwright.async_api import Response, expect

from tests.browser.visitors import Visitors
from tests.clients.http import get
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAX_SCRIPT_BYTES = 80_000
PAGES = ("/", "/display", "/display?i=0", "/displays", "/admin", "/docs")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_no_other_host_and_complains_of_nothing(
    visitors: Visitors, server: ServerProcess, path: str
) -> None:
    await (await visitors.open(server.url + path))[0].wait_for_load_state("networkidle")
    assert visitors.strangers == []
    assert visitors.complaints == []


async def test_a_request_to_another_host_and_forbidden_code_are_noticed(
    visitors: Visitors, server: ServerProcess
) -> None:
    page, _ = await visitors.open(server.url)
    await page.evaluate(
        "() => document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    await page.evaluate("() => { location.href = 'http://127.0.0.2:9/'; }")
    await page.wait_for_event("framenavigated")
    assert visitors.strangers == ["http://127.0.0.2:9/"]
    assert any("Content Security Policy" in complaint for complaint in visitors.complaints)
    visitors.strangers.clear()
    visitors.complaints.clear()


async def test_the_docs_show_every_route_of_the_interface(visitors: Visitors, server: ServerProcess) -> None:
    described = orjson.loads((await get(server.url, "/openapi.json"))[1])
    page, _ = await visitors.open(server.url + "/docs")
    await expect(page.locator(".title")).to_contain_text(described["info"]["title"])
    operations = sum(len(methods.keys() & {"get", "post", "put", "delete"}) for methods in described["paths"].values())
    await expect(page.locator(".opblock")).to_have_count(operations)
    shown = await page.locator(".opblock-summary-path").evaluate_all("(all) => all.map((one) => one.dataset.path)")
    assert set(shown) == set(described["paths"])


async def test_the_docs_can_try_a_route(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(server.url + "/docs")
    operation = page.locator(".opblock", has=page.locator('[data-path="/api/config"]'))
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    await expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    await expect(operation.locator(".live-responses-table")).to_contain_text("canvasSize")


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
