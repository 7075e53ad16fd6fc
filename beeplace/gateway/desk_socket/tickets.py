"""Tickets for the desk's socket, since a browser's WebSocket cannot send headers: each good once, and for ten seconds.

A ticket is signed, so that whatever is none costs no look into the log, and any gateway takes what another one gave.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from itsdangerous import BadSignature, Signer

from beeplace.log.once import Once

LIFE_MS = 10_000
_RANDOM_BYTES = 12
_HOLDER = hashlib.blake2s(b"tickets of the desk's socket", digest_size=16).digest()  # beside people's identities


class Tickets:
    """`secret` and `now_ms`, board time, are the same on all gateways of a board."""

    def __init__(self, secret: bytes, now_ms: Callable[[], int], once: Once) -> None:
        self._signer = Signer(secret, salt="beeplace.desk", digest_method=hashlib.sha256)
        self._now_ms, self._once = now_ms, once

    def issue(self, holder: str) -> str:
        """A ticket for who has shown a key."""
        told = f"{self._now_ms() + LIFE_MS}.{secrets.token_urlsafe(_RANDOM_BYTES)}.{holder}"
        return self._signer.sign(told).decode()

    def holder(self, ticket: str) -> str | None:
        """Whose ticket it is; None where it is none of ours, or too old. It may have been used."""
        try:
            ends_ms, _, holder = self._signer.unsign(ticket).decode().split(".", 2)
        except (BadSignature, UnicodeError):
            return None
        return holder if self._now_ms() < int(ends_ms) else None

    async def use(self, ticket: str) -> bool:
        """Uses one of ours up; False where it was used before. Raises StoreUnavailable."""
        return await self._once.first(_HOLDER, hashlib.blake2s(ticket.encode(), digest_size=16).digest())
