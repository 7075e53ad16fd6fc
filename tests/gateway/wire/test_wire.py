"""The protocols' state machines against their golden vectors (`tests/wire/`), and against any bytes at all."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.gateway.wire import engineio, socketio
from beeplace.gateway.wire.engineio import Signal, State
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.profile import BEEPLACE, Profile
from beeplace.gateway.wire.websocket import Control, ControlKind, Incoming, WebSocketMachine
from tests.clients.frames import masked
from tests.project import tree
from tests.project.imports import imported

WIDE = Profile(namespaces=frozenset(("/", "/custom")), max_attachments=10, without_namespace=True)
FORBIDDEN = ("asyncio", "socket", "ssl", "time", "aiohttp", "socketio", "engineio", "logging", "structlog", "threading")


def vectors(name: str, table: str) -> list[Any]:
    """The rows of one table, each named by what it is."""
    rows = json.loads((tree.ROOT / "tests" / "wire" / f"{name}.json").read_text())[table]
    return [pytest.param(row, id=row["what"]) for row in rows]


def raw(text: str) -> bytes:
    """Bytes from hex in pieces, with `ab*9` for nine times ab."""
    pieces = [piece.partition("*")[::2] for piece in text.split()]
    return b"".join(bytes.fromhex(piece) * int(times or 1) for piece, times in pieces)


def value(given: Any) -> Any:
    """A value of a row, with its bytes."""
    if isinstance(given, dict):
        return bytes.fromhex(given["hex"]) if "hex" in given else {k: value(v) for k, v in given.items()}
    return [value(one) for one in given] if isinstance(given, list) else given


# WebSocket


def expected(event: dict[str, Any]) -> Incoming:
    if "text" in event:
        text, _, times = event["text"].partition("*")
        return str(text * int(times or 1))
    if "binary" in event:
        return raw(event["binary"])
    return Control(ControlKind[event["control"]], raw(event.get("answer", "")), event.get("code", 0))


@pytest.mark.parametrize("row", vectors("websocket", "rows"))
def test_websocket_bytes_are_read_as_the_standard_says(row: dict[str, Any]) -> None:
    connection = WebSocketMachine(row.get("max_bytes", 2048))
    events = [event for data in row["receive"] for event in connection.receive(raw(data))]
    assert events == [expected(event) for event in row["events"]]


SHORT = [
    row for row in vectors("websocket", "rows") if sum(len(raw(data)) for data in row.values[0]["receive"]) < 3_000
]


@pytest.mark.parametrize("row", SHORT)
def test_websocket_bytes_may_arrive_one_by_one(row: dict[str, Any]) -> None:
    connection = WebSocketMachine(2048)
    events: list[Incoming] = []
    for byte in b"".join(map(raw, row["receive"])):
        if not connection.closing:
            events += connection.receive(bytes((byte,)))
    assert events == [expected(event) for event in row["events"]]


@given(st.lists(st.binary(max_size=200), max_size=4), st.data())
def test_where_bytes_are_cut_makes_no_difference(payloads: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(masked(payload, 0x82) for payload in payloads)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    connection = WebSocketMachine(2048)
    events: list[Incoming] = []
    for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        events += connection.receive(whole[begin:end])
    assert events == payloads


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_messages_or_one_end(chunks: list[bytes]) -> None:
    connection = WebSocketMachine(100)
    ends = [
        event
        for chunk in chunks
        if not connection.closing
        for event in connection.receive(chunk)
        if isinstance(event, Control) and event.code
    ]
    assert len(ends) == connection.closing


@given(st.binary(max_size=150))
def test_a_short_text_is_what_receive_finds(data: bytes) -> None:
    for sent in (data, masked(data)):
        text = WebSocketMachine(2048).short_text(sent)
        assert text is None or [text] == list(WebSocketMachine(2048).receive(sent))


def test_after_a_close_of_ours_only_the_peers_is_heard() -> None:
    connection = WebSocketMachine(2048)
    assert connection.close(4400) == bytes.fromhex("88021130")
    assert connection.close(4400) == b""
    assert connection.short_text(masked(b"4a")) is None
    data = masked(b"4a") + masked(b"x", 0x89) + masked(bytes.fromhex("1130"), 0x88)
    assert list(connection.receive(data)) == [Control(ControlKind.CLOSE, b"", 4400)]
    assert list(connection.receive(masked(b"x", 0x83))) == [Control(ControlKind.ERROR, b"", 1002)]


# Engine.IO


def session(state: State = State.POLLING, **profile: Any) -> engineio.EngineMachine:
    return engineio.EngineMachine(Profile(**profile), state)


@pytest.mark.parametrize("row", vectors("engineio", "packets"))
def test_an_engineio_packet_is_read(row: dict[str, Any]) -> None:
    one, event = session(**row.get("profile", {})), row["event"]
    if "error" in event:
        with pytest.raises(ProtocolError) as refused:
            one.receive(value(row["packet"]))
        assert refused.value.code == event["error"]
    elif "signal" in event:
        assert one.receive(row["packet"]) is Signal[event["signal"]]
    else:
        message = bytes.fromhex(event["binary"]) if "binary" in event else event["message"]
        assert one.receive(value(row["packet"])) == message


@pytest.mark.parametrize("row", vectors("engineio", "probes"))
def test_only_a_probe_and_an_upgrade_are_read_of_a_new_websocket(row: dict[str, Any]) -> None:
    one = session()
    assert one.begin_probe()
    if "error" in row:
        with pytest.raises(ProtocolError) as refused:
            one.receive_probe(value(row["packet"]))
        assert refused.value.code == row["error"]
    else:
        assert one.receive_probe(row["packet"]) is Signal[row["signal"]]


@pytest.mark.parametrize("row", vectors("engineio", "payloads"))
def test_a_payload_is_read_and_written(row: dict[str, Any]) -> None:
    if "error" in row:
        with pytest.raises(ProtocolError):
            list(engineio.decode_payload(row["body"]))
    else:
        assert list(engineio.decode_payload(row["body"])) == value(row["packets"])
        assert engineio.encode_payload(value(row["packets"])) == row["body"]


@pytest.mark.parametrize("row", vectors("engineio", "openings"))
def test_a_session_is_opened_with_what_the_server_promises(row: dict[str, Any]) -> None:
    promises = engineio.promised(25_000, 20_000, 1_000_000)
    assert engineio.opening("lv_VI97HAXpY6yYWAAAC", upgrade=row["upgrade"], promises=promises) == row["text"]


def test_what_waits_goes_to_the_next_poll_and_once() -> None:
    one = session()
    assert all([one.queue("4a"), one.queue("4b")])
    assert one.queue((b"43[", b"1]"))
    assert (b"".join(one.take()), one.take()) == (b"4a\x1e4b\x1e43[1]", [])


def test_what_waits_has_a_size_and_a_short_packet_counts_too() -> None:
    one = session()
    one.queue("4a")
    one.queue("4" + "a" * 5_000)
    one.queue((b"4", b"a" * 5_000))
    assert one.waiting_size == 1_024 + 2 * 5_001
    one.take()
    assert one.waiting_size == 0
    one.queue("4a")
    one.upgrade()
    assert one.waiting_size == 0


def test_no_more_waits_than_the_profile_allows() -> None:
    one = session(max_waiting=2)
    assert [one.queue("4a") for _ in range(3)] == [True, True, False]


def test_a_probe_ends_the_poll_and_an_upgrade_takes_what_waits() -> None:
    one = session()
    assert one.begin_probe()
    assert not one.begin_probe()
    one.receive_probe("2probe")
    assert one.take() == [b"6"]
    one.receive_probe("2probe")
    one.queue("4a")
    assert one.upgrade() == ["4a"]
    assert one.state is State.WEBSOCKET
    assert not one.begin_probe()
    assert one.take() == [b"6"]  # a poll that was held open meanwhile


def test_a_probe_that_fails_leaves_the_session_to_its_polls() -> None:
    one = session()
    one.begin_probe()
    one.end_probe()
    assert one.state.name == "POLLING"
    assert one.begin_probe()
    one.close()
    one.end_probe()
    assert one.state.name == "CLOSED"


# Socket.IO


def heard(client: socketio.SocketMachine, message: str | bytes) -> dict[str, Any] | None:
    """The event of one message, in the form of the vectors."""
    try:
        match client.receive(message):
            case socketio.Connect(namespace, auth):
                return {"connect": namespace, "auth": auth}
            case socketio.Disconnect(namespace, last):
                return {"disconnect": namespace, "last": last}
            case socketio.NamespaceRefused(answer):
                return {"refused": answer}
            case socketio.Event() as event:
                return {
                    "event": event.name, "arguments": event.arguments(), "namespace": event.namespace,
                    "address": event.address,
                }  # fmt: skip
    except ProtocolError as error:
        return {"error": error.code} | ({"answer": error.answer} if error.answer else {})
    return None


@pytest.mark.parametrize("row", vectors("socketio", "conversations"))
def test_a_socketio_conversation_is_read(row: dict[str, Any]) -> None:
    client = socketio.SocketMachine(WIDE if row.get("wide") else BEEPLACE)
    assert [heard(client, value(message)) for message in row["receive"]] == value(row["events"])


@pytest.mark.parametrize("row", vectors("socketio", "encoded"))
def test_socketio_packets_are_written(row: dict[str, Any]) -> None:
    values, to = value(row["values"]), row["to"]
    if row["kind"] == "connected":
        assert [socketio.connected(to, row["name"])] == row["messages"]
    elif row["kind"] == "ack":
        assert socketio.encode_ack(to, values) == value(row["messages"])
    else:
        assert socketio.encode_event(to, row["name"], values) == value(row["messages"])


def test_a_packet_says_all_only_in_the_main_namespace_and_between_binary_events() -> None:
    client = socketio.SocketMachine(WIDE)
    steps: list[str | bytes] = ["0/custom,", "0", '51-["a",{"_placeholder":true,"num":0}]', b"x", "1/custom,", "1"]
    expected = [(client.receive(step), client.expects_packet)[1] for step in steps]
    assert expected == [False, True, False, True, True, False]


@given(
    st.lists(st.one_of(st.text(max_size=30), st.from_regex(r"[0-6][0-9]{0,3}-?(/[a-z,]{0,4})?[\[{].{0,9}")), max_size=4)
)
def test_any_messages_are_read_or_refused(messages: list[str]) -> None:
    for profile in (BEEPLACE, WIDE):
        client = socketio.SocketMachine(profile)
        client.receive("0")
        for message in messages:
            heard(client, message)


# No I/O


@pytest.mark.parametrize("path", list(tree.files("beeplace/gateway/wire/*.py")), ids=str)
def test_a_state_machine_knows_no_io(path: Any) -> None:
    source = tree.text(path)
    names = [name.split(".")[0] for name in imported(source, path)]
    assert not set(names) & set(FORBIDDEN)
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]
