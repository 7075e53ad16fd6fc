"""Answers that wait for nothing, written in the step in which their request is read.

aiohttp makes a task, a writer and a timer for each request, which costs more than such an answer does. What is not one
whole GET of these paths, or asks for something special, goes to aiohttp, whose routes answer by the same functions.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache

from aiohttp import web

from beeplace.gateway.connection.takeover import RequestConnection, parsed
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.errors import set_headers

Answer = Callable[[web.BaseRequest], web.Response | None]

MAX_BYTES = 32_768  # of a body: with its head less than a connection holds before it counts as one that does not read
_MAX_HEAD = 8_192
_ENDS = b"\r\n\r\n"
_REQUEST = re.compile(rb"GET (/[A-Za-z0-9._/-]*) HTTP/1\.1\r\n")
_FOLDER = re.compile(rb"/[^/]+/[^/]+/")

logger = logging.getLogger("beeplace.http")


class PromptAnswers:
    """By path; a path that ends with a slash is all that is in it. None of an answer leaves the request to aiohttp."""

    def __init__(self, gateway: Gateway, answers: Mapping[str, Answer]) -> None:
        self._gateway = gateway
        self._answers = {path.encode(): answer for path, answer in answers.items()}
        self._begins = f"GET {gateway.site.base_path}/".encode()

    def __call__(self, data: bytes, connection: RequestConnection) -> bytes | None:
        """The whole answer to these bytes; None where aiohttp has to read them."""
        if data.startswith(self._begins):
            data = b"GET /" + data[len(self._begins) :]
        if (answer := self._asked(data)) is None or (request := parsed(data, connection, upgrade=False)) is None:
            return None
        if not request.keep_alive or "Expect" in request.headers or chosen(request, ()) is None:
            return None
        try:
            response = answer(request)
        except Exception:  # aiohttp's route fails in the same way, and says so to the client
            logger.exception("a prompt answer failed")
            return None
        if response is None or response.status != 200 or len(_body(response)) > MAX_BYTES:
            return None
        set_headers(self._gateway, request, response)
        return _written(response)

    def _asked(self, data: bytes) -> Answer | None:
        if len(data) > _MAX_HEAD or not data.endswith(_ENDS) or (asked := _REQUEST.match(data)) is None:
            return None
        if answer := self._answers.get(asked[1]):
            return answer
        folder = _FOLDER.match(asked[1])
        return self._answers.get(folder[0]) if folder else None


PROMPT_ANSWERS = web.AppKey("prompt_answers", PromptAnswers)


def _body(response: web.Response) -> bytes:
    body = response.body
    assert isinstance(body, bytes)
    return body


def _written(response: web.Response) -> bytes:
    body = _body(response)
    lines = [f"{name}: {value}\r\n" for name, value in response.headers.items()]
    head = f"HTTP/1.1 200 OK\r\n{''.join(lines)}Content-Length: {len(body)}\r\nDate: {_date(int(time.time()))}\r\n\r\n"
    return head.encode() + body


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
