"""A display in a frame of another site's page: where that site is named, and only there."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from tests.browser.visitors import Visitors
from tests.conftest import StartServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("is_named", "path", "shown"), [(True, "/display", True), (False, "/display", False), (True, "/", False)]
)
async def test_a_page_of_another_site_shows_a_display_where_it_is_named(
    visitors: Visitors, start_server: StartServer, *, is_named: bool, path: str, shown: bool
) -> None:
    visitors.forgiven += ["frame-ancestors", "screen-wake-lock", "(Not Found)"]  # the last is the site's favicon

    async def festival(_: web.Request) -> web.Response:
        return web.Response(text=f'<iframe src="{server.url}{path}"></iframe>', content_type="text/html")

    app = web.Application()
    app.router.add_get("/", festival)
    async with TestServer(app, host="127.0.0.1") as site:
        server = start_server(EMBED_ORIGINS=f"http://127.0.0.1:{site.port}" if is_named else "")
        page = await (await visitors.context()).new_page()
        async with page.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
            await page.goto(f"http://127.0.0.1:{site.port}/")
        assert page.frames[1].url.startswith(server.url if shown else "chrome-error:")
        if shown:
            await expect(page.frame_locator("iframe").locator("body")).to_have_attribute("data-seq", "0")
        await page.close()
