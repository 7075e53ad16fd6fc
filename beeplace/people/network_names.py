"""What limits know networks by: keyed hashes, under a key that is in this process alone and ends with it."""

from __future__ import annotations

import hashlib
import secrets


class NetworkNames:
    """Each has a key of its own, so that nobody can lay what two limits remember side by side."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def of(self, network: str) -> bytes:
        """Eight bytes that are the same for the same network, and say nothing of it."""
        return hashlib.blake2s(network.encode(), digest_size=8, key=self._key).digest()
