"""Plain requests to a server, by aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

LOST = (aiohttp.ClientError, OSError, asyncio.IncompleteReadError)  # what a network does to a request or a session


async def post(url: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, dict[str, Any]]:
    """An organiser's request: status and answer."""
    headers = {} if key is None else {"apiKey": key}
    async with aiohttp.ClientSession() as session, session.post(url + path, json=body, headers=headers) as response:
        found: dict[str, Any] = await response.json()
        return response.status, found


async def get(url: str, path: str, **options: Any) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers."""
    async with aiohttp.ClientSession() as session, session.get(url + path, **options) as response:
        return response.status, await response.read(), response.headers
