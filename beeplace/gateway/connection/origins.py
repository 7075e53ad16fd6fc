"""Who asks, and from where: the browser's site, the host it meant, and the address behind trusted proxies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from beeplace.origin import Site, site

MAX_HOPS = 5
_OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP")
_WITH_PORT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}|\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")
_SECURED = {"ws": "http", "wss": "https"}  # as some proxies say of a WebSocket


def relayed(request: web.BaseRequest) -> bool:
    """Whether it came through a proxy, trusted or not, that says so."""
    return not request.headers.keys().isdisjoint(_OF_PROXIES)


class Origins:
    """Without a list a page may open sockets to the origin that served it; with one, only the sites on it may."""

    def __init__(
        self, allowed: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network], embedding: Sequence[str] = ()
    ) -> None:
        self._allowed = frozenset(map(site, allowed))
        self._proxies = tuple(proxies)
        self.frame_ancestors = " ".join(["'self'", *embedding])  # of a display, as a Content-Security-Policy says it

    def __call__(self, origin: str, request: web.BaseRequest) -> bool:
        """Whether a page of `origin`, the value of a request's `Origin`, may speak to us."""
        found = site(origin)
        if found is None or len(request.headers.getall("Origin", ())) > 1:
            return False
        if self._allowed:
            return found in self._allowed
        if found != site(f"{found.scheme}://{self.host(request)}"):
            return False
        return found.scheme in self._schemes(request)

    def compared(self, request: web.BaseRequest) -> dict[str, str]:
        """Why the page of a refused request may not, for the log: what was compared, and what to set."""
        said = request.headers.getall("Origin", ())
        found = site(said[0]) if len(said) == 1 else None
        if found is None:
            return {"why": "its Origin names no site: a page in a sandbox, a file, or no browser"}
        asked = site(f"{found.scheme}://{self.host(request)}")
        compared = {"origin": str(found), "host": str(asked).partition("//")[2] if asked else "none that is one"}
        if self._allowed:
            return {**compared, "why": "the site is not in ALLOWED_ORIGINS"}
        return {**compared, "why": self._advice(found, asked, request)}

    def _advice(self, found: Site, asked: Site | None, request: web.BaseRequest) -> str:
        if not self._trusts(request.remote or "") and relayed(request):
            return f"it came through a proxy that TRUSTED_PROXIES does not name{_named(request.remote or '')}"
        if asked == found:
            return f"the page came over {found.scheme}, and its socket did not: the proxy has to say X-Forwarded-Proto"
        if asked and asked.host == found.host:
            return "a proxy loses the port: let it pass the whole Host on, as nginx does with $http_host"
        return (
            "it is not the host that was asked for: let the proxy pass Host on, or X-Forwarded-Host and name the proxy "
            "in TRUSTED_PROXIES, or list the site in ALLOWED_ORIGINS"
        )

    def ours(self, address: str, request: web.BaseRequest) -> bool:
        """Whether an origin is this site, over TLS or not, or one on the list."""
        found = site(address)
        return found is not None and (found in self._allowed or found == site(f"{found.scheme}://{self.host(request)}"))

    def host(self, request: web.BaseRequest) -> str:
        """The host the browser asked for; a proxy's word for it counts only if the proxy is trusted."""
        said = self._said(request, "X-Forwarded-Host") if self._proxies else ""
        return said or request.host

    def secure(self, request: web.BaseRequest) -> bool:
        """Whether the browser came over TLS."""
        return request.secure if not self._proxies else self._schemes(request) == ("https",)

    def _schemes(self, request: web.BaseRequest) -> tuple[str, ...]:
        """How the browser came; either way where a trusted proxy does not say."""
        if not self._proxies or not self._trusts(request.remote or ""):
            return (request.scheme,)
        said = self._said(request, "X-Forwarded-Proto").lower()
        return (_SECURED.get(said, said),) if said else ("http", "https")

    def address(self, request: web.BaseRequest) -> str:
        """The client's address: the last one that no trusted proxy stands for."""
        address = request.remote or ""
        if not self._proxies:
            return address
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed(hops[-MAX_HOPS:]):
            if not self._trusts(address) or not hop.strip():
                break
            address = _without_port(hop.strip())
        return address

    def _said(self, request: web.BaseRequest, header: str) -> str:
        if not self._trusts(request.remote or ""):
            return ""
        return request.headers.get(header, "").split(",")[-1].strip()

    def _trusts(self, address: str) -> bool:
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer  # as a socket for both families names IPv4
        return any(peer in network for network in self._proxies)


def network(address: str) -> str:
    """The address, or the /64 that one customer has; what is no address is its own name."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)


def _without_port(hop: str) -> str:
    """An address, also of a proxy that names the port of each connection: `192.0.2.1:50123`, `[::1]:50123`."""
    found = _WITH_PORT.fullmatch(hop)
    return (found[1] or found[2]) if found else hop


def _named(peer: str) -> str:
    """A proxy on this machine by its address; of any other peer it is not known whether it is one."""
    return f" ({peer})" if peer in ("127.0.0.1", "::1") else ""
