"""Where the site is that a crowd goes to, and what each of its sockets asks for first."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from dataclasses import dataclass
from random import randbytes

from beeplace.errors import SettingError
from beeplace.gateway.wire.handshake import VERSION
from beeplace.origin import Site, site

_FOLDER = re.compile(r"(/[A-Za-z0-9._~-]{1,100})*/?", re.ASCII)
_SOCKET = "/socket.io/?EIO=4&transport=websocket"


@dataclass(frozen=True, slots=True)
class RehearsedSite:
    """A site, the folder in which it is ("" for the root), and how TLS is spoken there."""

    site: Site
    folder: str
    tls: ssl.SSLContext | None

    def __str__(self) -> str:
        return f"{self.site}{self.folder}"

    def handshake(self) -> bytes:
        """The request that opens a socket, as a page of the site makes it."""
        origin = str(self.site)
        lines = [
            f"GET {self.folder}{_SOCKET} HTTP/1.1",
            f"Host: {origin.partition('://')[2]}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            f"Origin: {origin}",
            "User-Agent: beeplace-rehearse",
            f"Sec-WebSocket-Version: {VERSION}",
            f"Sec-WebSocket-Key: {b64encode(randbytes(16)).decode()}",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            "",
            "",
        ]
        return "\r\n".join(lines).encode()


def read_url(url: str) -> RehearsedSite:
    """Raises SettingError for what is no address of a site."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    found = site(f"{scheme}://{host}")
    if found is None or not _FOLDER.fullmatch(slash + path):
        raise SettingError(f"--url: must be scheme, host and port such as https://place.example.org, not {url[:80]!r}")
    return RehearsedSite(
        found, (slash + path).rstrip("/"), ssl.create_default_context() if found.scheme == "https" else None
    )
