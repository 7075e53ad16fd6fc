"""Who asks, and from where: the browser's site, the host it meant, and the address behind trusted proxies."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from aiohttp import web

MOST_HOPS = 5


class Origins:
    """Without a list a page may open sockets to the host that served it; with one, only the sites on it may."""

    def __init__(self, allowed: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._allowed = frozenset(allowed)
        self._proxies = tuple(proxies)

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        """Whether a page of `origin` may speak to us."""
        if self._allowed:
            return origin in self._allowed
        site = _site(origin)
        return site != "" and site == self.host(request).lower()

    def host(self, request: web.BaseRequest) -> str:
        """The host the browser asked for; a proxy's word for it counts only if the proxy is trusted."""
        return self._said(request, "X-Forwarded-Host") or request.host

    def secure(self, request: web.BaseRequest) -> bool:
        """Whether the browser came over TLS."""
        return (self._said(request, "X-Forwarded-Proto") or request.scheme) == "https"

    def address(self, request: web.BaseRequest) -> str:
        """The client's address: the last one that no trusted proxy stands for."""
        address = request.remote or ""
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed(hops[-MOST_HOPS:]):
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


def _site(origin: str) -> str:
    """Host and port of an origin; empty for `null`, and for what no browser would say."""
    try:
        return urlsplit(origin).netloc.lower() if origin.isascii() else ""
    except ValueError:
        return ""
