"""The service worker: what it cannot keep costs nothing else, it mixes no builds, and goes where it has no place."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.phone.test_phone_shell import with_shell
from tests.browser.visitors import PHONE, Visitors
from tests.conftest import StartServer
from tests.ports import free_port
from tests.servers import ServerProcess
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = ["/", "/display", "/displays", "/admin"]
_KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys())))
  .flat().map(({ url }) => new URL(url).pathname)"""


async def live(page: Page) -> None:
    """Until it is connected."""
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")


async def worker_runs(context: BrowserContext, code: str) -> None:
    """Runs that in the service worker itself."""
    (worker,) = context.service_workers
    await worker.evaluate(code)


async def test_a_full_storage_costs_no_page(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await with_shell(visitors, server.url)
    devtools = await drawing.page.context.new_cdp_session(drawing.page)
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1000})
    for path in PAGES:
        await drawing.page.goto(server.url + path)
        await live(drawing.page)


@pytest.mark.parametrize("broken", ["open", "match", "keys"])
async def test_a_cache_that_fails_costs_no_page(visitors: Visitors, server: ServerProcess, broken: str) -> None:
    """Simulated: in the worker, CacheStorage refuses, as it does in a damaged profile."""
    drawing = await with_shell(visitors, server.url)
    fails = f"CacheStorage.prototype.{broken} = () => Promise.reject(new DOMException('broken', 'UnknownError'));"
    await worker_runs(drawing.page.context, f"() => {{ {fails} }}")
    for path in PAGES:
        await drawing.page.goto(server.url + path)
        await live(drawing.page)


async def test_a_page_of_another_build_is_not_kept(visitors: Visitors, server: ServerProcess) -> None:
    """Simulated: the network gives the page of another gateway's build."""
    drawing = await with_shell(visitors, server.url)
    page = drawing.page

    async def other(route: object) -> None:
        answer = await route.fetch()  # type: ignore[attr-defined]  # a route of playwright
        text = (await answer.text()).replace('name="build" content="', 'name="build" content="other')
        await route.fulfill(response=answer, body=text)  # type: ignore[attr-defined]

    await page.context.route("**/displays", other)
    await page.goto(f"{server.url}/displays")
    await live(page)
    assert "/displays" not in await page.evaluate(_KEPT)
    await page.context.unroute("**/displays")
    await page.goto(f"{server.url}/displays")
    await live(page)

    async def is_kept() -> bool:
        return "/displays" in await page.evaluate(_KEPT)

    await becomes(is_kept, True)


async def another_site(port: int, *, spa: bool) -> web.AppRunner:
    """What has the address now: a site without a worker, or one that answers every path with its page."""

    async def home(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Another</title><p>Another site</p>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{any:.*}" if spa else "/", home)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


@pytest.mark.parametrize("spa", [False, True])
async def test_the_worker_gives_way_to_another_site(
    visitors: Visitors, start_server: StartServer, *, spa: bool
) -> None:
    visitors.forgiven += ["404", "WebSocket", "net::ERR_", "Failed to load", "MIME", "fetching the script"]
    port = free_port()
    server = start_server(PORT=port)
    drawing = await with_shell(visitors, server.url)
    page = drawing.page
    await page.goto("about:blank")
    server.kill()
    runner = await another_site(port, spa=spa)
    try:
        await page.goto(server.url)
        await expect(page.get_by_text("Another site")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Another site")).to_be_visible()
        assert await page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    finally:
        await page.goto("about:blank")
        await runner.cleanup()
    visitors.complaints.clear()  # what a page of ours says of a server that is not ours


async def test_a_worker_that_is_switched_off_takes_away_what_it_kept(
    visitors: Visitors, start_server: StartServer
) -> None:
    visitors.forgiven += ["WebSocket", "net::ERR_", "Failed to load", "fetching the script"]
    server = start_server(PORT=free_port())
    drawing = await with_shell(visitors, server.url, **PHONE)
    page = drawing.page
    assert await page.evaluate(_KEPT) != []
    server.stop()
    server.set(OFFLINE_SHELL="off")
    server.start()
    await page.reload()
    await drawing.live()
    kept: list[str] = []
    await becomes(lambda: page.evaluate(_KEPT), kept)


async def test_settings_that_cannot_be_kept_last_as_long_as_the_page(visitors: Visitors, server: ServerProcess) -> None:
    """Simulated: storage, workers and tabs' channel throw, as where cookies are blocked, and in some frames."""
    context = await visitors.context(**PHONE)
    await context.add_init_script("""
      const blocked = { get() { throw new DOMException("blocked", "SecurityError"); } };
      for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
        Object.defineProperty(window, name, blocked);
      window.BroadcastChannel = class { constructor() { throw new DOMException("blocked", "SecurityError"); } };
      window.looked = 0;
      Object.defineProperty(navigator, "serviceWorker", {
        get() { window.looked += 1; throw new DOMException("blocked", "SecurityError"); } });""")
    page = await context.new_page()
    await page.goto(f"{server.url}/#28,34,12")
    await live(page)
    await page.locator("#place").tap()
    await expect(page.locator("#notice")).to_contain_text("Placed at 28, 34.")
    for path in PAGES[1:]:
        await page.goto(server.url + path)
        await live(page)
    await page.goto(f"{server.url}/display")
    await page.wait_for_function("() => window.looked > 1")  # it has tried to keep itself, a second after it was loaded
    assert Path(server.log).read_text().count("ERROR") == 0
