"""Who asks, and from where: the browser's site, the host it meant, and the address behind trusted proxies."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from aiohttp import web

MAX_HOPS = 5
_PORTS = {"http": 80, "https": 443}
_SECURED = {"ws": "http", "wss": "https"}  # as some proxies say of a WebSocket
_LAST_PORT = 65_535
_ORIGIN = re.compile(
    r"(https?)://([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?", re.ASCII | re.IGNORECASE
)

logger = logging.getLogger("beeplace.http")


class Site(NamedTuple):
    """An origin, parsed: two are the same where all three are."""

    scheme: str
    host: str
    port: int


class Origins:
    """Without a list a page may open sockets to the origin that served it; with one, only the sites on it may."""

    def __init__(self, allowed: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._allowed = frozenset(map(site, allowed))
        self._proxies = tuple(proxies)

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        """Whether a page of `origin`, the value of a request's `Origin`, may speak to us."""
        found = site(origin)
        if found is None or len(request.headers.getall("Origin", ())) > 1:
            return False
        if self._allowed:
            return found in self._allowed
        if found != site(f"{found.scheme}://{self.host(request)}"):
            return False
        if found.scheme in (scheme := self._schemes(request)):
            return True
        logger.warning("refused a page over %s on a connection over %s: is its proxy in TRUSTED_PROXIES?",
                       found.scheme, *scheme)  # fmt: skip
        return False

    def ours(self, address: str, request: web.BaseRequest) -> bool:
        """Whether an origin is this site, over TLS or not, or one on the list."""
        found = site(address)
        return found is not None and (found in self._allowed or found == site(f"{found.scheme}://{self.host(request)}"))

    def host(self, request: web.BaseRequest) -> str:
        """The host the browser asked for; a proxy's word for it counts only if the proxy is trusted."""
        return self._said(request, "X-Forwarded-Host") or request.host

    def secure(self, request: web.BaseRequest) -> bool:
        """Whether the browser came over TLS."""
        return self._schemes(request) == ("https",)

    def _schemes(self, request: web.BaseRequest) -> tuple[str, ...]:
        """How the browser came; either way where a trusted proxy does not say."""
        if not self._trusts(request.remote or ""):
            return (request.scheme,)
        said = self._said(request, "X-Forwarded-Proto").lower()
        return (_SECURED.get(said, said),) if said else ("http", "https")

    def address(self, request: web.BaseRequest) -> str:
        """The client's address: the last one that no trusted proxy stands for."""
        address = request.remote or ""
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed(hops[-MAX_HOPS:]):
            if not self._trusts(address) or not hop.strip():
                break
            address = hop.strip()
        return address

    def _said(self, request: web.BaseRequest, header: str) -> str:
        if not self._trusts(request.remote or ""):
            return ""
        return request.headers.get(header, "").split(",")[-1].strip()

    def _trusts(self, address: str) -> bool:
        if not self._proxies:
            return False
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._proxies)


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
