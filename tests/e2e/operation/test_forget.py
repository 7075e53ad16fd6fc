"""`beeplace forget`: after it nobody can tell whose device drew what, and everything else goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import orjson

from tests.clients.http import get, post
from tests.clients.session import Session
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace
from tests.keys import add_key
from tests.placing import FREELY
from tests.servers import API_KEY, ServerProcess


def command(server: ServerProcess, *words: str) -> str:
    url = f"sqlite:///{server.folder}/data/beeplace.db"
    ended = run_beeplace(server.folder, *words, DATABASE_URL=url)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def naming_secret(server: ServerProcess) -> bytes:
    db = apsw.Connection(f"file:{server.folder}/data/beeplace.db?mode=ro", flags=apsw.SQLITE_OPEN_URI | 1)
    found: bytes = db.execute("SELECT value FROM secret WHERE name = 'identities'").get
    db.close()
    return found


async def drawn(session: Session, token: str | None, x: int) -> tuple[str, str]:
    """Joins and places one pixel: the token, and who the pages say it was."""
    join = {"board": "none"} | ({"token": token} if token else {})
    state = (await session.call("join", join))["initialState"]
    assert (await session.call("pixelFromPlayer", {"x": x, "y": 0, "color": 5}))["ok"]
    return state["token"], (await by(session.url, x))[0]


async def by(url: str, x: int) -> list[str]:
    _, body, _ = await get(url, f"/api/pixels/{x}/0")
    return [change["by"] for change in orjson.loads(body)["changes"]]


async def actions_by(url: str) -> list[str]:
    _, body, _ = await get(url, "/api/actions", headers={"apiKey": API_KEY})
    return [action["by"] for action in orjson.loads(body)["actions"]]


async def test_a_key_that_is_destroyed_leaves_nothing_that_leads_to_people(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(**FREELY)
    vera = await asyncio.to_thread(add_key, server, "vera", "moderator")
    ann = Session(server.url)
    await ann.open()
    token, before = await drawn(ann, None, 1)
    for key in (vera, API_KEY):
        await post(server.url, "/board/area", {"x1": 5, "y1": 5, "x2": 6, "y2": 6, "color": 7}, key)
    acted, old = await actions_by(server.url), naming_secret(server)
    await asyncio.to_thread(command, server, "export", "--to", str(tmp_path / "before.csv"))

    told = await asyncio.to_thread(command, server, "forget", "--yes")
    assert "Nobody can find out" in told
    assert await ann.closed() == 4503  # she is asked to come back
    again = Session(server.url)
    await again.open()
    same_token, after = await drawn(again, token, 2)
    assert same_token == token
    assert (await by(server.url, 1), after) == ([before], after)
    assert after != before
    assert await actions_by(server.url) == acted == ["API_KEY", "vera"]
    await again.close()

    await asyncio.to_thread(command, server, "backup", str(tmp_path / "after.backup"))
    await asyncio.to_thread(command, server, "export", "--to", str(tmp_path / "after.csv"))
    people = [
        {line.split(",")[10] for line in (tmp_path / name).read_text().splitlines()[1:] if ",placement," in line}
        for name in ("before.csv", "after.csv")
    ]
    assert people[0] & people[1] == set()
    server.stop()
    assert naming_secret(server) != old
    assert [
        path.name for path in (server.folder / "data").iterdir() if path.is_file() and old in path.read_bytes()
    ] == []
    server.start()
    assert await actions_by(server.url) == acted


def test_without_a_yes_nothing_is_destroyed(tmp_path: Path) -> None:
    ended = run_beeplace(tmp_path, "forget")
    assert (ended.returncode, ended.stderr) == (64, "beeplace: this cannot be undone: say --yes\n")
    assert list(tmp_path.iterdir()) == []
