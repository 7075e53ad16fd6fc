"""What a fuzzer draws from: odd values of JSON, odd names, and changes of bytes; all from one seeded generator."""

from __future__ import annotations

from random import Random

NAMES = ("join", "pixelFromPlayer", "sync")
HOSTILE_NAMES = (
    "connect", "disconnect", "connect_error", "newListener", "removeListener", "__proto__", "constructor", "u", "bye",
    "resetBoard", "readOnly", "userCount", "settings", "pixelRejected", "", "*", "message", "JOIN", "join ",
    "jo\\u0069n",
)  # fmt: skip
KEYS = (
    "x", "y", "color", "rid", "epoch", "seq", "token", "fingerprint", "board", "watch", "__proto__", "", "X", "admin",
)  # fmt: skip
ODD = (
    "0", "-0", "-1", "1", "7", "63", "64", "255", "256", "65536", "2147483648", "9007199254740991",
    "9007199254740993", "18446744073709551616", "1e400", "-1e400", "1.0", "1.5", "1E0", "0x1", "01", "+1", ".5",
    "NaN", "Infinity", "-Infinity", "null", "true", "false", "undefined", '""', '"1"', '"b64"', '"array"', '"none"',
    '"ADMIN"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"é"', '"😀"', '"\\x"', '"\n"', "'a'", "[]", "{}", "[1]",
    "[[1]]", "[[[[[[1]]]]]]", '{"a":1,"a":2}', '{"_placeholder":true,"num":0}', '{"__proto__":{}}',
    '{"x":{"x":{"x":{"x":1}}}}', '"AAAAAAAAAAAAAAAAAAAAAA"', "]", "}", '"',
)  # fmt: skip
EDGES = (0x00, 0x01, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0xFE, 0xFF, 0x22, 0x34, 0x5B, 0x5D, 0x7B)

_COMMON = b'0123456789[]{},:"\\ -.eEtrufalsnxyco/'


class Chance:
    """A generator with its own seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def one_in(self, odds: int) -> bool:
        """True about that often."""
        return self.random.randrange(odds) == 0

    def value(self) -> str:
        """Any JSON text, or what is nearly one."""
        if self.one_in(12):
            return f'"{self.random.choice("aé9<") * self.random.randrange(700)}"'
        if self.one_in(12):
            return "9" * self.random.randrange(1, 400)
        if self.one_in(12):
            depth = self.random.choice((1, 2, 3, 4, 5, 30, 400))
            return "[" * depth + "]" * depth
        return self.random.choice(ODD)

    def changed(self, data: bytes) -> bytes:
        """The bytes after one to four small accidents."""
        found = bytearray(data)
        for _ in range(self.random.randrange(1, 5)):
            self._accident(found)
        return bytes(found)

    def _accident(self, data: bytearray) -> None:
        draw, size = self.random, len(data)
        at = draw.randrange(size + 1)
        to = min(size, at + draw.randrange(1, 9))
        match draw.randrange(7):
            case 0 if at < size:
                data[at] ^= 1 << draw.randrange(8)
            case 1 if at < size:
                data[at] = draw.choice(EDGES)
            case 2:
                data[at:at] = self._some(draw.randrange(1, 9))
            case 3:
                del data[at:to]
            case 4:
                data[at:at] = data[at:to] * draw.randrange(1, 30)
            case 5:
                del data[at:]
            case _:
                data[at:to] = self._some(to - at)

    def _some(self, count: int) -> bytes:
        """Any bytes, or those that texts are made of: most accidents should reach beyond the first check."""
        return self.random.randbytes(count) if self.one_in(4) else bytes(self.random.choices(_COMMON, k=count))
