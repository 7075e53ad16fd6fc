"""`beeplace doctor --url`: tries a site from outside as a browser would, and says what is wrong in the proxy."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from beeplace.errors import SettingError
from beeplace.findings import Finding, failure, ok, warning
from beeplace.origin import Site, site

ANSWER_SECONDS = 10.0
OPEN_SECONDS = 5.0  # for the first packet behind a WebSocket's handshake
_SOCKET, _POLL = "socket.io/?EIO=4&transport=websocket", "socket.io/?EIO=4&transport=polling"
_FOLDER = re.compile(r"[A-Za-z0-9/._~-]{0,200}")
_STRANGER = "https://stranger.invalid"
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError)
_HOST_ADVICE = (
    "let the proxy pass Host as it came (nginx: proxy_set_header Host $http_host), or X-Forwarded-Host with the proxy "
    "in TRUSTED_PROXIES; or list this site in ALLOWED_ORIGINS"
)
_SCHEME_ADVICE = "let the proxy set X-Forwarded-Proto, and name it in TRUSTED_PROXIES"
_UPGRADE_ADVICE = "let the proxy speak HTTP/1.1 to the gateway and pass Connection and Upgrade on"
_STICKY_ADVICE = (
    "several gateways: send one client always to the same (docs/deployment.md), or set POLLING=off where all can do "
    "WebSockets"
)


async def look_at(url: str) -> list[Finding]:
    """Everything that can be seen of a site from outside. Raises SettingError for what is no address of one."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if not site(f"{scheme}://{host}") or not _FOLDER.fullmatch(path):
        raise SettingError(f"--url: must be scheme, host and port such as https://place.example.org, not {url[:80]!r}")
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as client:
        try:
            found, where, folder = await _page(client, f"{url.rstrip('/')}/")
        except _FAILURES as error:
            return [failure("page", _reason(error), f"nothing at {url} answers a browser")]
        if found.level == "failure":
            return [found]
        visitor = _Visitor(client, where, folder)
        return [found, *await _forwarded(client, where, folder), await visitor.socket(), await visitor.polling(),
                await visitor.stranger()]  # fmt: skip


async def _page(client: aiohttp.ClientSession, url: str) -> tuple[Finding, Site, str]:
    """The page, its site and the folder where it is: `http` may lead to `https`."""
    async with client.get(url) as page, client.get(page.url.join(URL("./api/config"))) as config:
        there = urlsplit(str(page.url))
        final = site(f"{there.scheme}://{there.netloc}")
        assert final  # it has answered
        folder = there.path.rpartition("/")[0] + "/"
        if page.status != 200 or "html" not in page.content_type:
            return failure("page", f"{page.status} {page.content_type}", "it is no page of BeePlace"), final, folder
        if config.status != 200 or "json" not in config.content_type:
            advice = f"let the proxy pass all paths on, {folder}api/ and {folder}socket.io/ among them"
            wrong = f"{config.status} {config.content_type} at {folder}api/config"
            return failure("page", wrong, advice), final, folder
        board = await config.json()
        where = f"{final}{folder.rstrip('/')}"
        return ok("page", f"{where}, a board of {board['width']} x {board['height']}"), final, folder


async def _forwarded(client: aiohttp.ClientSession, where: Site, folder: str) -> list[Finding]:
    """Whether the gateway knows that browsers come over TLS, as its cookie says."""
    if where.scheme != "https":
        return [
            warning("TLS", "there is none", "browsers keep what a phone needs (installing, waking) from such sites")
        ]
    async with client.get(f"{where}{folder}") as page:
        known = any("; secure" in cookie.lower() for cookie in page.headers.getall("Set-Cookie", []))
    if not known:
        return [failure("X-Forwarded-Proto", "the gateway takes this site for http", _SCHEME_ADVICE)]
    return [ok("X-Forwarded-Proto", "the gateway knows that it is https")]


class _Visitor:
    """What a page of the site does after it is loaded."""

    def __init__(self, client: aiohttp.ClientSession, where: Site, folder: str) -> None:
        self._client, self._where, self._folder = client, where, folder

    async def socket(self) -> Finding:
        """A WebSocket, with the page's origin."""
        status = await self._opened(str(self._where))
        if status == 101:
            return ok("socket", "open, and the first packet is there")
        if status == 403:
            return failure("socket", "403: the gateway takes the page for one of another site", await self._why())
        if status == 200:
            return failure("socket", "101, and then nothing", "the proxy holds back what comes with the handshake")
        return failure("socket", f"{status or 'no answer'}", _UPGRADE_ADVICE)

    async def _why(self) -> str:
        """Which other origin would have been let in: that is what the gateway takes this site for."""
        other = self._where._replace(scheme="http", port=80 if self._where.port == 443 else self._where.port)
        if self._where.scheme == "https" and await self._opened(str(other)) == 101:
            return _SCHEME_ADVICE
        bare = Site(self._where.scheme, self._where.host, {"http": 80, "https": 443}[self._where.scheme])
        if bare != self._where and await self._opened(str(bare)) == 101:
            return f"the proxy loses the port: {_HOST_ADVICE}"
        return _HOST_ADVICE

    async def _opened(self, origin: str) -> int:
        """101 where a session opens; 200 where nothing comes behind the handshake; else how it is refused, 0: not."""
        try:
            async with self._client.ws_connect(f"{self._where}{self._folder}{_SOCKET}", origin=origin) as wire:
                try:
                    first = await wire.receive(OPEN_SECONDS)
                except TimeoutError:
                    return 200
                return 101 if str(first.data).startswith("0{") else 200
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status
        except _FAILURES:
            return 0

    async def polling(self) -> Finding:
        """A session by long-polling, over several requests, as where WebSockets are blocked."""
        try:
            status, opened = await self._asked(_POLL)
            if status == 400 and '"code":0' in opened:
                return ok("polling", "off, by POLLING")
            if status != 200:
                return failure(
                    "polling", f"{status} at the handshake", "phones whose network blocks WebSockets stay out"
                )
            path = f"{_POLL}&sid={json.loads(opened[1:])['sid']}"
            said, _ = await self._asked(path, "40")
            status, answer = await self._asked(path)
        except (*_FAILURES, ValueError) as error:
            return failure("polling", _reason(error), "phones whose network blocks WebSockets stay out")
        if (said, status) != (200, 200) or not answer.startswith("40"):
            return failure("polling", f"{said}, {status} after the handshake", _STICKY_ADVICE)
        return ok("polling", "a session lasts over several requests")

    async def stranger(self) -> Finding:
        """A page of another site must not be let in."""
        if await self._opened(_STRANGER) == 101:
            return warning("origin", "a page of any site may draw here", "the proxy must not change the header Origin")
        return ok("origin", "pages of other sites are refused")

    async def _asked(self, path: str, body: str | None = None) -> tuple[int, str]:
        request: Callable[..., Any] = self._client.get if body is None else self._client.post
        given: dict[str, Any] = {} if body is None else {"data": body}
        async with request(
            f"{self._where}{self._folder}{path}", headers={"Origin": str(self._where)}, **given
        ) as answer:
            return answer.status, await answer.text()


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return f"no answer in {ANSWER_SECONDS:g} s"
    return str(error).splitlines()[0][:200] or type(error).__name__
