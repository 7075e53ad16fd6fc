"""Numbers in the queries of the walls' routes."""

from __future__ import annotations

from aiohttp import web

from beeplace.errors import BadRequest


def integer(request: web.Request, name: str, least: int, most: int) -> int:
    """One integer in ASCII digits. Raises BadRequest."""
    given = request.query.getall(name, [])
    if len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) < 16:
        value = int(given[0])
        if least <= value <= most:
            return value
    raise BadRequest(422, f"{name} must be one integer from {least} to {most}")
