"""Organisers' keys: who holds which, and what it may do.

A key is 256 random bits that are shown once; only its SHA-256 is kept, and all comparisons take the same time. The key
of the settings, API_KEY, is an operator's that no table has. What the log calls the holder is made from the public id
of the key, so that an entry says which key made it for as long as the table is kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hmac import compare_digest

from beeplace.coalesced import Coalesced
from beeplace.errors import StoreUnavailable
from beeplace.log.keys import StoredKey
from beeplace.people.identities import Identities
from beeplace.people.roles import Role

API_KEY_ID = "API_KEY"
MAX_NAME = 64  # characters
FRESH_SECONDS = 0.4  # for which what was read is believed: a revoked key opens nothing any more after it
PAUSE_SECONDS = 0.05  # between two reads for keys that are not known: guesses do not become a load for the store


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who shows a key: its name, its role, and what the log calls it."""

    key_id: str
    name: str
    role: Role
    identity: bytes


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def new_key(name: str, role: Role, now_ms: int, until_ms: int | None = None) -> tuple[str, StoredKey]:
    """A key to show once, and what is kept of it."""
    key = secrets.token_urlsafe(32)
    return key, StoredKey(secrets.token_hex(8), name, role.word, digest(key), now_ms, until_ms)


def is_name(name: str) -> bool:
    """Whether a key may be called so: readable in a list, and not to be taken for the settings' key."""
    return 1 <= len(name) <= MAX_NAME and name.isprintable() and name == name.strip() and name != API_KEY_ID


class KeyRing:
    """The keys as a gateway knows them, from a table that others change.

    `read` is the store's; `clock` counts seconds, `wall_ms` says the moment at which keys end.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Sequence[StoredKey]]],
        identities: Identities,
        api_key: str,
        clock: Callable[[], float],
        wall_ms: Callable[[], int],
    ) -> None:
        self._read, self._clock, self._wall_ms = read, clock, wall_ms
        self._identity = identities.organiser
        self._api_key = digest(api_key)
        self._operator = KeyHolder(API_KEY_ID, API_KEY_ID, Role.OPERATOR, self._identity(API_KEY_ID))
        self._keys: dict[str, StoredKey] = {}
        self._read_at = float("-inf")
        self._read_next = Coalesced(self._reread)

    async def holder(self, key: str) -> KeyHolder | None:
        """Who shows this key; None where it is none, or has ended.

        While the log cannot be read, the keys that were known last are believed: nothing can be done by them then.
        """
        if compare_digest(given := digest(key), self._api_key):
            return self._operator
        if self._fresh and (found := self._found(given)):
            return found
        await self._refreshed()  # one that is not known may have been made just now
        return self._found(given)

    async def by_identity(self, identity: bytes) -> KeyHolder | None:
        """Whose key the log calls so, while it is valid: for whoever stays connected after showing it."""
        if identity == self._operator.identity:
            return self._operator
        if not self._fresh:
            await self._refreshed()
        return next((self._holder(key) for key in self._keys.values() if self._identity(key.id) == identity), None)

    def is_key(self, text: str) -> bool:
        """Whether a text is a key, as far as is known without asking the log."""
        given = digest(text)
        return compare_digest(given, self._api_key) or self._found(given) is not None

    async def names(self) -> dict[bytes, str]:
        """By what the log calls them, the names of all keys there ever were."""
        if not self._fresh:
            await self._refreshed()
        named = {self._identity(stored.id): stored.name for stored in self._keys.values()}
        return named | {self._operator.identity: API_KEY_ID}

    @property
    def _fresh(self) -> bool:
        return self._clock() - self._read_at < FRESH_SECONDS

    def _found(self, given: bytes) -> KeyHolder | None:
        """Compares with every key, so that the time says nothing."""
        right = [stored for stored in self._keys.values() if compare_digest(stored.hash, given)]
        return self._holder(right[0]) if right else None

    def _holder(self, key: StoredKey) -> KeyHolder | None:
        """None where it opens nothing any more, or has a role of a newer version."""
        if not key.valid(self._wall_ms()) or (role := Role.of_key(key.role)) is None:
            return None
        return KeyHolder(key.id, key.name, role, self._identity(key.id))

    async def _refreshed(self) -> None:
        try:
            await self._read_next(None)
        except StoreUnavailable:
            return

    async def _reread(self, _: None) -> None:
        await asyncio.sleep(max(0.0, self._read_at + PAUSE_SECONDS - self._clock()))
        began = self._clock()
        self._keys = {stored.id: stored for stored in await self._read()}
        self._read_at = began
