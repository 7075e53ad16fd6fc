"""A page that cannot begin says why: the browser is too old, or its files will be back; and then they are."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from tests.browser.visitors import PHONE, Visitors
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = ["/", "/display", "/displays", "/admin"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("missing", ["js", "css"])
async def test_a_page_whose_files_are_missing_says_that_it_will_be_back_and_is(
    visitors: Visitors, server: ServerProcess, path: str, missing: str
) -> None:
    visitors.forgiven += ["404 (Not Found)", "fetching the script"]
    context = await visitors.context(service_workers="block")
    page = await context.new_page()
    away = True

    async def answer(route: Route) -> None:
        if away:
            await route.fulfill(status=404, content_type="application/json", body="{}")
        else:
            await route.continue_()

    await page.route(f"**/assets/*.{missing}", answer)
    await page.goto(server.url + path)
    await expect(page.get_by_role("alert").last).to_contain_text("back in a few seconds")
    away = False
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await expect(page.get_by_text("back in a few seconds")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("locale", "words"), [("en-GB", "too old"), ("de-CH", "zu alt"), ("fr-FR", "trop ancien")])
async def test_a_browser_below_the_floor_is_told_so(
    visitors: Visitors, server: ServerProcess, path: str, locale: str, words: str
) -> None:
    """Simulated: an ability is taken away that all above the floor have, and the page's script does not run."""
    visitors.forgiven += ["net::ERR_FAILED"]
    context = await visitors.context(locale=locale)
    await context.add_init_script("delete Element.prototype.replaceChildren;")
    page = await context.new_page()
    await page.route("**/assets/*.js", lambda route: route.abort())
    await page.goto(server.url + path)
    await expect(page.get_by_role("alert").last).to_contain_text(words)


async def test_a_page_that_began_hears_nothing_of_it(visitors: Visitors, server: ServerProcess) -> None:
    page, _ = await visitors.open(server.url, **PHONE)
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    assert await page.evaluate("() => sessionStorage.getItem('beeplace.tries')") == "0"
    await expect(page.locator("p.message:visible")).to_have_count(0)
