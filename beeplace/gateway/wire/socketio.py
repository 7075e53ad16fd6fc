"""Socket.IO 5, the server's side: the packets in Engine.IO's messages, and which namespaces a client is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from beeplace.gateway.wire import strict_json
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.profile import Profile

MAIN = "/"
RESERVED = frozenset(("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"))
BAD_AUTH = '4{"message":"bad_auth","code":"bad_auth"}'

_CONNECT, _DISCONNECT, _EVENT, _BINARY_EVENT = "0", "1", "2", "5"
_ID = r"(0|[1-9][0-9]{0,9})?"
_PLAIN_EVENT = re.compile(rf'2{_ID}\["([^"\\]*)"', re.ASCII)  # of the main namespace, as nearly every one is written
_PACKET = re.compile(rf"([0-6])(?:([1-9][0-9]?)-)?(/[\w/.-]{{1,63}}(?:,|\Z))?{_ID}(.*)", re.ASCII | re.DOTALL)


class Connect(NamedTuple):
    """A client connects to a namespace; `connected` is the answer."""

    namespace: str
    auth: dict[str, str]


class Disconnect(NamedTuple):
    """A client left a namespace; `last` where it is in none any more."""

    namespace: str
    last: bool


class NamespaceRefused(NamedTuple):
    """A client may not connect to this namespace, and hears so."""

    answer: str


class Event(NamedTuple):
    """An event by its name. `text` is the JSON array that the name begins; it is not known yet whether it is right.

    `address` is what an acknowledgement of it begins with; empty where none is asked for.
    """

    namespace: str
    name: str
    address: str
    text: str
    attachments: tuple[bytes, ...] = ()

    def arguments(self) -> list[Any]:
        """What comes behind the name. Raises ProtocolError."""
        arguments = _array(self.text)[1:]
        return [_filled(a, self.attachments) for a in arguments] if self.attachments else arguments


Received = Connect | Disconnect | NamespaceRefused | Event


class _Partial(NamedTuple):
    """A binary event of which attachments are still to come."""

    event: Event
    attachments: int


class SocketMachine:
    """One client. Invariant: an event is only seen of a namespace that the client is in.

    `expects_packet`: it is in the main namespace, and no attachment is awaited, so that a text packet of that namespace
    says all there is to know.
    """

    __slots__ = ("_partial", "_profile", "expects_packet", "namespaces")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._partial: _Partial | None = None
        self.namespaces: tuple[str, ...] = ()
        self.expects_packet = False

    def receive(self, message: str | bytes) -> Received | None:
        """What a message says; None while a binary event is not whole. Raises ProtocolError."""
        if isinstance(message, bytes) or self._partial is not None:
            return self._attachment(message)
        if message == _CONNECT:
            return self._connect(MAIN, "")
        if (found := _PLAIN_EVENT.match(message)) and MAIN in self.namespaces:
            number, name = found.groups("")
            if name in RESERVED:
                raise ProtocolError
            return Event(MAIN, name, number, message[1 + len(number) :])
        return self._any_packet(message)

    def _any_packet(self, message: str) -> Received | None:
        found = _PACKET.fullmatch(message)
        if found is None:
            raise ProtocolError
        kind, attachments, namespace, number, data = found.groups()
        where = namespace.rstrip(",") if namespace else MAIN
        if kind == _BINARY_EVENT and attachments:
            self._await(_Partial(self._any_event(where, number, data), self._most(int(attachments))))
            return None
        if attachments or (kind != _EVENT and number):
            raise ProtocolError
        return self._packet(kind, where, number, data)

    def _packet(self, kind: str, namespace: str, number: str | None, data: str) -> Received:
        if kind == _EVENT:
            return self._any_event(namespace, number, data)
        if kind == _CONNECT:
            return self._connect(namespace, data)
        if kind == _DISCONNECT and not data:
            return self._disconnect(namespace)
        raise ProtocolError  # an acknowledgement that nobody asked for, or what only servers say

    def _connect(self, namespace: str, text: str) -> Connect | NamespaceRefused:
        if namespace in self.namespaces:
            raise ProtocolError
        if namespace not in self._profile.namespaces:
            return NamespaceRefused(f'4{namespace},{{"message":"Invalid namespace"}}')
        auth = self._auth(text) if text else {}
        self.namespaces = (*self.namespaces, namespace)
        self._await(None)
        return Connect(namespace, auth)

    def _auth(self, text: str) -> dict[str, str]:
        if text[0] != "{" or text[-1] != "}" or len(text) > self._profile.max_auth_characters:
            raise ProtocolError
        auth = _json(text)
        if not isinstance(auth, dict) or not all(isinstance(value, str) for value in auth.values()):
            raise ProtocolError(answer=BAD_AUTH)
        return auth

    def _disconnect(self, namespace: str) -> Disconnect:
        if namespace not in self.namespaces:
            raise ProtocolError
        self.namespaces = tuple(name for name in self.namespaces if name != namespace)
        self._await(None)
        return Disconnect(namespace, not self.namespaces)

    def _any_event(self, namespace: str, number: str | None, text: str) -> Event:
        """An event in whatever spelling: its name is known once its JSON is read."""
        values = _array(text)
        if not values or not isinstance(values[0], str):
            raise ProtocolError
        prefix = "" if namespace == MAIN else f"{namespace},"
        return self._checked(Event(namespace, values[0], f"{prefix}{number}" if number else "", text))

    def _checked(self, event: Event) -> Event:
        if event.namespace not in self.namespaces or event.name in RESERVED:
            raise ProtocolError
        return event

    def _most(self, attachments: int) -> int:
        if attachments > self._profile.max_attachments:
            raise ProtocolError
        return attachments

    def _await(self, partial: _Partial | None) -> None:
        self._partial = partial
        self.expects_packet = partial is None and MAIN in self.namespaces

    def _attachment(self, message: str | bytes) -> Event | None:
        if self._partial is None or not isinstance(message, bytes):
            raise ProtocolError  # bytes that belong to nothing, or a text between attachments
        event, attachments = self._partial
        event = event._replace(attachments=(*event.attachments, message))
        whole = len(event.attachments) == attachments
        self._await(None if whole else _Partial(event, attachments))
        return event if whole else None


def connected(namespace: str, sid: str) -> str:
    """The answer to a CONNECT."""
    return f'0{"" if namespace == MAIN else namespace + ","}{{"sid":"{sid}"}}'


def encode_event(namespace: str, name: str, values: Sequence[Any]) -> list[str | bytes]:
    """An event as messages: the packet, and behind it what is bytes in its values."""
    return _encoded("25", "" if namespace == MAIN else namespace + ",", [name, *values])


def encode_ack(address: str, values: Sequence[Any]) -> list[str | bytes]:
    """The acknowledgement of an event, in the same form."""
    return _encoded("36", address, list(values))


def _encoded(kinds: str, address: str, values: list[Any]) -> list[str | bytes]:
    """`kinds` are the packet types without and with attachments."""
    attachments: list[bytes] = []

    def placeholder(value: object) -> dict[str, object]:
        if not isinstance(value, bytes):
            raise TypeError
        attachments.append(value)
        return {"_placeholder": True, "num": len(attachments) - 1}

    text = orjson.dumps(values, default=placeholder).decode()
    kind = f"{kinds[1]}{len(attachments)}-" if attachments else kinds[0]
    return [f"{kind}{address}{text}", *attachments]


def _json(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except strict_json.StrictJSONError as error:
        raise ProtocolError from error


def _array(text: str) -> list[Any]:
    values = _json(text) if text[:1] == "[" else None
    if not isinstance(values, list):
        raise ProtocolError
    return values


def _filled(value: Any, attachments: Sequence[bytes]) -> Any:
    """The value with its attachments in place of what stands for them."""
    if isinstance(value, list):
        return [_filled(one, attachments) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("_placeholder") is not True:
        return {key: _filled(one, attachments) for key, one in value.items()}
    number = value.get("num")
    if type(number) is not int or not 0 <= number < len(attachments):
        raise ProtocolError
    return attachments[number]
