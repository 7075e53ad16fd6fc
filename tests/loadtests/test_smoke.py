"""The k6 smoke test passes on a server that works, and fails on each that does not."""

from __future__ import annotations

import json
import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.conftest import StartServer
from tests.loadtests.conftest import RunK6
from tests.servers import API_KEY, ServerProcess

THRESHOLDS_CROSSED = 99


def test_five_users_draw_and_see_their_pixels(server: ServerProcess, k6: RunK6) -> None:
    outcome = k6("smoke", server.url)
    assert outcome.crossed == []
    assert outcome.exit_code == 0
    assert outcome.value("users", "count") == 5
    assert outcome.value("pixels", "count") == outcome.value("pixels_seen", "count") == 15
    assert outcome.value("checks", "fails") == 0
    assert outcome.value("checks", "passes") > 50
    assert outcome.value("ws_connecting", "max") > 0


def test_users_whose_first_packet_is_lost_come_again_and_are_counted(server: ServerProcess, k6: RunK6) -> None:
    with losing(server.port, 2) as url:
        outcome = k6("smoke", url)
    assert (outcome.crossed, outcome.exit_code) == ([], 0)
    assert outcome.value("users", "count") == 5
    assert outcome.value("silent_handshakes", "count") == 2


@contextmanager
def losing(port: int, packets: int) -> Iterator[str]:
    """A way to the server that loses the packet behind the first so many handshakes, as k6 does by itself."""
    left = list(range(packets))

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as server:
                asking = threading.Thread(target=carry, args=(self.request, server), daemon=True)
                asking.start()
                first = server.recv(65_536)
                if first.startswith(b"HTTP/1.1 101") and left:
                    left.pop()
                    first = first.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                self.request.sendall(first)
                carry(server, self.request)
                asking.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as relay:
        relay.daemon_threads = True
        serving = threading.Thread(target=relay.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{relay.server_address[1]}"
        relay.shutdown()
        serving.join()


def carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def test_pixels_that_are_refused_fail_it(server: ServerProcess, k6: RunK6) -> None:
    body, headers = b'{"readOnly": true}', {"apiKey": API_KEY, "Content-Type": "application/json"}
    with urlopen(Request(f"{server.url}/board/read-only", body, headers, method="POST")) as answer:
        assert answer.status == 200
    outcome = k6("smoke", server.url)
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert {"pixels_seen", "pixels_refused"} <= set(outcome.crossed)


def test_users_who_are_not_let_in_fail_it(start_server: StartServer, k6: RunK6) -> None:
    outcome = k6("smoke", start_server(HANDSHAKES_PER_SECOND=2).url)
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert {"users", "user_errors", "pixels"} <= set(outcome.crossed)


def test_pixels_that_come_late_fail_it(start_server: StartServer, k6: RunK6) -> None:
    """A user's first pixel is placed at least 400 ms before its third, so that they cannot all be in time."""
    outcome = k6("smoke", start_server(BOARD_REFRESH_RATE=2000).url, VISIBLE_MS="200")
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert outcome.crossed == ["placement_to_frame"]


def test_another_allowance_than_expected_fails_it(start_server: StartServer, k6: RunK6) -> None:
    outcome = k6("smoke", start_server(MAX_PIXELS=2).url)
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert {"checks", "pixels"} <= set(outcome.crossed)


def test_a_server_that_is_not_there_fails_it(start_server: StartServer, k6: RunK6) -> None:
    server = start_server()
    server.stop()
    outcome = k6("smoke", server.url)
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert {"checks", "users", "pixels", "user_errors"} <= set(outcome.crossed)


WRONG_VECTORS: list[tuple[str, str, object]] = [
    ("batch.json", "good", {"text": "1,2,3", "pixels": [[1, 2, 4]]}),
    ("batch.json", "bad", "1,2,3"),
    ("range.json", "good", {"text": "e:1:2", "epoch": "e", "from": 1, "to": 3}),
    ("range.json", "bad", "e:1:2"),
    ("range.json", "client", {"epoch": "e", "seq": 5, "range": "e:6:7", "does": "apply", "then": 7}),
]


@pytest.mark.parametrize("wrong", WRONG_VECTORS, ids=lambda wrong: f"{wrong[0]}-{wrong[1]}")
def test_a_golden_vector_that_does_not_hold_fails_it(
    server: ServerProcess, k6: RunK6, tmp_path: Path, wrong: tuple[str, str, object]
) -> None:
    file, group, entry = wrong
    vectors = tmp_path / "vectors"
    shutil.copytree(Path(__file__).parent.parent / "wire", vectors)
    content = json.loads((vectors / file).read_text())
    content[group].append(entry)
    (vectors / file).write_text(json.dumps(content))
    outcome = k6("smoke", server.url, VECTORS=str(vectors))
    assert outcome.exit_code == THRESHOLDS_CROSSED
    assert outcome.crossed == ["checks"]
    assert outcome.value("checks", "fails") == 1
