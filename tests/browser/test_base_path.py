"""The whole site in a folder of its host, behind real nginx: one passes the folder on, another takes it away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.desk_page import DeskPage
from tests.browser.drawing_page import DrawingPage
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.nginx import HOST, UPGRADE, NginxProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WORKER = """async () => {
  const { scope, active } = await navigator.serviceWorker.ready;
  return [new URL(scope).pathname, new URL(active.scriptURL).pathname];
}"""
_STORED = "() => [...Object.keys(localStorage)]"


@pytest.mark.parametrize("passed_to", ["http://gateways", "http://gateways/"], ids=["passes on", "takes away"])
async def test_the_site_works_in_a_folder(
    visitors: Visitors, start_server: StartServer, tmp_path: Path, passed_to: str
) -> None:
    server = start_server(BASE_PATH="/place", TRUSTED_PROXIES="127.0.0.1")
    locations = f"location /place/ {{ proxy_pass {passed_to}; {UPGRADE} {HOST} }} location / {{ return 410; }}"
    nginx = NginxProcess(tmp_path / "nginx", locations, server.port)
    try:
        drawing = await _draws(visitors, f"{nginx.url}/place")
        if passed_to.endswith("/"):
            await _look_around(visitors, drawing)
    finally:
        await visitors.leave()
        nginx.stop()


async def _draws(visitors: Visitors, site: str) -> DrawingPage:
    drawing = await DrawingPage.open(visitors, site, "#28,34,12")
    await drawing.page.locator("#place").click()
    await drawing.settled()
    await drawing.says("Placed at")
    return drawing


async def _look_around(visitors: Visitors, drawing: DrawingPage) -> None:
    site, page = drawing.url, drawing.page
    answered: list[str] = []
    page.context.on("response", lambda told: answered.append(f"{told.status} {told.url}"))
    assert await page.evaluate(_WORKER) == ["/place/", "/place/sw.js"]
    assert {one["path"] for one in await page.context.cookies()} == {"/place/"}
    stored = await page.evaluate(_STORED)
    assert stored
    assert all(name.endswith("@/place/") for name in stored)
    await page.reload()
    await drawing.live()
    wall = await page.context.new_page()
    await wall.goto(f"{site}/displays")
    await expect(wall.locator("body")).to_have_attribute("data-ready", "true")
    link = wall.locator("#links a").first
    screen = await page.context.new_page()
    await screen.goto(str(await link.evaluate("a => a.href")))
    await expect(screen.locator("body")).to_have_attribute("data-seq", "1")
    assert screen.url.startswith(f"{site}/display?")
    desk = await DeskPage.open(visitors, site)
    await expect(desk.body).to_have_attribute("data-seq", "1")
    await page.locator("#menu").click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Privacy").click()
    privacy = await opened.value
    await privacy.get_by_role("link", name="Deutsch").click()
    await expect(privacy.locator("html")).to_have_attribute("lang", "de")
    assert privacy.url == f"{site}/privacy?language=de"
    await privacy.goto(f"{site}/sheet")
    await expect(privacy.locator("#address")).to_have_text(site.removeprefix("http://"))
    assert await privacy.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")
    docs = await page.context.new_page()
    await docs.goto(f"{site}/docs")
    await expect(docs.locator(".operation").first).to_be_visible()
    assert [one for one in answered if int(one[:3]) >= 400] == []
