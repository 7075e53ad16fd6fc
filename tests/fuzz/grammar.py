"""Frames as our clients send them, changed in their structure: values, fields, events, packets, frames."""

from __future__ import annotations

from collections.abc import Callable

from tests.clients.frames import BINARY, CLOSE, NO_MASK, PING, PONG, TEXT, masked
from tests.fuzz.chance import HOSTILE_NAMES, KEYS, NAMES, Chance

Fields = list[tuple[str, str]]


class Grammar:
    """Draws packets and frames; half of them are right in form and odd only in their values."""

    def __init__(self, chance: Chance) -> None:
        self._chance, self._draw = chance, chance.random

    # Packets that a client could send

    def packet(self) -> str:
        """A packet of one of our events."""
        name = self._draw.choice(NAMES)
        ident = str(self._draw.randrange(1000)) if self._draw.random() < 0.5 else ""
        return f'42{ident}["{name}",{self._object(self._fields(name))}]'

    def _fields(self, name: str) -> Fields:
        draw = self._draw

        def number(most: int) -> str:
            return str(draw.randrange(most))

        if name == "join":
            return [("fingerprint", f'"phone {number(200)}"'), ("board", draw.choice(('"none"', '"none"', '"b64"')))]
        if name == "sync":
            return [("epoch", f'"{number(1000)}"'), ("seq", number(5000))]
        return [("x", number(64)), ("y", number(64)), ("color", number(16))]

    @staticmethod
    def _object(fields: Fields) -> str:
        return "{" + ",".join(f'"{key}":{value}' for key, value in fields) + "}"

    def odd_values(self) -> str:
        """A packet in the right form, with a field that is not what it should be."""
        name = self._draw.choice(NAMES)
        fields = self._fields(name)
        for _ in range(self._draw.randrange(1, 3)):
            match self._draw.randrange(5):
                case 0:
                    fields.append((self._draw.choice(KEYS), self._chance.value()))
                case 1 if fields:
                    fields.pop(self._draw.randrange(len(fields)))
                case 2 if fields:
                    fields.append(self._draw.choice(fields))
                case _ if fields:
                    at = self._draw.randrange(len(fields))
                    fields[at] = (fields[at][0], self._chance.value())
        return f'42{self._draw.randrange(10**6)}["{name}",{self._object(fields)}]'

    # Packets that break the rules

    def other_event(self) -> str:
        """Another event, or another number of arguments."""
        name = self._draw.choice(HOSTILE_NAMES) if self._chance.one_in(2) else self._draw.choice(NAMES)
        arguments = [self._chance.value() for _ in range(self._draw.randrange(6))]
        first = self._chance.value() if self._chance.one_in(4) else f'"{name}"'
        return f"42[{','.join([first, *arguments])}]"

    def other_packet(self) -> str:
        """Another kind of packet, namespace, id or attachment count around the same text."""
        draw, text = self._draw, self.packet()[2:].lstrip("0123456789")
        kind = draw.choice(
            ("40", "41", "42", "43", "44", "45", "46", "47", "4", "0", "1", "2", "3", "5", "6", "7", "b", "٤2")
        )
        namespace = draw.choice(("", "", "", "/admin,", "/,", "/other?a=b,", "/" + "n" * draw.randrange(600) + ","))
        ident = draw.choice(("", "0", "00", "-1", "1.5", "٢", "9" * draw.randrange(1, 130)))
        attachments = draw.choice(("", "", "", "0-", "1-", "99999999999-", "-", "1-1-"))
        rest = draw.choice(
            (text, "", "{}", "[]", "null", self._chance.value(), '["connect"]', text[: draw.randrange(len(text))])
        )
        return kind + attachments + namespace + ident + rest

    def torn(self) -> str:
        """A packet that is cut, repeated, or has something before, inside or behind it."""
        text, draw = self.packet(), self._draw
        at = draw.randrange(len(text) + 1)
        junk = draw.choice(
            (" ", "\n", "\0", "\x1e", "[", "]", "{", "}", ",", '"', "\\", "é", "\ufeff", self._chance.value())
        )
        return draw.choice(
            (text[:at], text[:at] + junk + text[at:], text + text, text[at:], junk * draw.randrange(400))
        )

    # Frames

    def frame(self) -> bytes:
        """One message in a frame or several."""
        ways: tuple[Callable[[], str], ...] = (self.other_event, self.other_packet, self.torn)
        roll = self._draw.random()
        if roll < 0.35:
            text = self.packet()
        elif roll < 0.75:
            text = self.odd_values()
        else:
            text = self._draw.choice(ways)()
        payload = text.encode("utf-8", "surrogatepass")
        return self._odd_frames(payload) if self._chance.one_in(12) else self._framed(payload)

    def _framed(self, payload: bytes) -> bytes:
        return masked(payload, mask=self._draw.randbytes(4) if self._chance.one_in(8) else NO_MASK)

    def _odd_frames(self, payload: bytes) -> bytes:
        """The same payload in frames that the standard knows, or does not."""
        draw = self._draw
        match draw.randrange(8):
            case 0:
                at = draw.randrange(len(payload) + 1)
                return masked(payload[:at], TEXT) + masked(b"between", 0x80 | PING) + masked(payload[at:], 0x80)
            case 1:
                pieces = [masked(payload[i : i + 1], 0 if i else TEXT) for i in range(min(len(payload), 100))]
                return b"".join(pieces) + masked(payload[100:], 0x80)
            case 2:
                return masked(payload, 0x80 | BINARY)
            case 3:
                return masked(payload[:130], 0x80 | draw.choice((PING, PONG, CLOSE)))
            case 4:
                return masked(draw.randrange(65_536).to_bytes(2, "big") + payload[:20], 0x80 | CLOSE)
            case 5:
                return masked(payload, draw.randrange(256))
            case 6:
                return bytes((0x81, len(payload) % 126)) + payload
            case _:
                return masked(payload * draw.randrange(1, 60))
