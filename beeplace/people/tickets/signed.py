"""pretix's signed tickets (`pretix_sig1`), read and judged without asking pretix.

What their QR code says is base64, written backwards, of: a version (1), the lengths of the payload and of the
signature (16 bits each, big-endian), the payload (protobuf) and its Ed25519 signature. The event's public key says
which are real. One ticket can be written in several ways of base64: it is its payload that names it.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_HEAD: Final = struct.Struct(">BHH")
_VERSION: Final = 1
_MAX_CHARACTERS: Final = 1_000
_ITEM, _SUBEVENT, _VALID_FROM, _VALID_UNTIL = 2, 4, 5, 6  # numbers of the payload's fields
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # how protobuf writes a field
_PEM: Final = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")
_PACKED_PEM: Final = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/=]+")  # such a key in base64 once more, as pretix gives it


class TicketSays(NamedTuple):
    """The product and, in a series, the date that a ticket is for, and when it is valid: seconds since 1970, 0 for
    no limit. `payload` is one ticket's alone."""

    payload: bytes
    item: int
    subevent: int
    valid_from: int
    valid_until: int


def public_keys(text: str) -> list[Ed25519PublicKey]:
    """All keys in a text: PEM, or the `valid_keys` of pretix's API. Raises ValueError where one is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415  # 7 MB, as below
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    packed = (base64.b64decode(found).decode("ascii") for found in _PACKED_PEM.findall(text))
    keys = [load_pem_public_key(pem.encode()) for one in (text, *packed) for pem in _PEM.findall(one)]
    ed25519 = [key for key in keys if isinstance(key, Ed25519PublicKey)]
    if not keys or len(ed25519) < len(keys):
        raise ValueError("an Ed25519 public key is expected")
    return ed25519


def parts(text: str) -> tuple[bytes, bytes] | None:
    """Payload and signature of what may be a ticket; None for what is none."""
    if not (text.isascii() and len(text) <= _MAX_CHARACTERS):
        return None
    try:
        data = base64.b64decode(text[::-1], validate=True)
        version, length, signed = _HEAD.unpack_from(data)
    except (binascii.Error, struct.error):
        return None
    payload, signature = data[_HEAD.size :][:length], data[_HEAD.size + length :]
    if version != _VERSION or len(payload) != length or len(signature) != signed:
        return None
    return payload, signature


def verified(text: str, keys: Sequence[Ed25519PublicKey]) -> TicketSays | None:
    """What a ticket says that one of the keys has signed; None for everything else."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

    if (found := parts(text)) is None:
        return None
    payload, signature = found
    for key in keys:
        try:
            key.verify(signature, payload)
        except InvalidSignature:
            continue
        try:
            said = dict(_numbers(payload))
        except (IndexError, ValueError):
            return None
        return TicketSays(payload, *(said.get(field, 0) for field in (_ITEM, _SUBEVENT, _VALID_FROM, _VALID_UNTIL)))
    return None


def _numbers(payload: bytes) -> Iterator[tuple[int, int]]:
    """The fields of a payload that are numbers. Raises IndexError or ValueError for what is no protobuf."""
    at = 0
    while at < len(payload):
        tag, at = _varint(payload, at)
        field, form = tag >> 3, tag & 7
        if form == _VARINT:
            value, at = _varint(payload, at)
            yield field, value
        elif form == _BYTES:
            length, at = _varint(payload, at)
            at += length
        elif form in (_FIXED64, _FIXED32):
            at += 8 if form == _FIXED64 else 4
        else:
            raise ValueError("a form that protobuf has not")


def _varint(payload: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
