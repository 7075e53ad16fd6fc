"""The link to Redis, which knows its commands: it can say some of them twice, and lose or repeat what is announced.

Doubling a command means that Redis carries it out twice while the client hears one reply, as it would after a
retry of the network that nobody asked for.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator

from tests.chaos.links.proxy import Filter, Proxy

DOUBLED = frozenset((b"EVALSHA", b"EVAL", b"FCALL", b"PUBLISH", b"SPUBLISH", b"XADD", b"SET", b"SETRANGE"))
ANNOUNCED = (b"message", b"smessage", b"pmessage")
AGGREGATES = {b"*": 1, b"~": 1, b">": 1, b"%": 2}
SIZED = b"$=!"


def frame_end(data: bytes, start: int = 0) -> int:
    """Where the RESP frame that begins at `start` ends; -1 while it is not complete."""
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return -1
    kind, after = data[start : start + 1], line_end + 2
    if kind in SIZED:
        size = int(data[start + 1 : line_end])
        after = after if size < 0 else after + size + 2
        return after if after <= len(data) else -1
    for _ in range(max(0, int(data[start + 1 : line_end])) * AGGREGATES[kind] if kind in AGGREGATES else 0):
        after = frame_end(data, after)
        if after < 0:
            return -1
    return after


def words(frame: bytes, most: int = 2) -> list[bytes]:
    """The first bulk strings of an array."""
    parts = frame.split(b"\r\n", 2 * most + 1)
    return parts[2 : 2 * most + 2 : 2]


class Frames(Filter):
    """Cuts the stream into RESP frames and asks what becomes of each."""

    def __init__(self) -> None:
        self._kept = b""

    def pass_on(self, data: bytes) -> bytes:
        self._kept += data
        return b"".join(self.instead(frame) for frame in self._complete())

    def _complete(self) -> Iterator[bytes]:
        while self._kept and (end := frame_end(self._kept)) > 0:
            frame, self._kept = self._kept[:end], self._kept[end:]
            yield frame

    def instead(self, frame: bytes) -> bytes:
        """What is passed on for one frame."""
        return frame


class RedisLink(Proxy):
    """`double` is the share of writing commands said twice; `lose` and `repeat` are shares of announcements."""

    def __init__(self, server: int, randomness: random.Random | None = None) -> None:
        super().__init__(server, randomness)
        self.double = self.lose = self.repeat = 0.0
        self.doubled = self.lost = self.repeated = 0

    def heal(self) -> None:
        self.double = self.lose = self.repeat = 0.0
        super().heal()

    def filters(self) -> tuple[Filter, Filter]:
        replies: deque[bool] = deque()
        return _Commands(self, replies), _Replies(self, replies)

    def is_due(self, share: float) -> bool:
        """Whether chance wants it now."""
        return share > 0 and self._random.random() < share


class _Commands(Frames):
    """`replies` says of each reply to come whether the client is to hear it."""

    def __init__(self, link: RedisLink, replies: deque[bool]) -> None:
        super().__init__()
        self._link, self._replies = link, replies
        self._in_transaction = False

    def instead(self, frame: bytes) -> bytes:
        name = words(frame, 1)[0].upper()
        self._in_transaction = name == b"MULTI" or (self._in_transaction and name not in (b"EXEC", b"DISCARD"))
        self._replies.append(True)
        if name in DOUBLED and not self._in_transaction and self._link.is_due(self._link.double):
            self._replies.append(False)
            self._link.doubled += 1
            return frame + frame
        return frame


class _Replies(Frames):
    def __init__(self, link: RedisLink, replies: deque[bool]) -> None:
        super().__init__()
        self._link, self._replies = link, replies

    def instead(self, frame: bytes) -> bytes:
        link = self._link
        if frame[:1] in b">*" and words(frame, 1)[:1] and words(frame, 1)[0] in ANNOUNCED:
            if link.is_due(link.lose):
                link.lost += 1
                return b""
            if link.is_due(link.repeat):
                link.repeated += 1
                return frame + frame
            return frame
        if frame[:1] == b">":
            return frame
        return frame if not self._replies or self._replies.popleft() else b""
