"""What a visitor does, in whatever browser: looks, places a pixel, loses the server, and looks at a wall."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from tests import waiting
from tests.browser.boards import ServerBoard, board_at, fill, organise, paint, picture_of
from tests.browser.walls import Wall, difference
from tests.e2e.process import run_beeplace
from tests.engines.driver import Driver
from tests.servers import ServerProcess
from tests.waiting import DEADLINE_SECONDS

COLOR = 5
PALETTE = 16
LEAST_WALL = 100
_LISTEN = """window.problems = [];
for (const kind of ["error", "unhandledrejection"])
  addEventListener(kind, (event) => window.problems.push(String(event.message ?? event.reason)));"""
_BODY = "return { ...document.body.dataset };"
_TEXT = "return document.getElementById('{0}').textContent;"
_MIDDLE = """const box = document.querySelector('{0}').getBoundingClientRect();
return [box.left + box.width / 2, box.top + box.height / 2];"""
_PIXELS = """return Array.from({{ length: {1} }}, (_, y) => Array.from({{ length: {0} }}, (_, x) =>
  window.beeplace.colorAt(x, y)));"""
_PICTURE = "return document.getElementById('board').toDataURL('image/png').split(',')[1];"


async def becomes(driver: Driver, body: str, wanted: Any) -> None:
    """Asks the page until it says so; fails with what it says instead."""
    await waiting.becomes(lambda: driver.run(body), wanted)


async def has_seq(driver: Driver, seq: int) -> None:
    """Until it knows every change up to that one."""
    await becomes(driver, "return document.body.dataset.seq;", str(seq))


async def equals(driver: Driver, server: ServerProcess) -> ServerBoard:
    """Until the drawing page has what the server has; fails unless every pixel is the same."""
    board = await board_at(server.url)
    await has_seq(driver, board.seq)
    rows = await driver.run(_PIXELS.format(board.width, board.height))
    assert b"".join(map(bytes, rows)) == board.pixels
    return board


async def opened(driver: Driver, url: str) -> None:
    """A page that is connected, and whose mistakes are noted from then on."""
    await driver.go(url)
    await driver.run(_LISTEN)
    await becomes(driver, "return document.body.dataset.connected;", "true")


async def without_mistakes(driver: Driver) -> None:
    """Fails with what the page could not do."""
    assert (problems := await driver.run("return window.problems;")) == [], problems


async def draws(driver: Driver, server: ServerProcess) -> None:
    """A pixel in the middle of the window: chosen by a press, placed by the button, on the server's board."""
    await opened(driver, server.url)
    await driver.press(*await driver.run(_MIDDLE.format("#board")))
    await becomes(driver, "return document.getElementById('place').disabled;", wanted=False)
    await driver.press(*await driver.run(_MIDDLE.format(f'#palette [data-color="{COLOR}"]')))
    place = str(await driver.run(_TEXT.format("coordinates")))
    await driver.press(*await driver.run(_MIDDLE.format("#place")))
    await becomes(driver, _TEXT.format("notice"), f"Placed at {place}.")
    x, y = map(int, place.split(", "))
    assert (await equals(driver, server)).color(x, y) == COLOR


async def finds_back(driver: Driver, server: ServerProcess) -> None:
    """The server is killed, comes back, and has changed."""
    server.kill()
    await becomes(driver, "return document.body.dataset.connected;", "false")
    server.start()
    await fill(server.url, (3, 4), (9, 8), 7)
    await becomes(driver, "return document.body.dataset.connected;", "true")
    await equals(driver, server)
    await without_mistakes(driver)


async def hangs(driver: Driver, server: ServerProcess) -> None:
    """A wall of one screen shows the board dot by dot."""
    board = await paint(server.url)
    await opened(driver, f"{server.url}/display")
    await has_seq(driver, board.seq)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            shown = picture_of(base64.b64decode(await driver.run(_PICTURE)))
            if not difference(shown, Wall(*shown.size, 1, 1).golden(board)):
                break
            await asyncio.sleep(0.1)
    await without_mistakes(driver)


async def remembers(driver: Driver, server: ServerProcess) -> None:
    """A person's settings are changed, the page is opened again, and everything is where it was."""
    await opened(driver, server.url)
    await driver.run("document.getElementById('menu').click();")
    await driver.run("document.querySelector('#settings [value=sunlight]').click();")
    await driver.run("document.querySelector('#settings [value=close]').click();")
    await opened(driver, server.url)
    await becomes(driver, "return document.documentElement.dataset.theme;", "sunlight")
    assert await driver.run("return document.querySelectorAll('#palette input[aria-label]').length;") == PALETTE
    height, room = await driver.run("return [document.getElementById('board').clientHeight, innerHeight];")
    assert height == room
    await without_mistakes(driver)


async def empties(driver: Driver, server: ServerProcess) -> None:
    """An organiser's reset is seen at once, without another placement."""
    await fill(server.url, (0, 0), (20, 20), 5)
    await opened(driver, server.url)
    await equals(driver, server)
    await organise(server.url, "/board/reset")
    await equals(driver, server)
    await without_mistakes(driver)


async def composes(driver: Driver, server: ServerProcess) -> None:
    """The wall's page has a wall and its links; a screen's words are as large as the screen allows."""
    await opened(driver, f"{server.url}/displays")
    await becomes(driver, "return document.querySelectorAll('#links li').length;", 1)
    assert await driver.run("return document.getElementById('wall').clientHeight;") > LEAST_WALL
    await without_mistakes(driver)
    await opened(driver, f"{server.url}/display?scenes=statistics:3600")
    await becomes(driver, "return document.getElementById('all').textContent === '–';", wanted=False)
    size = await driver.run("return parseFloat(getComputedStyle(document.getElementById('all')).fontSize);")
    assert size > await driver.run("return Math.min(innerWidth, innerHeight) / 25;")
    await without_mistakes(driver)


async def keeps(driver: Driver, server: ServerProcess) -> None:
    """What remains of the event is played from a disk."""
    folder, board = server.folder / "kept", await board_at(server.url)
    url = f"sqlite:///{server.folder}/data/beeplace.db"
    ended = await asyncio.to_thread(
        run_beeplace, server.folder, "archive", folder.name, "--film", "0", DATABASE_URL=url
    )
    assert ended.returncode == 0, ended.stderr
    await driver.go((folder / "replay.html").as_uri())
    await has_seq(driver, board.seq)
    rows = await driver.run(_PIXELS.format(board.width, board.height))
    assert b"".join(map(bytes, rows)) == board.pixels
    await driver.run("const slider = document.getElementById('time'); slider.value = 0;"
                     "slider.dispatchEvent(new Event('input'));")  # fmt: skip
    await has_seq(driver, 1)
    await becomes(driver, "return location.hash.startsWith('#t=');", wanted=True)


async def walk(driver: Driver, server: ServerProcess) -> None:
    """All of it, and a look at the organiser's page."""
    await draws(driver, server)
    await remembers(driver, server)
    await finds_back(driver, server)
    await hangs(driver, server)
    await empties(driver, server)
    await composes(driver, server)
    await opened(driver, f"{server.url}/admin")
    await without_mistakes(driver)
    await keeps(driver, server)
