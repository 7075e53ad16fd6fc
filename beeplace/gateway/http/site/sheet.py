"""The sheet that organisers print: the site's address as a QR code and to type, and what the page may then ask for.

It hangs for a whole evening, in which the entry rule may change and codes of walls live for seconds. So it has no
code, and says of each way that may be asked for here where to find what it needs.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from aiohttp import web

from beeplace.board.state import NAME
from beeplace.errors import BadRequest
from beeplace.gateway.gateway import Gateway

_GAP: Final = re.compile(r"\{(name|address|ways)\}")


def sheet(gateway: Gateway, request: web.BaseRequest, html: str) -> bytes:
    """The page with what is this event's in it. Raises BadRequest where the request names no host to repeat."""
    if not (root := gateway.site.root(request)):
        raise BadRequest(400, "the request names no host")
    settings = gateway.board.state.settings
    told = {
        "name": settings.event_name or NAME,
        "address": root.partition("://")[2],
        "ways": " ".join(_asked(gateway, settings.entry)),
    }
    return _GAP.sub(lambda gap: escape(told[gap[1]]), html).encode()


def _asked(gateway: Gateway, entry: tuple[str, ...]) -> list[str]:
    """What a reader of the sheet can be asked for: by the rule as it is, or as a switch may make it."""
    if "ticket" in entry and "code" not in entry:
        return ["ticket"]
    return ["code", *(["ticket"] if "ticket" in gateway.entrance.possible_ways else [])]
