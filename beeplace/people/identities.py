"""Who is who: server-issued names of participants, and the keyed hashes that the log knows them by.

A name is 96 bits that nobody can guess, in a signed token, kept by the browser as a cookie or given back in `join`.
The log stores `blake2s(name)` under a key of its own: who destroys that key cuts every tie between pixels and devices.
A token also says until when its holder may draw where not everyone may, in board time, and whether its holder owes
work, as newcomers of a flood do: nothing is stored of an entry.
The fingerprint of an original client is hashed likewise and kept nowhere else. It is no secret, so it names only those
who show nothing better: two clients that have neither token nor cookie and send the same fingerprint are one identity.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

COOKIE = "beeplace"
HOST_COOKIE = "__Host-beeplace"  # its name over TLS: no other host, nor a page without TLS, can have set it
COOKIE_SECONDS = 90 * 86_400
NAMING = "identities"  # the store's name of the naming secret
_ORGANISER = "organiser:"
_NAME_BYTES = 12
_REHEARSAL = "rehearsal-"
_UNTIL = b"."  # between the name in a token, which has none, and the end of what it allows
_UNUSED = b"0"  # as that end: the name was given, and nobody has joined by it
_OWES = b"-"  # before that end, which a build that knows of no work then takes for one that is over
_KNOWN_FINGERPRINTS = 20_000  # that are remembered; who is forgotten is a newcomer again


@dataclass(frozen=True, slots=True)
class Identity:
    """What the log calls a participant (16 bytes), and the token that proves it; None for a fingerprint.

    Who owes work may draw until `entered_until_ms` whatever the rule, and everybody else may under `open`. A name is
    `fresh` until somebody has joined by it.
    """

    hash: bytes
    token: str | None
    entered_until_ms: int = 0
    owes_work: bool = False
    fresh: bool = False


class Identities:
    """Issues and checks tokens. Both secrets are 32 random bytes, kept by the store."""

    def __init__(
        self, signing_secret: bytes, naming_secret: bytes, organisers: Mapping[str, bytes] | None = None
    ) -> None:
        self._signer, self._rehearsals = (_signer(signing_secret, of) for of in ("identity", "rehearsal"))
        self.naming_secret = naming_secret
        self._organisers = organisers or {}  # by the ids of their keys: those of before the last `beeplace forget`
        self.unused = 0  # of them, those who left soon and had not drawn
        self.issued = 0  # newcomers who came to this gateway: by new names, and fingerprints that it did not know
        self.flooded: Callable[[], bool] = lambda: False  # whether who comes now owes work
        self._fingerprints: OrderedDict[bytes, None] = OrderedDict()  # of those who owe none

    def adopt(self, secrets: Mapping[str, bytes]) -> bool:
        """Goes on with what the store has now; whether it is another naming secret, so that nobody is who they were."""
        naming = secrets.get(NAMING, self.naming_secret)  # none: a database that is being filled
        if naming == self.naming_secret:
            return False
        self.naming_secret, self._organisers = naming, organisers(secrets)
        self._fingerprints.clear()
        return True

    def new_token(self) -> str:
        """A token for someone who has none, and has not come yet: many load a page and go on."""
        return self._signer.sign(secrets.token_urlsafe(_NAME_BYTES).encode() + _UNTIL + _UNUSED).decode()

    def arrived(self, identity: Identity) -> Identity:
        """Somebody joins by a fresh name: a newcomer, who owes work in a flood."""
        self.issued += 1
        name, owes_work = (identity.token or "").encode().partition(_UNTIL)[0], self.flooded()
        return Identity(identity.hash, self._token(name, owes_work=owes_work), 0, owes_work, fresh=True)

    def recognise(self, token: str | None) -> Identity | None:
        """Who the token names; None where it is not one of ours."""
        if not token:
            return None
        try:
            name, _, until = self._signer.unsign(token).partition(_UNTIL)
        except (BadSignature, UnicodeEncodeError):  # a header's bytes need not be text
            return None
        ends_ms = int(until.removeprefix(_OWES) or 0)
        return Identity(self._hash(b"token:" + name), token, ends_ms, until.startswith(_OWES), until == _UNUSED)

    def entered(self, identity: Identity | None, until_ms: int, *, owes_work: bool = False) -> Identity:
        """The same person, or somebody new, who may draw until then; and who owes work from then on, or none."""
        if identity and identity.token:  # which was recognised: its name is what it begins with
            name = identity.token.encode().partition(_UNTIL)[0]
        else:
            self.issued += 1
            name = secrets.token_urlsafe(_NAME_BYTES).encode()
        token = self._token(name, until_ms, owes_work=owes_work)
        return Identity(self._hash(b"token:" + name), token, until_ms, owes_work)

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
        """An original client, which has no token. One that this gateway does not know is a newcomer."""
        hashed = self._hash(b"fingerprint:" + fingerprint.encode())
        if fingerprint.startswith(_REHEARSAL) and self._rehearsals.validate(fingerprint.rpartition(".")[0]):
            return Identity(hashed, None)  # whom an operator has sent for: no newcomer
        if hashed not in self._fingerprints:
            self.issued += 1
            if self.flooded():
                return Identity(hashed, None, owes_work=True, fresh=True)
        fresh = hashed not in self._fingerprints
        self._fingerprints[hashed] = None
        self._fingerprints.move_to_end(hashed)
        if len(self._fingerprints) > _KNOWN_FINGERPRINTS:
            self._fingerprints.popitem(last=False)
        return Identity(hashed, None, fresh=fresh)

    def rehearsal_token(self) -> str:
        """What the fingerprints of a rehearsal's people begin with, and a number behind a dot; nobody can guess it."""
        return self._rehearsals.sign(_REHEARSAL + secrets.token_urlsafe(_NAME_BYTES)).decode()

    def newcomer(self, sid: str, owes_work: bool | None = None) -> Identity:
        """Someone who shows nothing gets a name: the same one as often as the same session asks, and then with what was
        said of work before."""
        name = urlsafe_b64encode(self._hash(b"session:" + sid.encode())[:_NAME_BYTES])
        if fresh := owes_work is None:
            self.issued += 1
            owes_work = self.flooded()
        token = self._token(name, owes_work=bool(owes_work))
        return Identity(self._hash(b"token:" + name), token, 0, bool(owes_work), fresh)

    def organiser(self, key_id: str) -> bytes:
        """What the log calls the holder of an organiser's key, by the key's public id."""
        return self._organisers.get(key_id) or self._hash(b"key:" + key_id.encode())

    def _token(self, name: bytes, until_ms: int = 0, *, owes_work: bool) -> str:
        until = str(until_ms).encode()
        if owes_work:
            name += _UNTIL + _OWES + until
        elif until_ms:
            name += _UNTIL + until
        return self._signer.sign(name).decode()

    def _hash(self, name: bytes) -> bytes:
        return hashlib.blake2s(name, digest_size=16, key=self.naming_secret).digest()


class _OneShotHmac(SigningAlgorithm):
    """HMAC-SHA256 without an object for each signature: every visit of the drawing page is given one."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


def _signer(secret: bytes, of: str) -> Signer:
    """Signs as the library does by default, by a key that is derived once."""
    key = Signer(secret, salt=f"beeplace.{of}", digest_method=hashlib.sha256).derive_key()
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
