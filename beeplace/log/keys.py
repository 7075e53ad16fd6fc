"""Organisers' keys as they are stored: never the key itself, and never deleted, since the log goes on naming them.

`Store.keys` reads them for a gateway; the port below is for the command that makes and revokes them meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from beeplace.errors import BeePlaceError


class KeyNameTaken(BeePlaceError):
    """A key of this name is in use; revoke it, or take another name."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key. `id` is what the log's identity is made from, `hash` the key's SHA-256.

    Moments are the wall clock's in UTC, milliseconds since 1970, None for never.
    """

    id: str
    name: str
    role: str
    hash: bytes
    made_ms: int
    until_ms: int | None = None
    revoked_ms: int | None = None

    @property
    def columns(self) -> tuple[Any, ...]:
        """In the order of the table."""
        return self.id, self.name, self.role, self.hash, self.made_ms, self.until_ms, self.revoked_ms

    def valid(self, now_ms: int) -> bool:
        """Whether it opens anything at a moment of the wall clock."""
        return self.revoked_ms is None and (self.until_ms is None or now_ms < self.until_ms)


class KeyStore(Protocol):
    """The keys of one database, once it is open. All methods raise StoreUnavailable."""

    async def keys(self) -> list[StoredKey]:
        """All keys there ever were, oldest first."""

    async def add(self, key: StoredKey, now_ms: int) -> None:
        """Keeps a new key. Raises KeyNameTaken where one that is valid has its name."""

    async def secrets(self) -> dict[str, bytes]:
        """All named secrets of the database."""

    async def replace_secrets(self, secrets: Mapping[str, bytes]) -> None:
        """Writes all of them anew, at once; those that were there are gone from the database's own files, too, once
        no gateway has it open, or `Store.scrub` was called by the one that has."""

    async def revoke(self, name: str, now_ms: int) -> bool:
        """Ends the key of that name from now on; False where none is valid."""


OpenKeyStore = AbstractAsyncContextManager[KeyStore]
