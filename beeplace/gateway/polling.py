"""Reads what a polling client posts: whole, or not at all.

python-engineio takes what has arrived when it looks, and answers `200 OK` for the rest that it lost.
"""

from __future__ import annotations

import asyncio

import engineio
from aiohttp import web

_BODY_SECONDS = 5.0


async def whole_body(request: web.Request, most: int) -> str:
    """The body of a poll, whole or not at all. Raises EngineIOError."""
    size = request.content_length
    if size is None or size > most:
        raise engineio.exceptions.ContentTooLongError
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return (await request.content.readexactly(size)).decode()
    except (TimeoutError, asyncio.IncompleteReadError, UnicodeDecodeError) as error:
        raise engineio.exceptions.EngineIOError from error
