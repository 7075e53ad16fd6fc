"""What gateways say to each other over Redis: sealed messages, and how news are written in them. No I/O.

A message is 16 bytes of a keyed hash over the rest, and the rest is JSON in two lines: who speaks, the number of
the message, and the epoch and seq that the speaker's board has; then the news, if there are any. Only who has
the database's secret can make one, and knows the term in which the log goes on: a copy of the database, or the same one
as it was before, goes on in another. So what gateways of two boards say is noise to each other, whatever they share.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from hmac import compare_digest
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from beeplace.board.allowance import Allowance
from beeplace.board.changes import KINDS, Record, read_on
from beeplace.board.changes import read as read_change
from beeplace.board.entries import Entry
from beeplace.board.geometry import LARGEST_SIDE, Area
from beeplace.board.moderation import NOTHING_IN_FORCE, Moderation
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.log.committed import Committed

MAC_BYTES = 16
HASH_BYTES = 8
_MAX_SETTINGS = 4_096  # characters
_MAX_MODERATION = 200_000
MAX_BYTES = 256_000  # longer news are left out; the others read them from the log


class Message(NamedTuple):
    """What one gateway says. `number` grows by 1 with each of its messages; seq and epoch are its board's."""

    gateway: str
    number: int
    epoch: str
    seq: int
    news: Committed | None = None


class Seal:
    """Makes and checks messages, and hides who is who, for one board. `term` is the one in which its log goes on."""

    def __init__(self, secret: bytes, name: str, term: Callable[[], str] = str) -> None:
        self._secret, self._name, self._now = secret, name.encode(), term
        self._people = blake2b(self._name, key=secret, person=b"bus people").digest()
        self._turn()

    def _turn(self) -> None:
        self._term = self._now()
        label = self._name + b"\0" + self._term.encode()
        self._key = blake2b(label, key=self._secret, person=b"bus messages").digest()
        self._id = blake2b(label, key=self._secret, person=b"bus board", digest_size=8).hexdigest()

    @property
    def board(self) -> str:
        """Stands for the board and the term, in keys that no other board may use."""
        if self._term != self._now():
            self._turn()
        return self._id

    def _mac(self, body: bytes) -> bytes:
        if self._term != self._now():
            self._turn()
        return blake2b(body, key=self._key, digest_size=MAC_BYTES).digest()

    def closed(self, message: Message) -> bytes:
        """The message as it goes out; without its news where they are too long."""
        head = orjson.dumps(message[:4])
        news = message.news
        tail = b"null" if news is None or _is_too_long(news) else orjson.dumps(written(news))
        body = head + b"\n" + (tail if len(tail) <= MAX_BYTES else b"null")
        return self._mac(body) + body

    def opened(self, data: bytes) -> Message | None:
        """The message, or None for anything else than one of ours."""
        mac, body = data[:MAC_BYTES], data[MAC_BYTES:]
        if not compare_digest(mac, self._mac(body)):
            return None
        try:
            head, tail = body.split(b"\n")
            message = _head(orjson.loads(head))
            told = orjson.loads(tail)
            if told is None:
                return message
            news = read(told)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return message._replace(news=news)

    def hidden(self, identity: bytes) -> bytes:
        """Eight bytes that stand for an identity, and lead back to it for nobody."""
        return blake2b(identity, key=self._people, digest_size=HASH_BYTES).digest()


def _head(told: Any) -> Message:
    gateway, number, epoch, seq = told
    return Message(_text(gateway), _whole(number), _text(epoch), _whole(seq))


def written(news: Committed) -> list[Any]:
    """News as JSON: the state, one row for each entry, and what was charged."""
    state = news.state
    return [
        [state.epoch, state.seq, state.width, state.height, state.palette.colors, state.read_only, state.term,
         state.settings.text(), *filter(None, [state.moderation.text()])],
        [
            [e.seq, e.epoch, e.identity.hex(), e.at_ms, e.action, *_told(e.change.record())]
            for e in news.entries
        ],
        {identity.hex(): [a.used, a.ends_ms] for identity, a in news.allowances.items()},
    ]  # fmt: skip


def read(told: Any) -> Committed:
    """News from JSON. Raises ValueError, TypeError, KeyError or AttributeError for what are none."""
    (epoch, seq, width, height, colors, read_only, term, settings, *more), rows, charged = told
    if not (0 < _whole(width) <= LARGEST_SIDE and 0 < _whole(height) <= LARGEST_SIDE and isinstance(read_only, bool)):
        raise ValueError("no such board")
    palette, live = Palette(tuple(_text(c) for c in colors)), _settings(settings)
    state = BoardState(
        _text(epoch), _whole(seq), width, height, palette, read_only, _text(term), live, _moderation(more)
    )
    entries = [_entry(row, state) for row in rows]
    _check(entries, state)
    allowances = {bytes.fromhex(i): Allowance(_whole(used), _whole(ends)) for i, (used, ends) in charged.items()}
    return Committed(entries, state, allowances)


def _is_too_long(news: Committed) -> bool:
    """Whether a payload alone is longer than a message, so that nothing of it need be written."""
    acted = (e.change.record().payload for e in news.entries if e.action is not None)
    return any(payload is not None and len(payload) > MAX_BYTES for payload in acted)


def _told(record: Record) -> list[Any]:
    kind, area, color, payload = record
    return [kind, area and tuple(area), color, payload and b64encode(payload).decode()]


def _entry(row: Any, state: BoardState) -> Entry:
    seq, epoch, identity, at_ms, action, number, corners, color, payload = row
    area = None if corners is None else Area(*map(_whole, corners))
    record = Record(_whole(number), area, _whole(color), None if payload is None else b64decode(payload, validate=True))
    change = read_change(record) if record.kind in KINDS else read_on(state, record)
    named = None if action is None else _whole(action)
    return Entry(_whole(seq), _text(epoch), _moment(at_ms), bytes.fromhex(identity), named, change)


def _check(entries: list[Entry], state: BoardState) -> None:
    """Raises ValueError unless the entries fit the board, have no hole, and lead to the state."""
    if not entries or (entries[-1].seq, entries[-1].epoch) != (state.seq, state.epoch):
        raise ValueError("not the state after these entries")
    for before, entry in pairwise(entries):
        if entry.seq != before.seq + 1:
            raise ValueError("a hole")
        if entry.change.KNOWN and (entry.epoch != before.epoch) != entry.change.BEGINS_EPOCH:
            raise ValueError("an epoch begins with what makes one")
    here = state
    for entry in reversed(entries):
        here = entry.change.with_size_before(here)
        if not entry.change.fits(here):
            raise ValueError("not of this board")
    after = state  # done again, a change leads to the same
    for entry in entries:
        if entry.action is not None:
            after = entry.change.state_after(replace(after, seq=entry.seq - 1))
    if replace(after, seq=state.seq) != state:
        raise ValueError("not the state after these entries")


def _settings(value: Any) -> LiveSettings:
    if not isinstance(value, str) or len(value) > _MAX_SETTINGS:
        raise TypeError("no settings")
    return LiveSettings.read(value)


def _moderation(told: list[Any]) -> Moderation:
    """What is in force; it is left out where nothing is."""
    if not told:
        return NOTHING_IN_FORCE
    [text] = told
    if not isinstance(text, str) or len(text) > _MAX_MODERATION:
        raise TypeError("nothing that is in force")
    return Moderation.read(text)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise TypeError("no whole number")
    return value


def _moment(value: Any) -> int:
    """By a wall clock, which may be set to before 1970."""
    return -_whole(-value) if type(value) is int and value < 0 else _whole(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 64:
        raise TypeError("no short text")
    return value
