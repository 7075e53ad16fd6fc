"""The port that keeps which ticket is whose: each lets in the person who shows it first, on whichever gateway."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Claim(NamedTuple):
    """One ticket's keyed hash, and what the log calls its holder, 16 bytes each; `listed`: it is a code of a list."""

    ticket: bytes
    holder: bytes
    listed: bool


class ClaimStore(Protocol):
    """Part of the store, with its guarantees. All methods raise StoreUnavailable."""

    async def claim(self, claim: Claim) -> bytes:
        """Whose ticket it is: the holder's who claimed it first, whose claim is on stable storage then."""

    async def holder_of(self, ticket: bytes) -> bytes | None:
        """Who has claimed a ticket; None for nobody."""

    async def release(self, ticket: bytes) -> bool:
        """Makes a ticket nobody's; False where it was."""

    async def listed_claims(self) -> int:
        """How many codes of lists have been claimed."""
