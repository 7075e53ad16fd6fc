"""The organiser's page: who gets in, and that closing, filling and emptying reach every page."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.axe import findings
from tests.browser.boards import board_at, config_at, mark, paint
from tests.browser.desk_page import DESKTOP, SMALL_PHONE, DeskPage
from tests.browser.drawing_page import DrawingPage
from tests.browser.fingers import Fingers
from tests.browser.visitors import PHONE, Visitors
from tests.clients.phone import Phone, dial
from tests.conftest import StartServer
from tests.keys import add_key, keys_command
from tests.postgres import schema_url
from tests.servers import API_KEY, ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.6); RETURN NULL; END $$;
CREATE TRIGGER slow BEFORE INSERT ON log FOR EACH STATEMENT EXECUTE FUNCTION slow();
"""
WRONG_KEY = "not-the-key-of-this-server"


async def test_a_wrong_key_is_not_let_in_and_the_page_says_why(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven.append("401 (Unauthorized)")
    page, _ = await visitors.open(server.url + "/admin", **DESKTOP)
    for selector in ("#panels", "#tabs"):
        await expect(page.locator(selector)).to_be_hidden()
    await expect(page.locator("#panic")).to_be_disabled()
    await page.locator("#key").fill(WRONG_KEY)
    await page.keyboard.press("Enter")
    await expect(page.locator("#sign-in-words")).to_contain_text("does not accept this key")
    await expect(page.locator("#panels")).to_be_hidden()
    await page.locator("#key").fill(API_KEY)
    await page.keyboard.press("Enter")
    await DeskPage(server.url, page).live()
    await expect(page.locator("#you")).to_have_text("Signed in as API_KEY, operator.")


async def test_a_qr_code_signs_in_and_leaves_no_key_in_the_address(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    assert await desk.page.evaluate("location.href + JSON.stringify(history.state)") == f"{server.url}/adminnull"


async def test_the_key_stays_in_its_tab_until_it_signs_out(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    await desk.page.reload()
    await desk.live()
    other = await desk.page.context.new_page()
    await other.goto(server.url + "/admin")
    await expect(other.locator("#sign-in")).to_be_visible()
    kept = "() => JSON.stringify(localStorage) + document.cookie + location.href"
    assert API_KEY not in await desk.page.evaluate(kept)
    await desk.tab("board")
    await desk.page.locator("#sign-out").click()
    await desk.page.reload()
    await expect(desk.page.locator("#sign-in")).to_be_visible()
    assert API_KEY not in await desk.page.evaluate("() => JSON.stringify(sessionStorage)")


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("viewer", (), ("#panic", "#fill", "#read-only", "#safe", "#reset")),
        ("moderator", ("#panic", "#fill", "#read-only", "#safe"), ("#reset",)),
    ],
)
async def test_only_what_the_key_may_do_is_shown(
    visitors: Visitors, server: ServerProcess, role: str, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    desk = await DeskPage.open(visitors, server.url, add_key(server, f"Anna, {role}", role))
    await expect(desk.page.locator("#you")).to_contain_text(f"Anna, {role}")
    for selector, is_shown in [*((s, True) for s in shown), *((s, False) for s in hidden)]:
        await desk.tab("area" if selector == "#fill" else "board")
        await expect(desk.page.locator(selector)).to_be_visible(visible=is_shown)


async def test_a_key_that_is_revoked_signs_the_page_out(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven.append("401 (Unauthorized)")
    desk = await DeskPage.open(visitors, server.url, add_key(server, "Anna", "moderator"))
    assert keys_command(server, "revoke", "Anna").returncode == 0
    await expect(desk.page.locator("#sign-in-words")).to_contain_text("does not accept this key")
    await expect(desk.page.locator("#panels")).to_be_hidden()


async def test_a_desk_that_lost_its_server_comes_back(visitors: Visitors, start_server: StartServer) -> None:
    visitors.forgiven += ["ERR_", "WebSocket", "Failed to load resource"]
    server = start_server()
    desk = await DeskPage.open(visitors, server.url)
    server.set(PORT=server.port)
    server.kill()
    await expect(desk.body).to_have_attribute("data-desk", "false")
    server.start()
    await desk.live()


async def test_read_only_is_switched_on_and_off(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    desk = await DeskPage.open(visitors, server.url)
    await desk.tab("board")
    switch = desk.page.locator("#read-only")
    await switch.click()
    await desk.hears("Read-only on: Done")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await drawing.says("The board is read-only at the moment.")
    await switch.click()
    await desk.hears("Read-only off: Done")
    await expect(switch).to_have_attribute("aria-checked", "false")
    await expect(drawing.notice).to_have_text("")


async def test_an_area_is_filled_by_its_numbers(visitors: Visitors, server: ServerProcess) -> None:
    drawing = await DrawingPage.open(visitors, server.url)
    desk = await DeskPage.open(visitors, server.url)
    await desk.type_area(60, 3, 4, 3)
    await desk.page.locator('#palette [data-color="6"]').click()
    await desk.page.locator("#fill").click()
    await desk.hears("Fill 12 pixels from 60, 3")
    board = await drawing.equals_server()
    filled = [(x, y) for y in range(64) for x in range(64) if board.color(x, y) == 6]
    assert filled == [(x, y) for y in (3, 4, 5) for x in (60, 61, 62, 63)]


async def test_an_area_outside_the_board_is_not_filled(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    await desk.type_area(60, 3, 5, 3)
    await desk.page.locator("#fill").click()
    await desk.hears("not inside the board", "bad")
    assert set((await board_at(server.url)).pixels) == {0}


async def test_an_area_is_chosen_with_the_mouse_and_changed_by_its_handles(
    visitors: Visitors, server: ServerProcess
) -> None:
    desk = await DeskPage.open(visitors, server.url)
    await desk.page.locator("#choosing").click()
    await desk.drag((20.5, 43.5), (9.5, 20.5))
    assert await desk.area() == [9, 20, 12, 24]
    await desk.page.locator("#choosing").click()
    await desk.drag((21, 44), (31, 49))
    assert await desk.area() == [9, 20, 22, 29]
    await desk.drag((20, 34.5), (25, 30.5))
    assert await desk.area() == [14, 16, 22, 29]
    await desk.drag((14, 30.5), (40, 30.5))
    assert await desk.area() == [36, 16, 4, 29]
    await desk.stage.press("Escape")
    await expect(desk.page.locator("#x")).to_have_value("")


async def test_a_finger_moves_the_board_two_zoom_and_one_chooses_where_that_is_asked_for(
    visitors: Visitors, server: ServerProcess
) -> None:
    desk = await DeskPage.open(visitors, server.url, **PHONE)
    fingers = await Fingers.on(desk.page)
    await fingers.drag(await desk.point(20, 20), await desk.point(30, 30))
    await expect(desk.page.locator("#x")).to_have_value("")
    await desk.page.locator("#fit").tap()
    await desk.page.locator("#choosing").tap()
    await fingers.drag(await desk.point(10.5, 12.5), await desk.point(29.5, 39.5))
    assert await desk.area() == [10, 12, 20, 28]
    middle = await desk.point(32, 32)
    near = ((middle[0] - 20, middle[1]), (middle[0] + 20, middle[1]))
    far = ((middle[0] - 80, middle[1]), (middle[0] + 80, middle[1]))
    await fingers.pinch(near, far)
    assert await desk.area() == [10, 12, 20, 28]
    await fingers.drag((middle[0] - 30.0, middle[1]), (middle[0] + 30.0, middle[1] + 8))
    x, y, width, height = await desk.area()
    assert (width, height) < (20, 28)
    assert 20 < x < 40
    assert 25 < y < 40


async def test_the_board_is_emptied_only_when_confirmed(visitors: Visitors, server: ServerProcess) -> None:
    before = await paint(server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    desk = await DeskPage.open(visitors, server.url)
    page = desk.page
    await desk.tab("board")
    await page.locator("#reset").click()
    await page.get_by_role("button", name="Keep the board").click()
    await expect(page.locator("#confirm")).to_be_hidden()
    await page.locator("#reset").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("#confirm")).to_be_hidden()
    assert await board_at(server.url) == before
    await page.locator("#reset").click()
    await page.locator("#confirm-reset").click()
    await desk.hears("Reset: Done")
    await expect(page.locator("#results li")).to_have_count(1)
    assert set((await drawing.equals_server()).pixels) == {0}


async def test_panic_wants_a_second_and_ends_in_the_same_place(visitors: Visitors, server: ServerProcess) -> None:
    visitors.forgiven += ["422 (Unprocessable Entity)"]
    drawing = await DrawingPage.open(visitors, server.url, **PHONE)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    await desk.tab("board")
    await desk.page.locator("#safe-at").select_option("60")
    await desk.page.locator("#safe").click()
    await expect(desk.page.locator("#results li").first).to_contain_text("before anything happened on this board")
    await desk.page.locator("#safe-at").select_option("0")
    await desk.page.locator("#safe").click()
    await desk.hears("The board as it is now is the safe picture")
    await expect(desk.page.locator("#safe-words")).to_contain_text("One is approved")
    await desk.page.locator("#panic").click()
    await desk.page.locator("#panic").press("Enter")
    assert (await config_at(server.url))["panic"] is False
    await desk.hold("#panic")
    await desk.hears("drawing is paused")
    await expect(desk.body).to_have_attribute("data-panic", "true")
    await expect(drawing.button).to_be_disabled()
    await desk.hold("#panic")
    await desk.hears("Panic is over")
    await expect(desk.body).to_have_attribute("data-panic", "false")
    await expect(drawing.notice).to_have_text("")


async def test_panic_can_be_held_by_a_key(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    await desk.page.locator("#panic").focus()
    await desk.page.keyboard.down("Enter")
    await desk.hears("drawing is paused")
    await desk.page.keyboard.up("Enter")
    assert (await config_at(server.url))["panic"] is True


async def test_the_figures_follow_what_people_do(visitors: Visitors, server: ServerProcess) -> None:
    await mark(server.url)
    desk = await DeskPage.open(visitors, server.url)
    drawing = await DrawingPage.open(visitors, server.url)
    await desk.tab("now")
    await drawing.draw(5, 6, 7)
    for name, number in (("people", "1"), ("placements", "2"), ("newcomers", "1"), ("refusals", "0")):
        await expect(desk.page.locator(f"#figure-{name}")).to_have_text(number)
    await expect(desk.page.locator("#chart-placements")).to_have_attribute(
        "aria-label", "Pixels in each minute of the last hour, 2 at most"
    )
    await expect(desk.page.locator("#part-gateways")).to_have_text("1")


async def test_a_flooded_spot_and_a_flood_of_newcomers_are_alerts_that_can_be_muted(
    visitors: Visitors, start_server: StartServer
) -> None:
    server = start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=1000)
    desk = await DeskPage.open(visitors, server.url, **SMALL_PHONE)
    alert = desk.page.locator('#alerts [data-alert="zone"]')
    async with dial(server.url) as phone:
        await phone.join({})
        for number in range(110):
            assert (await phone.place(17 + number % 4, 9, number % 2))["ok"]
    await expect(alert).to_contain_text("one spot")
    await alert.get_by_role("button", name="Show", exact=True).click()
    assert await desk.area() == [16, 8, 8, 8]
    await alert.get_by_role("button", name="Mute").click()
    await expect(alert).to_have_count(0)
    for _ in range(70):
        async with dial(server.url) as newcomer:
            await newcomer.join({})
    flood = desk.page.locator('#alerts [data-alert="flood"]')
    await expect(flood).to_contain_text("Newcomers come in floods")
    assert await findings(desk.page) == []
    await flood.get_by_role("button", name="Mute").press("Enter")
    await expect(flood).to_have_count(0)


async def test_a_store_that_takes_its_time_is_an_alert_until_it_is_quick_again(
    visitors: Visitors, start_server: StartServer
) -> None:
    """Each commit takes longer than a second, so that in some seconds none ends."""
    address = schema_url("slow")
    server = start_server(COOLDOWN=0, SOCKET_EVENTS_PER_SECOND=1000, DATABASE_URL=address)
    desk = await DeskPage.open(visitors, server.url)
    alert = desk.page.locator('#alerts [data-alert="slowStore"]')
    database = await asyncpg.connect(address)
    async with dial(server.url) as phone:
        await phone.join({})
        await database.execute(SLOW)
        placing = asyncio.create_task(place_on(phone))
        await expect(alert).to_contain_text("Saving is slow")
        await database.execute("DROP TRIGGER slow ON log")
        await expect(alert).to_have_count(0)
        placing.cancel()
    await database.close()


async def place_on(phone: Phone) -> None:
    """One pixel after the other, for as long as it is let."""
    while True:
        for color in range(4):
            await phone.place(1, 1, color)


async def test_the_keyboard_alone_works_the_desk(visitors: Visitors, server: ServerProcess) -> None:
    desk = await DeskPage.open(visitors, server.url)
    press = desk.page.keyboard.press
    await desk.page.locator("#tab-area").focus()
    await press("ArrowRight")
    await expect(desk.page.locator("#panel-now")).to_be_visible()
    await press("ArrowLeft")
    await press("ArrowLeft")
    await expect(desk.page.locator("#panel-board")).to_be_visible()
    await expect(desk.page.locator("#tab-board")).to_be_focused()
    await press("ArrowRight")
    await desk.page.locator("#x").focus()
    for number in ("3", "4", "2", "1"):
        await press(number)
        await press("Tab")
    assert await desk.area() == [3, 4, 2, 1]
    await desk.page.locator("#fill").focus()
    await press("Enter")
    await desk.hears("Fill 2 pixels from 3, 4")
