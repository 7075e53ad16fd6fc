"""What the gateway uses of libraries beyond their documented interface is as it was, and there is no more of it.

An upgrade that changes one of these names fails here first, and says which. After an upgrade: read the changed code,
adapt `handover.py` and `requests.py`, and then this file.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import socket
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

import pytest
from aiohttp import EMPTY_PAYLOAD, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpProcessingError, HttpRequestParser, RawRequestMessage, StreamWriter
from aiohttp.streams import StreamReader

from beeplace.gateway.connection.fast_handshake import PendingConnection
from beeplace.gateway.connection.takeover import accept
from beeplace.gateway.http.connection import HttpConnection
from tests.project import tree
from tests.project.imports import imported
from tests.project.private_names import foreign_private, own_names
from tests.project.tree import ROOT

PINS = {"aiohttp": "3.14.5", "python-socketio": "5.18.1"}
MAX_NAMES = 15
# Each name once, with the test below that holds it.
UNDOCUMENTED = {
    "beeplace/gateway/connection/takeover.py": {
        "aiohttp.base_protocol.BaseProtocol": "test_a_handshake_can_be_parsed_without_a_connection",
        "aiohttp.http.HttpRequestParser": "test_a_handshake_can_be_parsed_without_a_connection",
        "BaseRequest()": "test_a_request_asks_its_protocol_for_no_more_than_ours_has",
        "BaseRequest.protocol": "test_a_request_knows_its_connection",
        "RequestHandler.transport": "test_a_request_knows_its_connection",
        "RequestHandler.connection_lost": "test_a_request_knows_its_connection",
        "RequestHandler._message_tail": "test_a_request_knows_its_connection",
        "RequestHandler._messages": "test_a_request_knows_its_connection",
        "socket._accept": "test_a_listening_socket_gives_a_connection_as_a_number",
    },
    "beeplace/gateway/http/connection.py": {
        "Server.request_factory": "test_a_request_without_a_target_can_be_given_one",
        "RequestHandler()": "test_a_handler_takes_the_options_that_ours_is_given",
        "RequestHandler.handle_error": "test_a_handler_says_what_it_cannot_answer",
        "RequestHandler.finish_response": "test_an_answer_that_cannot_be_written_can_be_replaced",
        "RequestHandler._next_keepalive_close_time": "test_a_connection_is_kept_for_as_long_behind_an_answer_of_ours",
        "BaseRequest._payload_writer": "test_an_answer_that_cannot_be_written_can_be_replaced",
    },
}
DOCUMENTED = {"_replace", "_asdict", "_exit", "_value_", "_name_"}  # of named tuples, `os` and enumerations


def test_there_are_few_undocumented_names_and_each_has_its_test() -> None:
    names = [name for module in UNDOCUMENTED.values() for name in module]
    assert len(names) == len(set(names)) <= MAX_NAMES
    assert all(callable(globals()[test]) for module in UNDOCUMENTED.values() for test in module.values())


def test_no_other_private_name_of_a_library_is_used() -> None:
    sources = {path: tree.text(path) for path in tree.files("beeplace/*.py")}
    own = own_names(sources.values()) | DOCUMENTED
    found = {str(path): foreign_private(source, own) for path, source in sources.items()}
    listed = {
        path: {last for name in names if (last := name.rpartition(".")[2]).startswith("_")}
        for path, names in UNDOCUMENTED.items()
    }
    assert {path: names for path, names in found.items() if names} == {p: names for p, names in listed.items() if names}


def test_a_private_name_is_seen() -> None:
    source = "class Own:\n    def __init__(self):\n        self._own = 1\n\ndef f(x):\n    return x._own, x._theirs"
    assert foreign_private(source, own_names([source])) == {"_theirs"}


def test_no_other_module_imports_what_aiohttp_does_not_document() -> None:
    for path in tree.files("beeplace/*.py"):
        names = set(imported(tree.text(path), path))
        inner = {name for name in names if re.match(r"aiohttp\.(?!web\b)[a-z_]+", name)}
        listed = {name for name in UNDOCUMENTED.get(str(path), {}) if name.startswith("aiohttp.")}
        assert inner <= {name.rpartition(".")[0] for name in listed} | listed, path


def test_the_server_has_its_protocols_from_nowhere_else() -> None:
    """But for the desk's socket, which only those reach who showed a key."""
    for path in tree.files("beeplace/*.py"):
        if str(path) == "beeplace/gateway/desk_socket/server.py":
            continue
        assert not {"socketio", "engineio"} & {name.split(".")[0] for name in imported(tree.text(path), path)}, path


@pytest.mark.parametrize("source", ["import engineio", "from socketio.packet import Packet"])
def test_a_library_of_the_protocols_is_seen(source: str) -> None:
    path = PurePath("beeplace/gateway/x.py")
    assert {"socketio", "engineio"} & {name.split(".")[0] for name in imported(source, path)}


@pytest.mark.parametrize("package", list(PINS))
def test_a_pinned_library_is_the_one_that_was_read(package: str) -> None:
    assert version(package) == PINS[package]
    assert f'"{package}=={PINS[package]}"' in (ROOT / "pyproject.toml").read_text()


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
    assert asked | {"transport"} <= slots(PendingConnection) | {"peername"}
    assert isinstance(inspect.getattr_static(PendingConnection, "peername"), property)


def test_a_request_knows_its_connection() -> None:
    for name in ("transport", "protocol"):
        assert isinstance(inspect.getattr_static(web.Request, name), property) or hasattr(web.Request, name)
    assert {"_message_tail", "_messages", "transport"} <= slots(web.RequestHandler)
    assert str(inspect.signature(web.RequestHandler.connection_lost)).startswith("(self, exc:")


def test_a_request_can_be_written_again_as_it_came() -> None:
    for name in ("method", "raw_path", "version", "raw_headers", "content"):
        assert hasattr(web.BaseRequest, name)
    assert str(inspect.signature(StreamReader.read_nowait)).startswith("(self, n: int = -1)")


def test_a_connection_says_when_its_client_does_not_read() -> None:
    for name in ("pause_writing", "resume_writing"):
        assert str(inspect.signature(getattr(web.RequestHandler, name))) == "(self) -> None"


def test_a_request_without_a_target_can_be_given_one() -> None:
    assert callable(RawRequestMessage._replace)
    assert "self.request_factory = request_factory" in inspect.getsource(web.Server)


def test_a_handler_takes_the_options_that_ours_is_given() -> None:
    parameters = inspect.signature(web.RequestHandler).parameters
    assert {"loop", "access_log", "logger", "keepalive_timeout", "tcp_keepalive", "auto_decompress"} <= set(parameters)
    assert next(iter(parameters)) == "manager"


def test_a_handler_says_what_it_cannot_answer() -> None:
    theirs, ours = (
        list(inspect.signature(kind.handle_error).parameters) for kind in (web.RequestHandler, HttpConnection)
    )
    assert theirs == ours == ["self", "request", "status", "exc", "message"]


async def test_an_answer_that_cannot_be_written_can_be_replaced() -> None:
    assert list(inspect.signature(web.RequestHandler.finish_response).parameters) == [
        "self", "request", "resp", "start_time",
    ]  # fmt: skip
    assert "self._payload_writer = payload_writer" in inspect.getsource(web.BaseRequest.__init__)
    assert list(inspect.signature(StreamWriter).parameters)[:2] == ["protocol", "loop"]
    assert StreamWriter(HttpConnection, asyncio.get_running_loop()).output_size == 0  # type: ignore[arg-type]


def test_a_connection_is_kept_for_as_long_behind_an_answer_of_ours() -> None:
    assert {"_next_keepalive_close_time", "_keepalive_timeout"} <= slots(web.RequestHandler)
    assert "close_time = self._next_keepalive_close_time" in inspect.getsource(web.RequestHandler._process_keepalive)


def slots(kind: type) -> set[str]:
    return {name for parent in kind.__mro__ for name in getattr(parent, "__slots__", ())}
