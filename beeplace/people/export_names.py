"""What exports call people: names that nobody without the event's key can trace to what pages and the log call them.

A name is the identity under AES-256, one block of 16 bytes, so two people never share one, and an import of an export
can choose identities that have the same names again. The key follows from the secret `identities`: whoever destroys
that secret (`beeplace forget`) destroys the way from names to people, and back.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from beeplace.people.identities import full_pseudonym

BLOCK = 16  # bytes of an identity, and of a name


class ExportNames:
    """Names under one secret."""

    def __init__(self, secret: bytes) -> None:
        key = hashlib.blake2s(b"names in exports", key=secret, person=b"exports").digest()
        # A block of its own is all that is ever enciphered, and equal ones shall be equal: a permutation, ECB.
        self._cipher = Cipher(AES256(key), ECB())
        self._secret = secret

    def of(self, identities: bytes) -> bytes:
        """Of any number of people, 16 bytes each."""
        encryptor = self._cipher.encryptor()
        return encryptor.update(identities) + encryptor.finalize()

    def identities(self, names: bytes) -> bytes:
        """Those that have these names, 16 bytes each."""
        decryptor = self._cipher.decryptor()
        return decryptor.update(names) + decryptor.finalize()

    def written(self, identity: bytes) -> str:
        """A person's name as exports have it, `bee-` and 32 digits."""
        return full_pseudonym(self.of(identity.ljust(BLOCK, b"\0")[:BLOCK]))

    def pxls_key(self, name: str) -> str:
        """A person's own key for a log in Pxls's form, of 128 bits: it finds that person's rows, and nobody else's."""
        return hashlib.blake2s(name.encode(), digest_size=16, key=self._secret, person=b"pxls").hexdigest()
