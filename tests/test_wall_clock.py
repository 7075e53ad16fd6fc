"""A machine whose clock is set to before 1970, as one without a battery is: everything works, with odd times."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from pathlib import Path

import pytest

from beeplace.history.backup import backup, restore
from beeplace.history.log_text import encode_log
from beeplace.history.verify.check import Check
from beeplace.log.archive import Rows
from beeplace.log.committed import Committed
from beeplace.log.redis.codec import Message, Seal
from tests.clients.http import get
from tests.clients.phone import dial
from tests.closed_store import archive
from tests.e2e.process import run_beeplace
from tests.log.samples import NO_LIMIT, STORES, Session, fill, placement, reset
from tests.servers import ServerProcess

BEFORE_MS = -315_619_200_000  # 1960
CLOCK = f"""
import time
began, zero = time.monotonic_ns(), {BEFORE_MS} * 1_000_000
time.time_ns = lambda: zero + time.monotonic_ns() - began
time.time = lambda: time.time_ns() / 1e9
"""


@pytest.mark.parametrize("kind", sorted(STORES))
async def test_a_board_is_drawn_backed_up_and_restored(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: BEFORE_MS * 1_000_000)
    drawn = Session(tmp_path / "drawn", STORES[kind], NO_LIMIT)
    await drawn.open()
    await drawn.place(placement(1, 1, 1), placement(2, 2, 2))
    await drawn.act(fill())
    await drawn.act(reset())
    await drawn.place(placement(1, 1, 3))
    assert [e.at_ms for e in await drawn.store.history(1, 1, 9)] == 2 * [BEFORE_MS]
    assert await drawn.store.seqs_before([BEFORE_MS, BEFORE_MS + 1, 0]) == [0, 5, 5]
    assert encode_log(await drawn.log()).startswith(f"@1,{BEFORE_MS},")
    await drawn.store.close()
    done = await backup(archive(drawn), tmp_path / "backup")
    assert done.made_at == "1960-01-01T00:00:00Z"
    restored = Session(tmp_path / "restored", STORES[kind], NO_LIMIT)
    await restore(archive(restored), tmp_path / "backup")
    rows = [row async for part in archive(restored).entries(0, 9) if isinstance(part, Rows) for row in part.rows]
    assert {row.at_ms for row in rows} == {BEFORE_MS}
    check = Check(archive(restored), [])
    await check.run()
    assert {one.word for one in check.checks} == {"ok"}


async def test_a_server_and_its_commands_leave_no_trace(tmp_path: Path) -> None:
    """Python's clock is set as the machine's would be, in each process that begins."""
    (tmp_path / "sitecustomize.py").write_text(CLOCK)
    server = ServerProcess(tmp_path, COOLDOWN=0, PYTHONPATH=tmp_path)
    try:
        async with dial(server.url) as phone:
            await phone.join()
            assert (await phone.place(1, 1, 1))["ok"]
        assert (await get(server.url, "/ready"))[0] == 200
        assert (await get(server.url, "/api/log?minutes=5"))[0] == 200
        _, body, _ = await get(server.url, "/api/pixels/1/1")
        [change] = json.loads(body)["changes"]
        assert BEFORE_MS < change["at"] < 0
    finally:
        server.stop()
    commands = (("verify",), ("backup", "copy"), ("export", "--to", "rows.csv"))
    run = partial(run_beeplace, tmp_path, PYTHONPATH=tmp_path)
    for done in await asyncio.gather(*(asyncio.to_thread(run, *command) for command in commands)):
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "Traceback" not in server.log.read_text()


async def test_gateways_tell_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: BEFORE_MS * 1_000_000)
    session = Session(tmp_path)
    await session.open()
    await session.place(placement())
    news = Committed(await session.log(), session.board.state)
    await session.store.close()
    seal = Seal(bytes(32), "board")
    heard = seal.opened(seal.closed(Message("me", 1, session.board.state.epoch, 1, news)))
    assert heard
    assert heard.news == news
