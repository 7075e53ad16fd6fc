"""What a client could make us log is logged once a minute."""

from __future__ import annotations

import logging

from beeplace.log_limit import LogLimit


class Log:
    """What passes the limit, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self._limit = LogLimit(lambda: self.now)

    def passes(self, message: object, name: str = "aiohttp.server", error: Exception | None = None) -> str | None:
        """The line as it is written, if it is."""
        found = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(name, logging.ERROR, "", 1, message, (), found)
        return record.getMessage() if self._limit.filter(record) else None


def raised(kind: type[Exception]) -> Exception:
    try:
        raise kind
    except kind as error:
        return error


def test_the_first_line_of_a_kind_passes_and_the_next_a_minute_later_says_how_many() -> None:
    log = Log()
    assert [log.passes("a") for _ in range(1000)] == ["a"] + 999 * [None]
    assert log.passes("b") == "b"
    assert log.passes("a", name="another") == "a"
    log.now = 60.0
    assert log.passes("a") == "a (999 more since the last such line)"
    assert log.passes("a") is None
    log.now = 120.0
    assert log.passes("b") == "b"


def test_the_same_exception_is_one_kind_whatever_is_said_of_it() -> None:
    log = Log()
    assert [log.passes(str(n), error=raised(ValueError)) for n in range(100)] == ["0"] + 99 * [None]
    assert log.passes("x", error=raised(TypeError)) == "x"


def test_what_a_message_says_of_one_object_makes_no_kind() -> None:
    log = Log()
    assert [log.passes(f"socket.send() failed <object at {n}>") is not None for n in range(3)] == [True, False, False]


def test_kinds_are_bounded() -> None:
    log = Log()
    assert sum(log.passes(str(n)) is not None for n in range(10_000)) == 257


def test_lines_of_our_own_all_pass() -> None:
    log = Log()
    assert all(log.passes({"event": "listening"}) for _ in range(100))
