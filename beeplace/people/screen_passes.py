"""Passes for screens: what lets a display ask for the codes it shows, since they are not for everyone to see.

A pass is signed, names the wall and whose key it was made with, and ends with that key, or after some days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, NamedTuple

from itsdangerous import BadSignature, Signer

LIFE_MS: Final = 14 * 86_400_000


class ScreenPass(NamedTuple):
    """Which wall it is for, and what the log calls the holder of the key that it was made with."""

    wall: int
    holder: bytes


class ScreenPasses:
    """`secret` and `now_ms`, board time, are the same on all gateways of a board."""

    def __init__(self, secret: bytes, now_ms: Callable[[], int]) -> None:
        self._signer = Signer(secret, salt="beeplace.screen", digest_method=hashlib.sha256)
        self._now_ms = now_ms

    def issue(self, wall: int, holder: bytes) -> str:
        """A pass for the screens of a wall."""
        return self._signer.sign(f"{self._now_ms() + LIFE_MS}.{wall}.{holder.hex()}").decode()

    def read(self, text: str) -> ScreenPass | None:
        """What a pass says; None where it is none of ours, or over."""
        try:
            ends_ms, wall, holder = self._signer.unsign(text).decode().split(".")
        except (BadSignature, UnicodeError):
            return None
        return ScreenPass(int(wall), bytes.fromhex(holder)) if self._now_ms() < int(ends_ms) else None
