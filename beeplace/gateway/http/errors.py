"""Every HTTP error as the thesis's JSON, `{"statusCode": N, "message": "..."}`, and the headers of every answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
import orjson
from aiohttp import web

from beeplace.errors import BadRequest, Busy, NotDone, Restarting, StoreUnavailable
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.encodings import settle
from beeplace.gateway.http.site.error_page import error_page, wants_page
from beeplace.gateway.http.site.well_known import lead, page_meant

REQUEST_SECONDS = 10.0
_PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
_TLS_ALONE = "max-age=31536000"

DEADLINE = web.RequestKey("deadline", asyncio.Timeout)  # of the answer; a route may have one of its own

logger = logging.getLogger("beeplace.http")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json", headers=headers)


def reply(model: msgspec.Struct, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer that is a model."""
    return web.Response(body=msgspec.json.encode(model), content_type="application/json", headers=headers)


class ErrorAnswer(web.Response):
    """An error in the thesis's form, which may yet be shown as a page."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        body = orjson.dumps({"statusCode": status, "message": message})
        super().__init__(body=body, status=status, content_type="application/json", headers=headers)
        self.message, self.own_headers = message, headers


def error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error in the thesis's form."""
    return ErrorAnswer(status, message, headers)


def plain(http: web.HTTPException) -> web.Response:
    """An error of aiohttp's in the thesis's form, without its own words, which repeat what was sent."""
    return error(http.status, http.reason, {k: v for k, v in http.headers.items() if k in ("Allow", "Location")})


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Maps what a route raises to an answer; no trace of it leaves the process."""
    if request.path.startswith("/socket.io/"):
        return await handler(request)
    response = await _answered(request, handler)
    if isinstance(response, ErrorAnswer) and wants_page(request):
        site = request.app[GATEWAY].site
        if response.status == web.HTTPNotFound.status_code and (page := page_meant(request.path)):
            return lead(request, site.base_path, page)
        return error_page(request, response.status, response.message, response.own_headers, site.path("/"))
    return response


SAID = (BadRequest, NotDone, Busy, Restarting, StoreUnavailable)


def said(raised: Exception) -> tuple[int, str]:
    """Status and words for one of `SAID`."""
    if isinstance(raised, BadRequest):
        return raised.status, str(raised)
    if isinstance(raised, (NotDone, Busy, Restarting)):
        return 503, str(raised)
    return 503, str(StoreUnavailable.__doc__)  # its own words may be the database's, which name hosts and files


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        async with asyncio.timeout(REQUEST_SECONDS) as request[DEADLINE]:
            response = await handler(request)
        if settle(request, response):
            return response
        return error(406, "this comes plain, or compressed by gzip", {"Vary": "Accept-Encoding"})
    except SAID as raised:
        status, words = said(raised)
        return error(status, words, {"Retry-After": "2"} if status == 503 else None)
    except ConnectionError:
        return error(400, "the connection was closed")  # nobody reads it, and there is nothing to log
    except TimeoutError:
        if request.writer.output_size and request.transport:
            request.transport.abort()  # a second answer in the middle of the first would be taken for a part of it
        return error(408, "the request took too long")
    except web.HTTPException as http:
        return plain(http)
    except Exception:
        logger.exception("a route failed")
        return error(500, "something went wrong here")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal of the application."""
    set_headers(request.app[GATEWAY], request, response)


def set_headers(gateway: Gateway, request: web.BaseRequest, response: web.StreamResponse) -> None:
    """What every answer says to a browser."""
    headers = response.headers
    headers["Server"] = "BeePlace"
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Permissions-Policy", _PERMISSIONS)
    if gateway.origins.secure(request):
        headers["Strict-Transport-Security"] = _TLS_ALONE
