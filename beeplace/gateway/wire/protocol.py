"""What BeePlace says over Socket.IO: the specification, and the pure functions that decode and encode it.

Path `/socket.io/`, namespace `/`, Engine.IO 4 / Socket.IO 5, text packets only. The names marked * are the
thesis's and keep its payloads; everything else is optional, so that an original client works unchanged.

    -> join*            fingerprint, or {fingerprint?, token?, epoch?, seq?, board?, watch?}
    <- (answer)         {initialState}, or {ok: false, code, message, retryIn?}
    -> pixelFromPlayer* {x, y, color, rid?, epoch?}
    <- (answer)         {ok: true, seq, remainingPixels, retryIn}, or {ok: false, code, message, retryIn?}
    -> sync             {epoch, seq}
    <- (answer)         {epoch, from, to, pixels}, or {initialState}, or {ok: false, code, message, retryIn?}

    <- u*               "x,y,color,...", "epoch:from:to"   the last colour of each position changed in (from, to]
    <- readOnly*        boolean
    <- resetBoard*      (nothing), "epoch:seq"             the board is empty; its new epoch and seq
    <- userCount*       number
    <- settings         {saving}                           false: nothing can be saved now; repeated every 3 s
    <- settings         {panic?, safePicture?, zones?, announcement?}   at once, where what is in force changed
    <- banned           {reason, until, retryIn?}, or null   to who may not draw from here on, or may again
    <- pixelRejected    {x, y, color, code, retryIn?, current}   to who placed without asking for an answer
    <- displaced        (nothing)                          a newer socket of the same person; this one is closed (4409)
    <- bye              {reconnectIn}                      milliseconds; the server drains

A client at (epoch, seq) ignores a batch with `to <= seq`, applies one with `from <= seq`, and asks `sync`
otherwise. `board` of a join is "array" (the thesis's form, default for the string), "b64" (default for the
object) or "none". A client that names a position of this log gets `delta` instead of `board`.
`epoch` is one text for clients, to be kept and given back as it is: the epoch, and the term in which the log goes on,
so that a position of another history, as after an older copy was put in the log's place, is known as such. An answer
to `sync` or `join` may name another than was asked with, and counts; a batch that does is a reason to ask.
Who joins or syncs again before it has read what it was sent, or too often, is answered `busy`.
Where not everyone may draw, `initialState.entry` says the ways to come in (`ways`), whether this person is in
(`entered`) and for how many more milliseconds (`endsIn`); to who is not, `code` "entry" and `message` stand beside
`initialState`. Newcomers of a flood owe work (`owesWork`), and draw while they are in, also where everyone else may.
`POST /api/entry` gives a token that may draw; whoever joins again with it may.
`watch: true` is for displays: it sees everything, is not counted as a person, and may not place.

`tests/wire/*.json` has golden vectors of batches and ranges, which the browser's and k6's tests read too.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from beeplace.board.geometry import Pixel
from beeplace.board.rules import Answer
from beeplace.board.terms import parted
from beeplace.errors import BadPayload

LONGEST_TEXT = 512
LARGEST_SEQ = 2**53 - 1

MESSAGES = {
    "bad_join": "this join is malformed",
    "bad_pixel": "this placement is malformed",
    "bad_sync": "this sync is malformed",
    "out_of_board": "there is no such pixel on the board",
    "bad_color": "there is no such colour in the palette",
    "not_joined": "join first",
    "cooldown": "no pixels left for now",
    "entry": "to draw, enter at this site first: you see the board meanwhile",
    "read_only": "drawing is closed",
    "banned": "you may not draw here",
    "protected": "this area is protected",
    "epoch": "the board has changed since",
    "duplicate": "this request id was used for another pixel",
    "busy": "too many at once, try again",
    "restarting": "the server is restarting, try again",
    "store_unavailable": "saving is paused, try again",
    "unknown": "it is not known yet whether the pixel was saved",
}


@dataclass(frozen=True, slots=True)
class Join:
    """A checked join. `epoch` and `seq` say what the client has, `board` how it wants the rest."""

    fingerprint: str | None = None
    token: str | None = None
    epoch: str | None = None
    seq: int | None = None
    board: str = "b64"
    watch: bool = False


class DecodedPlacement(NamedTuple):
    """A checked placement, not yet known to lie on the board.

    The term is left out of its epoch: after a restart in which nothing was lost the same may be sent again.
    """

    pixel: Pixel
    rid: bytes | None = None
    epoch: str | None = None


def decode_join(arguments: list[Any]) -> Join:
    """The payload of `join`. Raises BadPayload (bad_join)."""
    if len(arguments) != 1:
        raise BadPayload("bad_join")
    payload = arguments[0]
    if isinstance(payload, str):
        return Join(fingerprint=_text(payload, "bad_join"), board="array")
    if not isinstance(payload, dict) or len(payload) > 14 or any(key in _HOSTILE for key in payload):
        raise BadPayload("bad_join")
    join = Join(
        fingerprint=_optional_text(payload.get("fingerprint")),
        token=_optional_text(payload.get("token")),
        epoch=_optional_text(payload.get("epoch")),
        seq=_optional_seq(payload.get("seq")),
        board=payload.get("board", "b64"),
        watch=payload.get("watch", False),
    )
    if join.board not in ("array", "b64", "none") or not isinstance(join.watch, bool):
        raise BadPayload("bad_join")
    return join


def decode_placement(arguments: list[Any]) -> DecodedPlacement:
    """The payload of `pixelFromPlayer`. Raises BadPayload (bad_pixel or bad_color)."""
    payload = arguments[0] if len(arguments) == 1 else None
    if type(payload) is not dict or not _PIXEL_KEYS.issuperset(payload):
        raise BadPayload("bad_pixel")
    x, y, color = payload.get("x"), payload.get("y"), payload.get("color")
    if type(x) is not int or type(y) is not int or "color" not in payload:
        raise BadPayload("bad_pixel")
    if type(color) is not int:
        raise BadPayload("bad_color" if isinstance(color, str) else "bad_pixel")
    rid, epoch = payload.get("rid"), payload.get("epoch")
    if epoch is not None and not (isinstance(epoch, str) and 0 < len(epoch) <= 64):
        raise BadPayload("bad_pixel")
    numbering = None if epoch is None else parted(epoch)[0]
    return DecodedPlacement(Pixel(x, y, color), None if rid is None else _rid(rid), numbering)


PlainPlacement = tuple[str, Pixel, bytes | None, str | None]  # its acknowledgement's address, "" for none; rid; epoch


def decode_plain_placement(packet: str) -> PlainPlacement | None:
    """The packet of a placement written just as our pages and original clients write it; None for any other packet.

    It says what `decode_placement` would say, without building and taking apart what lies between.
    """
    found = _PLAIN.fullmatch(packet)
    if found is None:
        return None
    address, x, y, color, rid, epoch = found.groups()
    return address, Pixel(int(x), int(y), int(color)), None if rid is None else _plain_rid(rid), epoch


def decode_sync(arguments: list[Any]) -> tuple[str, int]:
    """The (epoch, seq) a client has. Raises BadPayload (bad_sync)."""
    payload = arguments[0] if len(arguments) == 1 else None
    if type(payload) is not dict or not isinstance(payload.get("epoch"), str):
        raise BadPayload("bad_sync")
    seq = payload.get("seq")
    if type(seq) is not int or not 0 <= seq <= LARGEST_SEQ:
        raise BadPayload("bad_sync")
    return payload["epoch"], seq


_PLAIN = re.compile(
    r'2((?:0|[1-9][0-9]{0,9})?)\["pixelFromPlayer",\{"x":(0|[1-9][0-9]{0,8}),"y":(0|[1-9][0-9]{0,8}),"color":(0|[1-9][0-9]{0,8})'
    r'(?:,"rid":"([A-Za-z0-9_-]{22})")?(?:,"epoch":"([A-Za-z0-9_]{1,32})(?:-[A-Za-z0-9_]{0,31})?")?\}\]',
    re.ASCII,
)
_PIXEL_KEYS = frozenset(("x", "y", "color", "rid", "epoch"))
_PASSING = frozenset(("cooldown", "busy", "restarting", "store_unavailable", "unknown"))
_HOSTILE = frozenset(("__proto__", "constructor", "prototype"))


def _text(value: Any, code: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise BadPayload(code)
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value, "bad_join")


def _optional_seq(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LARGEST_SEQ:
        raise BadPayload("bad_join")
    return value


def _rid(value: Any) -> bytes:
    """Sixteen bytes from 22 characters of base64url, or 24 with padding."""
    if not isinstance(value, str) or len(value) not in (22, 24):
        raise BadPayload("bad_pixel")
    try:
        decoded = urlsafe_b64decode(value[:22] + "==") if _is_base64url(value) else b""
    except binascii.Error as error:
        raise BadPayload("bad_pixel") from error
    if len(decoded) != 16:
        raise BadPayload("bad_pixel")
    return decoded


def _plain_rid(value: str) -> bytes:
    """The same for 22 characters that are known to be base64url."""
    return binascii.a2b_base64(value.replace("-", "+").replace("_", "/") + "==")


def _is_base64url(value: str) -> bool:
    return value.isascii() and value[:22].replace("-", "a").replace("_", "a").isalnum() and value[22:] in ("", "==")


def encode_pixels(pixels: bytes | bytearray, width: int, offsets: Iterable[int]) -> str:
    """The comma string of positions and their present colours."""
    return ",".join([f"{offset % width},{offset // width},{pixels[offset]}" for offset in offsets])


def encode_range(epoch: str, from_seq: int, to_seq: int) -> str:
    """The range (from, to] that a batch covers."""
    return f"{epoch}:{from_seq}:{to_seq}"


def encode_answer(answer: Answer) -> dict[str, Any]:
    """What the one who placed hears."""
    first = {"seq": answer.seq, "remainingPixels": answer.remaining, "retryIn": answer.retry_in_ms}
    if answer.code == "duplicate":  # no to this pixel, and what was said to the one before
        return encode_refusal(answer.code) | first
    return encode_refusal(answer.code, retry_in_ms(answer)) if answer.code else {"ok": True, **first}


def retry_in_ms(answer: Answer) -> int:
    """After how long the same may be a yes; 0 where waiting does not help."""
    return answer.retry_in_ms if answer.code in _PASSING else 0


def encode_refusal(code: str, retry_in_ms: int = 0) -> dict[str, Any]:
    """A no, with its reason as a code and in words, and the time after which it may be a yes."""
    refusal: dict[str, Any] = {"ok": False, "code": code, "message": MESSAGES[code]}
    if retry_in_ms:
        refusal["retryIn"] = retry_in_ms
    return refusal
