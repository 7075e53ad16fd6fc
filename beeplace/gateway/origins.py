"""Which sites may open sockets from a browser: the one that served the page, and those that are allowed."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web


class Origins:
    """Called by the Engine.IO server for each request that names an origin."""

    def __init__(self, allowed: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._allowed = frozenset(allowed)
        self._proxies = tuple(proxies)

    def __call__(self, origin: str, environ: dict[str, Any]) -> bool:
        """Whether a page of `origin` may speak to us."""
        request: web.Request = environ["aiohttp.request"]
        return origin in self._allowed or urlsplit(origin).netloc.lower() == self.host(request).lower()

    def host(self, request: web.Request) -> str:
        """The host the browser asked for; a proxy's word for it counts only if the proxy is trusted."""
        if self.behind_proxy(request):
            forwarded = request.headers.get("X-Forwarded-Host", "").split(",")[-1].strip()
            return forwarded or request.host
        return request.host

    def secure(self, request: web.Request) -> bool:
        """Whether the browser came over TLS."""
        if self.behind_proxy(request):
            return request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip() == "https"
        return request.secure

    def behind_proxy(self, request: web.Request) -> bool:
        """Whether the peer is one of the trusted proxies."""
        try:
            peer = ip_address(request.remote or "")
        except ValueError:
            return False
        return any(peer in network for network in self._proxies)
