"""The kept shell and the bad network: opens without one and says so, never shows an old board as if it were live."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser import canvas
from tests.browser.boards import board_at, changes_at, fill, mark, organise
from tests.browser.drawing_page import DrawingPage
from tests.browser.phone.test_network import BROKEN
from tests.browser.visitors import PHONE, Visitors
from tests.conftest import StartServer
from tests.servers import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

_KEPT = """async () => {
  const paths = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
  return paths;
}"""
# Whether no frame was asked for since the last look.
AT_REST = "() => { const rests = window.asked === window.before; window.before = window.asked; return rests; }"


async def with_shell(visitors: Visitors, url: str, **options: Any) -> DrawingPage:
    """A phone that was here before: its worker is installed and in charge."""
    drawing = await DrawingPage.open(visitors, url, **{**PHONE, **options})
    await drawing.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    await expect_controlled(drawing.page)
    return drawing


async def expect_controlled(page: Page) -> None:
    """Until the worker answers this page's requests."""
    await page.evaluate("""() => navigator.serviceWorker.controller ??
      new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', () => done()))""")


async def test_the_worker_keeps_the_shell_and_nothing_that_lives(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await with_shell(visitors, server.url)
    await drawing.page.reload()
    await drawing.live()
    kept = await drawing.page.evaluate(_KEPT)
    assert "/" in kept
    assert any(path.endswith(".js") for path in kept)
    assert [path for path in kept if path.startswith(("/api", "/socket.io", "/sw.js"))] == []


async def test_a_page_that_is_reloaded_offline_shows_the_kept_board_and_its_time(
    visitors: Visitors, server: ServerProcess
) -> None:
    visitors.forgiven += BROKEN
    await mark(server.url)
    await fill(server.url, (3, 4), (9, 8), 7)
    drawing = await with_shell(visitors, server.url)
    board = await board_at(server.url)
    await drawing.reached(board.seq)
    async with drawing.cut():
        await drawing.page.reload()
        await drawing.says("Your device is offline. The board waits for the network. What you see is from")
        assert await canvas.board_of(drawing.page, board.width, board.height) == board.pixels
        await drawing.sight()  # it is painted, too
        assert await drawing.body.get_attribute("data-connected") == "false"
        await expect(drawing.button).to_be_disabled()
        await fill(server.url, (20, 4), (9, 8), 5)
    await drawing.live()
    await drawing.equals_server()


async def test_a_large_board_is_kept_as_it_was_when_the_page_was_left(
    visitors: Visitors, start_server: StartServer
) -> None:
    """More pixels than the browser's storage of texts has room for, and the change that came last among them."""
    visitors.forgiven += BROKEN
    server = start_server(BOARD_WIDTH=2048, BOARD_HEIGHT=1024)
    await fill(server.url, (3, 4), (9, 8), 7)
    drawing = await with_shell(visitors, server.url)
    await fill(server.url, (2000, 1020), (40, 4), 5)
    board = await board_at(server.url)
    await drawing.reached(board.seq)
    async with drawing.cut():
        await drawing.page.reload()
        await drawing.says("What you see is from")
        assert await canvas.board_of(drawing.page, board.width, board.height) == board.pixels
    await drawing.live()
    for fails in _NO_DATABASE:
        await _still_works(visitors, server.url, fails)


# Simulated: no IndexedDB at all, one that throws where cookies are blocked, one that is full or was closed.
_NO_DATABASE = (
    "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "IDBFactory.prototype.open = () => { throw new DOMException('blocked', 'SecurityError'); };",
    "IDBDatabase.prototype.transaction = () => { throw new DOMException('closing', 'InvalidStateError'); };",
    "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
)


async def _still_works(visitors: Visitors, url: str, broken: str) -> None:
    """A page whose database is broken is live, also once it has been left."""
    context = await visitors.context(**PHONE)
    await context.add_init_script(broken)
    page = await context.new_page()
    await page.goto(url)
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await page.reload()
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await context.close()


async def test_a_server_that_is_away_is_called_so(visitors: Visitors, start_server: StartServer) -> None:
    visitors.forgiven += BROKEN
    server = start_server()
    drawing = await with_shell(visitors, server.url)
    server.kill()
    await drawing.page.reload()
    await drawing.says("The server cannot be reached. Trying again…")


async def test_a_picture_that_is_not_current_says_since_when(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += BROKEN
    await mark(server.url)
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    await drawing.click(28, 34)
    async with drawing.cut():
        await expect(drawing.notice).to_contain_text(re.compile(r"What you see is from \d\d:\d\d"))
        await drawing.page.keyboard.press("Enter")
        await drawing.page.keyboard.press("ArrowRight")
        await drawing.has_chosen(29, 34)  # what the page says by now is from after the Enter, too
        assert await drawing.body.get_attribute("data-pending") == "0"
    await drawing.live()
    await expect(drawing.notice).to_have_text("")
    assert await changes_at(server.url, 28, 34) == [], "what was pressed without a network was placed later"


async def test_saving_that_is_paused_is_said_and_tried_again(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    refuses = True

    def carry(socket: WebSocketRoute) -> None:
        gateway = socket.connect_to_server()

        def sent(message: str | bytes) -> None:
            asked = re.match(r'42(\d+)\["pixelFromPlayer"', str(message))
            if asked and refuses:
                refusal = '{"ok":false,"code":"store_unavailable","message":"saving is paused","retryIn":1500}'
                socket.send(f"43{asked[1]}[{refusal}]")
            else:
                gateway.send(message)

        socket.on_message(sent)

    context = await visitors.context(**PHONE)
    page = await context.new_page()
    await page.route_web_socket(re.compile("socket.io"), carry)
    await page.goto(f"{server.url}/#28,34,12")
    button, notice = page.locator("#place"), page.locator("#notice")
    await button.tap()
    await expect(notice).to_contain_text("Saving is paused: this pixel was not placed.")
    await expect(button).to_have_text("Paused")
    await expect(button).to_be_disabled()
    refuses = False
    await expect(button).to_be_enabled()
    await button.tap()
    await expect(notice).to_contain_text("Placed at 28, 34.")
    assert len(await changes_at(server.url, 28, 34)) == 1


async def test_closed_drawing_is_called_so(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    await organise(server.url, "/board/read-only", readOnly=True)
    await drawing.says("Drawing is closed.")
    await expect(drawing.button).to_have_text("Closed")


async def test_the_countdown_is_the_servers_also_on_a_phone_whose_clock_is_wrong(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=300, MAX_PIXELS=2)
    context = await visitors.context(**PHONE)
    await context.add_init_script("const real = Date.now; Date.now = () => real() + 86_400_000;")
    page = await context.new_page()
    await page.goto(f"{server.url}/#28,34,12")
    await page.locator("#place").tap()
    countdown = page.locator("#countdown")
    await expect(countdown).to_have_text(re.compile(r"^2 again in (300|29\d) s$"))
    await page.reload()
    await expect(countdown).to_have_text(re.compile(r"^2 again in (300|2[89]\d) s$"))


async def test_the_manifest_and_its_icons_are_there(visitors: Visitors, server: ServerProcess) -> None:
    page = (await DrawingPage.open(visitors, server.url)).page
    manifest = await (await page.request.get(f"{server.url}/beeplace.webmanifest")).json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = await page.request.get(urljoin(f"{server.url}/", icon["src"]))
        assert answer.status == 200
        assert answer.headers["content-type"] == icon["type"]
    worker = await page.request.get(f"{server.url}/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert "javascript" in worker.headers["content-type"]


async def test_a_page_with_nothing_to_do_draws_no_frame(visitors: Visitors, server: ServerProcess) -> None:
    context = await visitors.context(**PHONE)
    await context.add_init_script(
        "window.asked = 0; const real = requestAnimationFrame;"
        "window.requestAnimationFrame = (action) => { window.asked += 1; return real(action); };"
    )
    page = await context.new_page()
    await page.goto(server.url)
    await expect(page.locator("body")).to_have_attribute("data-connected", "true")
    await page.wait_for_function(AT_REST, polling=2_000)  # by a timer: a frame to look in would be counted
