"""Who is who: server-issued names of participants, and the keyed hashes that the log knows them by.

A name is 96 random bits in a signed token, kept by the browser as a cookie or given back in `join`. The log
stores `blake2s(name)` under a key of its own: who destroys that key cuts every tie between pixels and devices.
The fingerprint of an original client is hashed likewise and kept nowhere else.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer

COOKIE = "beeplace"
COOKIE_SECONDS = 90 * 86_400
_NAME_BYTES = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """What the log calls a participant (16 bytes), and the token that proves it; None for a fingerprint."""

    hash: bytes
    token: str | None


class Identities:
    """Issues and checks tokens. Both secrets are 32 random bytes, kept by the store."""

    def __init__(self, signing_secret: bytes, naming_secret: bytes) -> None:
        self._signer = Signer(signing_secret, salt="beeplace.identity", digest_method=hashlib.sha256)
        self._naming_secret = naming_secret

    def new_token(self) -> str:
        """A token for someone who has none."""
        return self._signer.sign(secrets.token_urlsafe(_NAME_BYTES)).decode()

    def recognise(self, token: str | None) -> Identity | None:
        """Who the token names; None where it is not one of ours."""
        if not token:
            return None
        try:
            name = self._signer.unsign(token)
        except (BadSignature, UnicodeEncodeError):  # a header's bytes need not be text
            return None
        return Identity(self._hash(b"token:" + name), token)

    def from_fingerprint(self, fingerprint: str) -> Identity:
        """An original client, which has no token."""
        return Identity(self._hash(b"fingerprint:" + fingerprint.encode()), None)

    def newcomer(self) -> Identity:
        """Someone who shows nothing gets a name."""
        token = self.new_token()
        return Identity(self._hash(b"token:" + self._signer.unsign(token)), token)

    def organiser(self, key: str) -> bytes:
        """What the log calls the holder of an organiser's key."""
        return self._hash(b"key:" + key.encode())

    def _hash(self, name: bytes) -> bytes:
        return hashlib.blake2s(name, digest_size=16, key=self._naming_secret).digest()


def pseudonym(identity: bytes) -> str:
    """How people see a participant: stable, and saying nothing about who it is."""
    return f"bee-{identity.hex()[:8]}"
