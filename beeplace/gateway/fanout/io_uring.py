"""io_uring, as far as the fan-out needs it: many sends of the same bytes in one system call.

A request is 64 bytes that the kernel reads, `struct io_uring_sqe`; a result is 16 that it writes. Every send is told
not to wait, so all have been done or have failed when `submit` returns, and nothing is under way between two calls.
Not to be had before Linux 5.6, nor in a container whose seccomp profile forbids it, as Docker's own does.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
import sys
from array import array
from collections.abc import Callable

SLOTS = 512  # requests of one system call: as fast as thousands, and their memory stays in the cache
_REQUEST_BYTES = 64
_REQUEST = struct.Struct("=BBHiQQIIQ24x")  # opcode, flags, priority, fd, offset, address, length, flags of send, tag
_ADDRESS_AT, _LENGTH_AT = 16, 24
_RESULT_BYTES = 16  # tag, result, flags
_SEND = 26
_WITHOUT_WAITING = 0x40 | 0x4000  # MSG_DONTWAIT | MSG_NOSIGNAL of Linux
_SETUP, _ENTER = 425, 426  # numbers of the system calls, the same on all architectures
_GETEVENTS = _SINGLE_MMAP = 1
_REQUESTS_AT = 0x10000000  # where the requests begin in what is mapped of the ring's descriptor
_PARAMETERS = struct.Struct("=10I10I10I")  # ours and the kernel's, offsets in the queue of requests, and of results
_SQ_HEAD, _SQ_TAIL, _SQ_ARRAY = 10, 11, 16
_CQ_HEAD, _CQ_TAIL, _CQ_RESULTS = 20, 21, 25


_LONG = ctypes.c_long


def _system_call(number: int, *types: type) -> Callable[..., int]:
    """A system call by its number. Raises OSError. All types are told: what is not would be cut to 32 bits."""
    call = ctypes.CDLL(None, use_errno=True)["syscall"]
    call.restype, call.argtypes = _LONG, (_LONG, *types)

    def checked(*arguments: object) -> int:
        done: int = call(number, *arguments)
        if done < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return done

    return checked


def request(fd: int, tag: int) -> bytes:
    """A send to a connected socket, of nothing yet."""
    return _REQUEST.pack(_SEND, 0, 0, fd, 0, 0, 0, _WITHOUT_WAITING, tag)


class Requests:
    """Room for many, side by side."""

    def __init__(self, most: int) -> None:
        self._bytes = memoryview(bytearray(_REQUEST_BYTES * most))
        self._addresses = self._bytes.cast("Q")[_ADDRESS_AT // 8 :: _REQUEST_BYTES // 8]
        self._lengths = self._bytes.cast("I")[_LENGTH_AT // 4 :: _REQUEST_BYTES // 4]

    def __len__(self) -> int:
        return len(self._lengths)

    def put(self, place: int, one: bytes) -> None:
        """The request at that place."""
        self.part(place, place + 1)[:] = one

    def part(self, first: int, end: int) -> memoryview:
        """Those from one place up to another."""
        return self._bytes[_REQUEST_BYTES * first : _REQUEST_BYTES * end]

    def doubled(self) -> Requests:
        """The same, and room for as many more."""
        more = Requests(2 * len(self))
        more.part(0, len(self))[:] = self._bytes
        return more

    def send(self, data: bytes, count: int) -> None:
        """Makes the first `count` send these bytes, which must stay until they are done."""
        address = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
        self._addresses[:count] = memoryview(array("Q", [address]) * count)
        self._lengths[:count] = memoryview(array("I", [len(data)]) * count)


class IoUring:
    """One queue of requests and one of results. Raises OSError where there are none to be had, or they do not work."""

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError(errno.ENOSYS, "io_uring is Linux's")
        self._enter = _system_call(_ENTER, _LONG, _LONG, _LONG, _LONG, ctypes.c_void_p, ctypes.c_size_t)
        self.error: OSError | None = None  # of the last `submit` as a whole
        parameters = ctypes.create_string_buffer(_PARAMETERS.size)
        self._fd = _system_call(_SETUP, _LONG, ctypes.c_void_p)(SLOTS, ctypes.addressof(parameters))
        try:
            self._lay_out(_PARAMETERS.unpack(parameters.raw))
            self._prove()
        except BaseException:
            os.close(self._fd)
            raise

    def _lay_out(self, told: tuple[int, ...]) -> None:
        if not told[5] & _SINGLE_MMAP:
            raise OSError(errno.ENOSYS, "io_uring is too old here")
        self._places = told[1]  # for results, twice as many as for requests
        self._results_at = told[_CQ_RESULTS]
        self._results_end = self._results_at + _RESULT_BYTES * self._places
        self._queues = mmap.mmap(self._fd, max(self._results_end, told[_SQ_ARRAY] + 4 * SLOTS))
        self._requests = mmap.mmap(self._fd, SLOTS * _REQUEST_BYTES, offset=_REQUESTS_AT)
        self._words = memoryview(self._queues).cast("I")
        self._sq_head, self._sq_tail = told[_SQ_HEAD] // 4, told[_SQ_TAIL] // 4
        self._cq_head, self._cq_tail = told[_CQ_HEAD] // 4, told[_CQ_TAIL] // 4
        order = told[_SQ_ARRAY] // 4
        self._words[order : order + SLOTS] = memoryview(array("I", range(SLOTS)))

    def _prove(self) -> None:
        """A send that would have to wait must fail at once: one client must never hold up the others."""
        data, requests = bytes(65_536), Requests(1)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            requests.put(0, request(ours.fileno(), 7))
            requests.send(data, 1)
            tries = [self.submit(requests.part(0, 1), len(data)) for _ in range(256)]
            if tries[0] is not None or theirs.recv(1) != data[:1]:
                raise OSError(errno.ENOSYS, "io_uring does not send here")
            if tries[-1] != {7: -errno.EAGAIN}:
                raise OSError(errno.ENOSYS, "io_uring does not say here when a socket is full")

    def submit(self, requests: memoryview, expected: int) -> dict[int, int] | None:
        """Does at most `SLOTS` requests. None where the result of each is `expected`, else the results by their tags.

        A negative result is an errno; what has none was not done.
        """
        words, count = self._words, len(requests) // _REQUEST_BYTES
        start = words[self._sq_tail] % SLOTS * _REQUEST_BYTES
        cut = min(len(requests), SLOTS * _REQUEST_BYTES - start)
        self._requests[start : start + cut] = requests[:cut]
        self._requests[: len(requests) - cut] = requests[cut:]
        words[self._sq_tail] = (words[self._sq_tail] + count) & 0xFFFFFFFF
        self.error = None
        try:
            self._enter(self._fd, count, count, _GETEVENTS, None, 0)
        except OSError as error:
            self.error = error
        words[self._sq_tail] = words[self._sq_head]  # what was not taken is not left to the next call
        return self._take_results(count, expected)

    def _take_results(self, count: int, expected: int) -> dict[int, int] | None:
        head, tail = self._words[self._cq_head], self._words[self._cq_tail]
        self._words[self._cq_head] = tail
        whole = _RESULT_BYTES * ((tail - head) & 0xFFFFFFFF)
        start = self._results_at + _RESULT_BYTES * (head % self._places)
        taken = self._queues[start : min(start + whole, self._results_end)]
        taken += self._queues[self._results_at : self._results_at + whole - len(taken)]
        results = memoryview(taken).cast("i")[2 :: _RESULT_BYTES // 4].tolist()
        if results.count(expected) == count:
            return None
        return dict(zip(memoryview(taken).cast("Q")[:: _RESULT_BYTES // 8].tolist(), results, strict=True))

    def close(self) -> None:
        """Gives it back to the kernel."""
        self._words.release()
        self._queues.close()
        self._requests.close()
        os.close(self._fd)
