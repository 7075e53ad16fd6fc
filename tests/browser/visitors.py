"""Opens pages in contexts of their own, and notes what they say to whom: frames, requests, errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2.625,
    "is_mobile": True,
    "has_touch": True,
    "reduced_motion": "reduce",  # what glides has its own tests; the others need no patience
}
OWN = ("127.0.0.1", "")  # without a host: data: and blob:


class Wire:
    """The Socket.IO frames of one page, of all its connections, and the paths of its HTTP requests."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.received: list[str] = []
        self.fetched: list[str] = []
        page.on("websocket", self._opened)
        page.on("request", lambda request: self.fetched.append(urlsplit(request.url).path))

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(str(frame)))
        socket.on("framereceived", lambda frame: self.received.append(str(frame)))

    def placements(self) -> list[str]:
        """The placements that the page has sent, as they went."""
        return [frame for frame in self.sent if "pixelFromPlayer" in frame]

    def whole_boards(self) -> int:
        """How many times the page got all pixels, over which way ever."""
        return "".join(self.received).count('"board":') + self.fetched.count("/api/board")

    def deltas(self) -> int:
        """How many times it joined and got only what it had missed."""
        return "".join(self.received).count('"delta":{')

    def forget(self) -> None:
        """From now on only what is new counts."""
        for heard in (self.sent, self.received, self.fetched):
            heard.clear()


class Visitors:
    """All contexts of one test."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.forgiven: list[str] = []  # what a test causes on purpose, such as errors of a network that it cuts

    async def context(self, **options: Any) -> BrowserContext:
        """Another browser, as far as the server can tell."""
        context = await self._browser.new_context(**{"locale": "en-GB", "color_scheme": "dark"} | options)
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        context.on("page", lambda page: page.on("websocket", lambda socket: self._host(socket.url)))
        self._contexts.append(context)
        return context

    async def open(self, url: str, **options: Any) -> tuple[Page, Wire]:
        """A page in a context of its own."""
        page = await (await self.context(**options)).new_page()
        wire = Wire(page)
        await page.goto(url)
        return page, wire

    async def leave(self) -> None:
        """Closes all of them."""
        for context in self._contexts:
            await context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.forgiven):
            self.complaints.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _asked(self, request: Request) -> None:
        self._host(request.url)

    def _host(self, url: str) -> None:
        if (urlsplit(url).hostname or "") not in OWN:
            self.strangers.append(url)
