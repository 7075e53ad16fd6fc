"""The private names of aiohttp, python-engineio and python-socketio that the gateway relies on are as they were.

An upgrade that changes one of them fails here first, and says which. After an upgrade: read the changed code,
adapt `engine.py`, `sockets.py`, `handover.py` and `requests.py`, and then this file.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import socket
from importlib.metadata import version
from typing import Any

import engineio
import pytest
import socketio
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParser, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler
from engineio.async_drivers.aiohttp import translate_request
from engineio.packet import CLOSE, MESSAGE, NOOP, OPEN, PING, PONG, Packet
from engineio.payload import Payload
from socketio.base_manager import BaseManager

from beeplace.gateway.entrance import Entrance
from beeplace.gateway.handover import accept
from tests.project.tree import ROOT

SERVER: Any = socketio.AsyncServer
PINS = {"aiohttp": "3.14.5", "python-engineio": "4.15.1", "python-socketio": "5.18.1"}
SIGNATURES: list[tuple[Any, str]] = [
    (SERVER._handle_event, "(self, eio_sid, namespace, id, data)"),
    (SERVER._handle_connect, "(self, eio_sid, namespace, data)"),
    (SERVER._handle_disconnect, "(self, eio_sid, namespace, reason=None)"),
    (SERVER._handle_eio_message, "(self, eio_sid, data)"),
    (SERVER._engineio_server_class, "(self)"),
    (socketio.AsyncManager.sid_from_eio_sid, "(self, eio_sid, namespace)"),
    (socketio.AsyncManager.eio_sid_from_sid, "(self, sid, namespace)"),
    (engineio.AsyncServer.attach, "(self, app, engineio_path='engine.io')"),
    (engineio.AsyncServer._trigger_event, "(self, event, *args, **kwargs)"),
    (engineio.AsyncServer.generate_id, "(self)"),
    (translate_request, "(request)"),
    (RequestHandler.finish_response, "(self, request, resp, start_time)"),
    (Packet.__init__, "(self, packet_type=6, data=None, encoded_packet=None)"),
    (Packet.encode, "(self, b64=False)"),
    (Payload.__init__, "(self, packets=None, encoded_payload=None)"),
]


@pytest.mark.parametrize("package", list(PINS))
def test_a_pinned_library_is_the_one_that_was_read(package: str) -> None:
    assert version(package) == PINS[package]
    assert f'"{package}=={PINS[package]}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(("function", "signature"), SIGNATURES, ids=lambda value: getattr(value, "__qualname__", ""))
def test_a_private_function_takes_what_it_took(function: Any, signature: str) -> None:
    bare = re.sub(r": [^,)=]+(?==|,|\))", "", str(inspect.signature(function)).split(" ->")[0])
    assert bare.replace(" = ", "=") == signature


@pytest.mark.parametrize(("kind", "number"), [(OPEN, 0), (CLOSE, 1), (PING, 2), (PONG, 3), (MESSAGE, 4), (NOOP, 6)])
def test_a_packet_begins_with_its_number(kind: int, number: int) -> None:
    assert kind == number
    assert Packet(kind, None).encode() == str(number)


def test_a_message_is_encoded_as_it_is() -> None:
    assert Packet(MESSAGE, '2["u","é"]').encode() == '42["u","é"]'
    assert Packet(OPEN, {"sid": "x"}).encode() == '0{"sid":"x"}'


def test_a_payload_is_split_at_the_record_separator() -> None:
    packets = Payload(encoded_payload="4a\x1e2").packets
    assert [(p.packet_type, p.data, p.binary) for p in packets] == [(MESSAGE, "a", False), (PING, "", False)]


def test_a_payload_of_too_many_packets_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Too many packets"):
        Payload(encoded_payload="\x1e".join(["4"] * (Payload.max_decode_packets + 1)))


async def test_a_server_has_the_attributes_that_we_use() -> None:
    server: Any = SERVER(async_mode="aiohttp")
    assert server.reserved_events == ["connect", "disconnect"]
    assert (server.environ, server.handlers, server.namespace_handlers) == ({}, {}, {})
    assert server.eio.sockets == {}
    assert (server.eio.ping_interval, server.eio.ping_timeout) == (25, 20)
    assert isinstance(server.eio, server._engineio_server_class())
    assert isinstance(server.eio.reason.TRANSPORT_CLOSE, str)
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", server.eio.generate_id())


async def test_an_accepted_client_is_known_by_its_session() -> None:
    server: Any = SERVER(async_mode="aiohttp")
    server.manager.set_server(server)
    sid = await server.manager.connect("eio", "/")
    assert server.manager.sid_from_eio_sid("eio", "/") == sid
    assert server.manager.eio_sid_from_sid(sid, "/") == "eio"
    assert server.manager.sid_from_eio_sid("another", "/") is None


async def test_the_manager_connects_a_client_without_waiting() -> None:
    server: Any = SERVER(async_mode="aiohttp")
    server.manager.set_server(server)
    library: Any = BaseManager
    library.basic_enter_room(server.manager, "sid", "/", None, eio_sid="eio")  # all that makes it known
    assert server.manager.sid_from_eio_sid("eio", "/") == "sid"
    assert server.manager.is_connected("sid", "/")
    assert server.manager.pre_disconnect("sid", "/") == "eio"
    await server.manager.disconnect("sid", "/", ignore_queue=True)
    assert not server.manager.is_connected("sid", "/")
    assert server.manager.sid_from_eio_sid("eio", "/") is None
    assert library.initialize(server.manager) is None
    assert "initialize" not in vars(socketio.AsyncManager)


def test_a_listening_socket_gives_a_connection_as_a_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, socket.create_connection(door.getsockname()) as theirs:
        with accept(door, int(door.family)) as ours:
            assert (ours.family, ours.type, ours.gettimeout()) == (socket.AF_INET, socket.SOCK_STREAM, 0.0)
            assert ours.getpeername() == theirs.getsockname()
            assert not ours.get_inheritable()
        door.setblocking(False)
        with pytest.raises(BlockingIOError):
            accept(door, int(door.family))


async def test_a_handshake_can_be_parsed_without_a_connection() -> None:
    loop = asyncio.get_running_loop()
    parser: Any = HttpRequestParser(BaseProtocol(loop), loop, 8_192, auto_decompress=False)
    head = b"GET /?a=b HTTP/1.1\r\nHost: c\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    (message, payload), *more = parser.feed_data(head)[0]
    assert (message.method, message.url.query["a"], message.headers["host"]) == ("GET", "b", "c")
    assert payload is EMPTY_PAYLOAD
    assert not more
    assert parser.feed_data(b"")[1:] == (True, b"")
    body: Any = HttpRequestParser(BaseProtocol(loop), loop, 8_192, auto_decompress=False)
    (_, payload), *more = body.feed_data(head.replace(b"Host:", b"Content-Length: 2\r\nHost:") + b"ab")[0]
    assert payload is not EMPTY_PAYLOAD
    other: Any = HttpRequestParser(BaseProtocol(loop), loop, 8_192, auto_decompress=False)
    with pytest.raises(HttpProcessingError):
        other.feed_data(b"\x16\x03\x01\r\n\r\n")


def test_a_request_asks_its_protocol_for_no_more_than_ours_has() -> None:
    asked = set(re.findall(r"\bprotocol\.(\w+)", inspect.getsource(web.BaseRequest.__init__)))
    assert asked == {"ssl_context", "peername", "sockname"}
    assert asked | {"transport"} <= slots(Entrance)


def test_a_request_knows_its_connection() -> None:
    assert isinstance(inspect.getattr_static(web.Request, "transport"), property) or hasattr(web.Request, "transport")
    assert {"_message_tail", "_messages", "transport"} <= slots(RequestHandler)
    assert str(inspect.signature(RequestHandler.connection_lost)).startswith("(self, exc:")


def test_a_request_can_be_written_again_as_it_came() -> None:
    for name in ("method", "raw_path", "version", "raw_headers", "content"):
        assert hasattr(web.BaseRequest, name)
    assert str(inspect.signature(StreamReader.read_nowait)).startswith("(self, n: int = -1)")


def test_a_connection_says_when_its_client_does_not_read() -> None:
    assert {"_loop", "_paused", "_request_factory"} <= slots(RequestHandler)
    for name in ("pause_writing", "resume_writing"):
        assert str(inspect.signature(getattr(RequestHandler, name))) == "(self) -> None"


def test_a_request_without_a_target_can_be_given_one() -> None:
    assert callable(RawRequestMessage._replace)
    assert "self.request_factory = request_factory" in inspect.getsource(web.Server)


def slots(kind: type) -> set[str]:
    return {name for parent in kind.__mro__ for name in getattr(parent, "__slots__", ())}
