"""HTTP requests as browsers, organisers and polling clients send them, and with accidents in every part."""

from __future__ import annotations

from tests.fuzz.chance import Chance
from tests.fuzz.grammar import Grammar

METHODS = (
    "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "G E T", "GET\0", "*", "",
)  # fmt: skip
PATHS = (
    "/", "/display", "/displays", "/admin", "/docs", "/openapi.json", "/api/board", "/api/board.png?scale=2",
    "/api/config", "/api/pixels/1/2", "/api/pixels/-1/99999999999999999999", "/api/pixels/1/2?n=5", "/health",
    "/ready", "/metrics", "/board/reset", "/board/area", "/board/read-only", "/api/log?after=0", "/api/log?minutes=1",
    "/api/board/earlier?delay=1", "/api/statistics", "/api/qr.svg?text=/", "/d/1x1", "/socket.io/",
    "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=websocket",
    "/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", "/socket.io/?EIO=3&transport=polling",
    "/socket.io/?EIO=4&transport=polling&j=1", "/socket.io", "/nothing", "/../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd", "//", "/%00", "/%ff", "http://elsewhere/", "*", "", "/?" + "q" * 3000, "/é",
)  # fmt: skip
HEADERS = (
    "Accept: text/html", "Accept-Encoding: gzip, br", "Range: bytes=0-1", "Range: bytes=9-1,-,a",
    "If-None-Match: \"a:1\"", "If-None-Match: *", "If-Modified-Since: never", "Origin: http://elsewhere",
    "Origin: null", "Origin: http://[", "Origin: http://é", "Cookie: beeplace=a.b",
    "Cookie: beeplace=\xff; beeplace=", "apiKey: wrong", "Authorization: Bearer", "Authorization: Basic a",
    "Content-Type: application/json", "Content-Type: text/plain", "Content-Encoding: gzip", "Expect: 100-continue",
    "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Length: 5", "Content-Length: -1",
    "Content-Length: 99999999999999999999", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: elsewhere",
    "X-Forwarded-Proto: https", "Upgrade: websocket", "Connection: Upgrade", "Upgrade: h2c",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions: permessage-deflate", "Host: elsewhere", "Host:", "Connection: close",
    "Connection: keep-alive", "Sec-Fetch-Site: cross-site", "X: " + "y" * 9000, ": nameless", "No colon",
)  # fmt: skip
LAST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Requests:
    """Draws whole requests, byte by byte."""

    def __init__(self, chance: Chance, key: str) -> None:
        self._chance, self._draw, self._key = chance, chance.random, key
        self._grammar = Grammar(chance)

    def request(self) -> bytes:
        """One request, and a last one behind it that says when the first was understood."""
        text = self._head("GET" if self._chance.one_in(2) else self._draw.choice(METHODS), self._draw.choice(PATHS))
        data = text.encode("utf-8", "surrogateescape") + self._body()
        return (self._chance.changed(data) if self._chance.one_in(2) else data) + LAST

    def _head(self, method: str, path: str) -> str:
        lines = [f"{method} {path} {self._draw.choice(('HTTP/1.1',) * 8 + ('HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''))}"]
        if not self._chance.one_in(10):
            lines.append("Host: localhost")
        lines += self._draw.choices(HEADERS, k=self._draw.randrange(5))
        if path == "/board/area" and self._chance.one_in(2):
            lines.append(f"apiKey: {self._key}")
        return "\r\n".join([*lines, "", ""])

    def _body(self) -> bytes:
        if not self._chance.one_in(3):
            return b""
        value = self._chance.value()
        text = self._draw.choice(
            (
                value,
                f'{{"x1":1,"y1":1,"x2":{value},"y2":2,"color":{value}}}',
                f'{{"readOnly":{value}}}',
                self._grammar.torn(),
            )
        )
        body = text.encode("utf-8", "surrogatepass")
        return f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n" if self._chance.one_in(3) else body

    def post(self, sid: str) -> bytes:
        """A payload for a polling session, mostly with the right length; and the session's end."""
        draws = (self._grammar.packet, self._grammar.odd_values, self._grammar.other_packet, self._grammar.torn)
        packets = ["40", *(self._draw.choice(draws)() for _ in range(self._draw.randrange(1, 6)))]
        body = "\x1e".join(packets).encode("utf-8", "surrogatepass")
        body = self._chance.changed(body) if self._chance.one_in(3) else body
        return self._posted(sid, body) + self._posted(sid, b"1") + LAST

    @staticmethod
    def _posted(sid: str, body: bytes) -> bytes:
        path = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body
