"""Requests with a trick in one place: every place where what a client sends becomes something else on the server.

`KINDS` has the requests of each kind, byte by byte, none of which may end without an answer or be more than a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from tests.servers import API_KEY

KEY = f"apiKey: {API_KEY}"
POLL = "/socket.io/?EIO=4&transport=polling"
PLACES = ("/", "/api/config", "/api/board", "/board/read-only", "/nowhere", POLL)
CONTROLS = ("%00", "%01", "%09", "%0a", "%0d%0aX:y", "%0d%0a%0d%0a", "%1b[2J", "%7f", "%c2%85", "%e2%80%a8")
NO_TEXT = ("%ff", "%c3", "%ed%a0%80", "%f4%90%80%80", "\udcff", "é", "%", "%z", "%u0041", "%250a", "%F0%9F%90%9D")
NUMBERS = ("9" * 5000, "-1", "+1", "1_0", "0x1", "1e3", "1.0", "%20" + "1", "%EF%BC%91", "%D9%A1", "%C2%B2", "NaN", "")
JSONS = (
    "[" * 30_000,
    '{"a":' * 9_000,
    '{"x1":' + "9" * 5_000 + "}",
    '{"x1":1e999}',
    '{"x1":1.8e308}',
    '{"x1":-0}',
    "9" * 60_000,
    '{"color":"\\ud800"}',
    '"\\ud800"',
    '{"x1":"\\u0000"}',
    "\udcff\udcfe",
    "\udced\udca0\udc80",
    "\ufeff{}",
    "nul",
    "\0",
    "-",
    '{"readOnly":tru',
    "NaN",
    "Infinity",
    "{'a':1}",
    '{"a":1,}',
    "a=1&b=2",
    "--x\r\n\r\n1\r\n--x--",
    "[]" * 9_000,
)
CHUNKS = (
    "zz\r\nx\r\n",
    "fffffffffffffffff\r\n",
    "-1\r\n",
    "1" * 9_000,
    "2;a=\udcff\r\n{}\r\n0\r\n\r\n",
    "2\r\n{}0\r\n\r\n",
    "0\r\nX: y\r\n\r\n",
    "2\r\n{}\r\n0\r\nT: " + "x" * 9_000 + "\r\n\r\n",
    "2\n{}\n0\n\n",
    "0x2\r\n{}\r\n0\r\n\r\n",
)
TARGETS = (
    "*",
    "a",
    "?",
    "#",
    "/a#b",
    "/[",
    "/]",
    "/{x}",
    "/\\",
    "/;x",
    "//x/",
    "//[",
    "/..;/health",
    "/%2e%2e/%2e%2e/etc/passwd",
    "http://localhost/health",
    "http://elsewhere/health",
    "http://[/health",
    "http://[::1/",
    "http://[v1.x]/",
    "http://a:99999/",
    "http://a:b/",
    "http://user:pw@localhost/health",
    "http://\udcff/",
    "http://",
    "http:///",
    "ftp://x/",
    "javascript:alert(1)",
    "/health?" + "a=b&" * 1_500,
    "/" + "a" * 7_000,
    "/" + "a" * 20_000,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "TRACE", "NOSUCH")
HOSTS = (
    "",
    "\udcff",
    "é",
    "[",
    "[::1",
    "[v1.a]",
    "a:b",
    "a:99999",
    "a b",
    "a/b",
    "a@b",
    "a?b",
    "a#b",
    "a\\b",
    "*",
    "..",
    ":",
    "%00",
    "http://x",
    "x" * 6_000,
    "%0aX:y",
)
ORIGINS = (
    "",
    "null",
    "NULL",
    "*",
    "http://",
    "http://[",
    "http://[::1",
    "http://a:b",
    "http://a:99999999",
    "http://a@b",
    "http://\udcff",
    "//",
    "http://%00",
    "file://",
    "data:x",
    "http://a b",
    "http://a,http://b",
    "http://\u212b",
    "http://xn--ls8h",
    "x" * 7_000,
    "http://a\\b",
    "http://localhost.evil",
    "http://localhost@evil",
    "http://localhost:1",
)
COOKIES = (
    "",
    "=;=;",
    "beeplace",
    "beeplace=\udcff",
    "é=é",
    'beeplace="\\',
    'beeplace="open',
    "beeplace=a.b; beeplace=c.d",
    "a[b]=c",
    "@=1",
    "$Version=1; beeplace=x",
    "a b=c",
    "(x)=1",
    'beeplace="\\303\\251\\999"',
    "domain=x; path=y; httponly",
    "a=b; " * 900,
    "x" * 7_000,
    "expires=Wed, 21; beeplace=x",
    "__Host-beeplace=\udcff; beeplace=a.b",
    "beeplace=" + "." * 5_000,
)
HEADERS = (
    "Content-Length: -1",
    "Content-Length: " + "9" * 400,
    "Content-Length: 1_0",
    "Content-Length: +0",
    "Content-Length: 0, 0",
    "Content-Length: \udcff",
    "Content-Length: 0\r\nContent-Length: 1",
    "Transfer-Encoding: chunked\r\nContent-Length: 3",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: \udcff",
    "Transfer-Encoding : chunked",
    "Expect: \udcff",
    "Expect: the moon",
    "Content-Encoding: \udcff",
    "Range: bytes=" + "0-1," * 1_000,
    "Range: bytes=-,a",
    'If-None-Match: "',
    "If-None-Match: " + '"a",' * 1_000,
    "If-Modified-Since: " + "9" * 1_000,
    "If-Modified-Since: Thu, 99 Foo 99999 99:99:99 GMT",
    "Accept-Encoding: gzip;q=0." + "9" * 5_000,
    "Accept-Encoding: " + "a," * 3_000,
    "Accept-Encoding: \udcff",
    "Accept-Encoding: gzip;q=nan",
    "Accept-Encoding: gzip;q=1e999",
    "Accept-Encoding: ;q=1,,;;",
    "Accept-Encoding: gzip;q",
    "X-Forwarded-For: " + "a," * 3_000,
    "X-Forwarded-For: \udcff, [::1",
    "X-Forwarded-Proto: \udcff",
    "X-Forwarded-Host: \udcff",
    "X-Forwarded-Host: a\tb",
    'Forwarded: host=\udcff;for="',
    "apiKey: \udcff",
    "Authorization: \udcff",
    "Authorization: Bearer \udcff",
    "Connection: \udcff",
    "Connection: upgrade",
    "Connection: Upgrade\r\nUpgrade: h2c",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Upgrade: \udcff",
    "Content-Type: \udcff",
    "Content-Type: ;;;=",
    "Content-Type: a/b; charset=\udcff",
    "X: \0",
    "X: a\rb",
    "X:\ty",
    "X : y",
    ": y",
    "X",
    "é: y",
    " folded: x",
    "A: b\r\n c: folded",
    "Host: second",
    "X: " + "y" * 20_000,
    "Sec-WebSocket-Key: \udcff",
    "Idempotency-Key: \udcff",
    "Sec-Fetch-Site: \udcff",
    "Content-Disposition: \udcff",
    "\r\n".join(f"H{n}: x" for n in range(600)),
    "\r\n".join(["H: x"] * 400),
)
LINES = (
    "PRI * HTTP/2.0\r\n\r\nSM",
    "GET /health HTTP/9.9",
    "GET /health HTTP/99999999999999999999.1",
    "GET  /health  HTTP/1.1",
    "GET /health http/1.1",
    "G\udcffT / HTTP/1.1",
    "GET /health HTTP/1.1 x",
    "GET",
    "\0\0\0\0",
    "\x16\x03\x01\x02\0\x01\0\x01\udcfc\x03\x03",
    "SSH-2.0-x",
    "*1\r\n$4\r\nPING",
    "\r\n\r\n\r\n\udcff",
    "GET /health HTTP/1.1\rHost: x",
    "x" * 20_000,
)


def request(method: str, target: str, headers: Sequence[str] = (), body: str = "", host: str = "localhost") -> bytes:
    """The bytes of one request, a lone surrogate standing for a byte that is no text."""
    size = (
        []
        if any(h.startswith(("Transfer", "Content-Length")) for h in headers)
        else [f"Content-Length: {len(_bytes(body))}"]
    )
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {host}",
        "Connection: close",
        *headers,
        *(size if body else []),
        "",
        "",
    ]
    return _bytes("\r\n".join(lines) + body)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _in_queries() -> Iterator[bytes]:
    routes = (
        "/d/x?",
        "/?",
        "/display?",
        "/api/log?after=",
        "/api/board/earlier?delay=",
        "/api/qr.svg?text=/",
        "/api/qr.svg?text=http://",
        f"{POLL}&sid=",
        "/api/board.png?scale=",
        "/api/pixels/1/1?n=",
    )
    for route, trick in product(routes, (*CONTROLS, *NO_TEXT, *NUMBERS, "&" * 2_000, "a=b&a=c")):
        yield request("GET", route + trick)


def _in_paths() -> Iterator[bytes]:
    for route, trick in product(
        ("/d/", "/d/x", "/assets/", "/api/pixels/1/", "/api/pixels/", "/board/"), (*CONTROLS, *NO_TEXT, *NUMBERS, "..")
    ):
        yield request("GET", route + trick)


def _json_bodies() -> Iterator[bytes]:
    for route, body in product(("/board/area", "/board/read-only", "/board/reset"), JSONS):
        yield request("POST", route, [KEY, "Content-Type: application/json"], body)


def _other_bodies() -> Iterator[bytes]:
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "\udcff",
        "application/json; charset=utf-16",
    )
    for kind, body in product(kinds, JSONS):
        yield request("POST", "/board/read-only", [KEY, f"Content-Type: {kind}"], body)


def _chunked_bodies() -> Iterator[bytes]:
    for route, body in product(("/board/area", "/health", "/nowhere", POLL), CHUNKS):
        yield request("POST", route, [KEY, "Content-Type: application/json", "Transfer-Encoding: chunked"], body)


KINDS: dict[str, list[bytes]] = {
    "queries": list(_in_queries()),
    "paths": list(_in_paths()),
    "targets": [request(method, target) for method, target in product(METHODS, TARGETS)],
    "hosts": [
        request("GET", place, host=host) for place, host in product((*PLACES, "/api/qr.svg?text=/", "/d/x"), HOSTS)
    ],
    "origins": [request("GET", place, [f"Origin: {origin}"]) for place, origin in product(PLACES, ORIGINS)],
    "cookies": [request("GET", place, [f"Cookie: {cookie}"]) for place, cookie in product(PLACES, COOKIES)],
    "headers": [request("GET", place, [header]) for place, header in product(PLACES, HEADERS)],
    "headers of what organisers do": [request("POST", "/board/read-only", [KEY, header]) for header in HEADERS],
    "JSON bodies": list(_json_bodies()),
    "other bodies": list(_other_bodies()),
    "chunked bodies": list(_chunked_bodies()),
    "first lines": [_bytes(f"{line}\r\nHost: a\r\n\r\n") for line in LINES],
}
