"""Who is who: server-issued names of participants, and the keyed hashes that the log knows them by.

A name is 96 bits that nobody can guess, in a signed token, kept by the browser as a cookie or given back in `join`.
The log stores `blake2s(name)` under a key of its own: who destroys that key cuts every tie between pixels and devices.
A token also says until when its holder may draw where not everyone may, in board time: nothing is stored of an entry.
The fingerprint of an original client is hashed likewise and kept nowhere else. It is no secret, so it names only those
who show nothing better: two clients that have neither token nor cookie and send the same fingerprint are one identity.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

COOKIE = "beeplace"
HOST_COOKIE = "__Host-beeplace"  # its name over TLS: no other host, nor a page without TLS, can have set it
COOKIE_SECONDS = 90 * 86_400
NAMING = "identities"  # the store's name of the naming secret
_ORGANISER = "organiser:"
_NAME_BYTES = 12
_UNTIL = b"."  # between the name in a token, which has none, and the end of what it allows


@dataclass(frozen=True, slots=True)
class Identity:
    """What the log calls a participant (16 bytes), and the token that proves it; None for a fingerprint."""

    hash: bytes
    token: str | None
    entered_until_ms: int = 0


class Identities:
    """Issues and checks tokens. Both secrets are 32 random bytes, kept by the store."""

    def __init__(
        self, signing_secret: bytes, naming_secret: bytes, organisers: Mapping[str, bytes] | None = None
    ) -> None:
        self._signer = _signer(signing_secret)
        self.naming_secret = naming_secret
        self._organisers = organisers or {}  # by the ids of their keys: those of before the last `beeplace forget`
        self.issued = 0  # names that this gateway gave to newcomers

    def adopt(self, secrets: Mapping[str, bytes]) -> bool:
        """Goes on with what the store has now; whether it is another naming secret, so that nobody is who they were."""
        naming = secrets.get(NAMING, self.naming_secret)  # none: a database that is being filled
        if naming == self.naming_secret:
            return False
        self.naming_secret, self._organisers = naming, organisers(secrets)
        return True

    def new_token(self) -> str:
        """A token for someone who has none."""
        self.issued += 1
        return self._signer.sign(secrets.token_urlsafe(_NAME_BYTES)).decode()

    def recognise(self, token: str | None) -> Identity | None:
        """Who the token names; None where it is not one of ours."""
        if not token:
            return None
        try:
            name, _, until = self._signer.unsign(token).partition(_UNTIL)
        except (BadSignature, UnicodeEncodeError):  # a header's bytes need not be text
            return None
        return Identity(self._hash(b"token:" + name), token, int(until or 0))

    def entered(self, identity: Identity | None, until_ms: int) -> Identity:
        """The same person, or somebody new, who may draw until then."""
        if identity and identity.token:  # which was recognised: its name is what it begins with
            name = identity.token.encode().partition(_UNTIL)[0]
        else:
            self.issued += 1
            name = secrets.token_urlsafe(_NAME_BYTES).encode()
        signed = self._signer.sign(name + _UNTIL + str(until_ms).encode()).decode()
        return Identity(self._hash(b"token:" + name), signed, until_ms)

    def ticket(self, name: bytes) -> bytes:
        """What is stored of a ticket: as little as of a person, and of no use without the naming secret."""
        return self._hash(b"ticket:" + name)

    def shown(self, cookies: Mapping[str, str]) -> str | None:
        """The token among a browser's cookies. One of ours under either name is found, so that nobody who moves to TLS
        is somebody new."""
        ours, plain = cookies.get(HOST_COOKIE), cookies.get(COOKIE)
        if ours and plain and not self.recognise(ours):
            return plain
        return ours or plain

    def from_fingerprint(self, fingerprint: str) -> Identity:
        """An original client, which has no token."""
        return Identity(self._hash(b"fingerprint:" + fingerprint.encode()), None)

    def newcomer(self, sid: str) -> Identity:
        """Someone who shows nothing gets a name: the same one as often as the same session asks."""
        self.issued += 1
        name = urlsafe_b64encode(self._hash(b"session:" + sid.encode())[:_NAME_BYTES])
        return Identity(self._hash(b"token:" + name), self._signer.sign(name).decode())

    def organiser(self, key_id: str) -> bytes:
        """What the log calls the holder of an organiser's key, by the key's public id."""
        return self._organisers.get(key_id) or self._hash(b"key:" + key_id.encode())

    def _hash(self, name: bytes) -> bytes:
        return hashlib.blake2s(name, digest_size=16, key=self.naming_secret).digest()


class _OneShotHmac(SigningAlgorithm):
    """HMAC-SHA256 without an object for each signature: every visit of the drawing page is given one."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


def _signer(secret: bytes) -> Signer:
    """Signs as the library does by default, by a key that is derived once."""
    key = Signer(secret, salt="beeplace.identity", digest_method=hashlib.sha256).derive_key()
    return Signer(key, key_derivation="none", algorithm=_OneShotHmac())


def organisers(secrets: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the log calls holders of keys since before a naming secret was destroyed, by the ids of their keys."""
    return {name.removeprefix(_ORGANISER): value for name, value in secrets.items() if name.startswith(_ORGANISER)}


def organisers_kept(secrets: Mapping[str, bytes], key_ids: Iterable[str]) -> dict[str, bytes]:
    """What has to be stored, by name, so that the log goes on naming these organisers under another secret."""
    now = Identities(b"", secrets.get(NAMING, b""), organisers(secrets))
    return {_ORGANISER + key_id: now.organiser(key_id) for key_id in key_ids}


def pseudonym(identity: bytes) -> str:
    """How people see a participant: stable, and saying nothing about who it is."""
    return f"bee-{identity.hex()[:8]}"


def full_pseudonym(identity: bytes) -> str:
    """Sixteen bytes that name a person at full length: no two people share them."""
    return f"bee-{identity.hex()}"
