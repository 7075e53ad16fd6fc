"""A closed store with a bit of everything in it, of either kind; for the tests of backup, restore and verify."""

from __future__ import annotations

from pathlib import Path

from beeplace.board.geometry import Area
from beeplace.log.archive import Archive
from beeplace.log.postgres.archive import PostgresArchive
from beeplace.log.sqlite.archive import SqliteArchive
from tests.log.samples import BOB, STORES, Session, fill, placement, read_only, reset, rid
from tests.postgres import schema_url


async def closed_store(folder: Path, kind: str = "sqlite") -> Session:
    """Two epochs, actions, an open window, remembered answers, read-only, secrets; 8 entries."""
    session = Session(folder, STORES[kind])
    await session.open()
    await session.place(placement(0, 0, 1, by=BOB), placement(1, 2, 2, by=BOB))
    await session.act(reset(before=bytes(72)))
    await session.place(placement(4, 5, 3, rid=rid(1)), placement(4, 5, 1), placement(-1, 0, rid=rid(2)))
    await session.act(fill(Area(3, 4, 3, 3), 2, before=bytes(9)))
    await session.place(placement(4, 5, 3))
    await session.act(read_only())
    for name in ("tokens", "identities"):
        await session.store.secret(name)
    await session.store.close()
    return session


def archive(session: Session) -> Archive:
    if session.make is STORES["postgres"]:
        return PostgresArchive(schema_url(str(session.folder)), session.ticks)
    return SqliteArchive(session.folder / "board.db", session.ticks)
