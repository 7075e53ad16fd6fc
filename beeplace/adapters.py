"""Which adapters stand behind the ports, by the settings. Beside it only `doctor.py` names them.

A driver is imported where it is needed: the embedded default knows neither PostgreSQL nor Redis.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from beeplace.board.board import Board
from beeplace.log.archive import Archive
from beeplace.log.bus import Bus
from beeplace.log.store import Store
from beeplace.settings.settings import Settings

# ruff: noqa: PLC0415


def shared(settings: Settings) -> bool:
    """Whether several gateways can serve the board."""
    return not isinstance(settings.database_url, Path)


def store(settings: Settings) -> Store:
    """The log, not opened yet."""
    if isinstance(settings.database_url, Path):
        from beeplace.log.sqlite.store import SqliteStore

        return SqliteStore(settings.database_url)
    from beeplace.log.postgres.store import PostgresStore

    return PostgresStore(settings.database_url)


def archive(settings: Settings) -> Archive:
    """The whole database, for backup, restore and verify."""
    if isinstance(settings.database_url, Path):
        from beeplace.log.sqlite.archive import SqliteArchive

        return SqliteArchive(settings.database_url)
    from beeplace.log.postgres.archive import PostgresArchive

    return PostgresArchive(settings.database_url)


async def bus(settings: Settings, board: Board, log: Store) -> Bus:
    """The bus; one that cannot be reached now is used once it can. Raises SettingError for a wrong password."""
    if settings.redis_url is None:
        from beeplace.log.memory_bus import MemoryBus

        return MemoryBus()
    from beeplace.log.redis.bus import RedisBus

    redis = RedisBus(settings.redis_url, board, await log.secret("bus"), secrets.token_hex(8))
    await redis.open()
    return redis


async def bitfield(settings: Settings) -> tuple[str, int, bytes] | None:
    """The board that Redis shows: epoch, seq and pixels; None for none. Raises LookupError with the reason."""
    if settings.redis_url is None:
        return None
    from beeplace.log.redis.bitfield_reader import shown

    return await shown(settings.redis_url)


def named(settings: Settings) -> dict[str, str]:
    """For the log: which adapters, and where, without passwords."""
    database = settings.database_url
    return {
        "store": "sqlite" if isinstance(database, Path) else "postgresql",
        "bus": "redis" if settings.redis_url else "memory",
        "database": str(database) if isinstance(database, Path) else _place(database),
    }


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"
