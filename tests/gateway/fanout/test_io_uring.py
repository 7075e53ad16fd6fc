"""io_uring as the fan-out uses it: every request has its own result, and none ever waits."""

from __future__ import annotations

import errno
import random
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from beeplace.gateway.fanout.io_uring import SLOTS, IoUring, Requests, request

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="io_uring is Linux's")

DATA = b"a frame of some thirty bytes: " + bytes(range(97, 110))


@pytest.fixture
def ring() -> Iterator[IoUring]:
    ring = IoUring()
    yield ring
    ring.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as door, socket.create_connection(door.getsockname()) as theirs:
        ours, _ = door.accept()
        with ours:
            theirs.settimeout(5)
            yield ours, theirs


def all_to(fd: int, count: int) -> Requests:
    requests = Requests(count)
    for place in range(count):
        requests.put(place, request(fd, place))
    requests.send(DATA, count)
    return requests


def nothing_but(data: bytes, theirs: socket.socket) -> bool:
    """Whether that is all there is to read."""
    received = b""
    while len(received) < len(data):
        received += theirs.recv(1 << 20)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)
    theirs.settimeout(5)
    return received == data


def test_any_number_of_requests_goes_through_however_the_queues_turn(
    ring: IoUring, pair: tuple[socket.socket, socket.socket]
) -> None:
    chance, requests = random.Random(4), all_to(pair[0].fileno(), SLOTS)
    for count in [SLOTS, 1, SLOTS - 1, *(chance.randint(1, SLOTS) for _ in range(200))]:
        assert ring.submit(requests.part(0, count), len(DATA)) is None
        assert nothing_but(count * DATA, pair[1])


def test_each_failure_has_its_place_and_the_others_are_sent(
    ring: IoUring, pair: tuple[socket.socket, socket.socket]
) -> None:
    chance = random.Random(5)
    for _ in range(100):
        count = chance.randint(2, 100)
        requests = all_to(pair[0].fileno(), count)
        closed = chance.sample(range(count), chance.randint(1, count - 1))
        for place in closed:
            requests.put(place, request(-1, place))
        requests.send(DATA, count)
        results = ring.submit(requests.part(0, count), len(DATA))
        assert results == {place: -errno.EBADF if place in closed else len(DATA) for place in range(count)}
        assert nothing_but((count - len(closed)) * DATA, pair[1])


def test_a_full_socket_fails_at_once_and_the_next_one_is_sent_to(
    ring: IoUring, pair: tuple[socket.socket, socket.socket]
) -> None:
    full, unread = socket.socketpair()
    with full, unread:
        full.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                full.send(bytes(4096))
        requests = Requests(2)
        requests.put(0, request(full.fileno(), 0))
        requests.put(1, request(pair[0].fileno(), 1))
        requests.send(DATA, 2)
        assert ring.submit(requests.part(0, 2), len(DATA)) == {0: -errno.EAGAIN, 1: len(DATA)}
        assert nothing_but(DATA, pair[1])


def test_a_connection_with_little_room_says_how_much_it_took(
    ring: IoUring, pair: tuple[socket.socket, socket.socket]
) -> None:
    data, requests = random.Random(6).randbytes(30_000_000), Requests(1)
    requests.put(0, request(pair[0].fileno(), 3))
    requests.send(data, 1)
    results = ring.submit(requests.part(0, 1), len(data))
    assert results is not None
    assert 0 < results[3] < len(data)
    assert nothing_but(data[: results[3]], pair[1])


def test_what_the_kernel_does_not_take_has_no_result_and_is_not_done_later(
    ring: IoUring, pair: tuple[socket.socket, socket.socket]
) -> None:
    requests = all_to(pair[0].fileno(), 3)
    fd = ring._fd
    ring._fd = -1  # as a kernel that refuses the call
    assert ring.submit(requests.part(0, 3), len(DATA)) == {}
    ring._fd = fd
    assert ring.submit(requests.part(0, 1), len(DATA)) is None
    assert nothing_but(DATA, pair[1])


def test_requests_keep_what_they_were_when_they_grow() -> None:
    requests = all_to(7, 3)
    assert bytes(requests.doubled().part(0, 3)) == bytes(requests.part(0, 3))
    assert len(requests.doubled()) == 6


def test_a_ring_that_is_closed_leaves_nothing() -> None:
    def held() -> tuple[int, int]:
        return len([*Path("/proc/self/fd").iterdir()]), Path("/proc/self/maps").read_text().count("io_uring")

    IoUring().close()
    before = held()
    for _ in range(20):
        IoUring().close()
    assert held() == before


def test_without_descriptors_there_is_no_ring_and_nothing_stays() -> None:
    before = len([*Path("/proc/self/fd").iterdir()])
    with ExitStack() as stack:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # all three are taken
        with pytest.raises(OSError, match="Too many open files"):
            IoUring()
    assert len([*Path("/proc/self/fd").iterdir()]) == before
