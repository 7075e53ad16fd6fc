"""A machine whose clock is set to before 1970, as one without a battery is: everything works, with odd times."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from beeplace.history.backup import backup, restore
from beeplace.history.log_text import encode_log
from beeplace.history.verify.check import Check
from beeplace.log.archive import Rows
from beeplace.log.committed import Committed
from beeplace.log.redis.codec import Message, Seal
from tests.closed_store import archive
from tests.log.samples import NO_LIMIT, STORES, Session, fill, placement, reset

BEFORE_MS = -315_619_200_000  # 1960


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
