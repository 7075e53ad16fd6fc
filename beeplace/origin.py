"""What an origin is (RFC 6454): scheme, host and port, compared as such and never as text."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple

_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535
_ORIGIN = re.compile(
    r"(https?)://([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?", re.ASCII | re.IGNORECASE
)


class Site(NamedTuple):
    """An origin, parsed: two are the same where all three are."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@lru_cache(maxsize=256)
def site(origin: str) -> Site | None:
    """An origin as browsers say it (RFC 6454, section 7); None for `null`, and for what no browser would say."""
    matched = _ORIGIN.fullmatch(origin)
    if matched is None:
        return None
    scheme, host, port = matched[1].lower(), matched[2].lower(), int(matched[3] or 0)
    if host.startswith("["):
        try:
            host = IPv6Address(host[1:-1]).compressed
        except ValueError:
            return None
    return Site(scheme, host, port or _PORTS[scheme]) if port <= _LAST_PORT else None
