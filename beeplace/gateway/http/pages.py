"""The pages, as the frontend's build left them in `beeplace/web/`, and the cookie that names their visitor."""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from beeplace.coalesced import Coalesced
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.encodings import chosen
from beeplace.people.identities import COOKIE, COOKIE_SECONDS, HOST_COOKIE

_PAGES = {"/": "index", "/display": "display", "/displays": "displays", "/admin": "admin", "/docs": "docs"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self' ws: wss:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_LEAST_BYTES = 1024  # of what is worth compressing
_WORKER = "/sw.js"
_FOREVER = "public, max-age=31536000, immutable"


def folder() -> Path:
    """Where the built frontend is."""
    return Path(str(files("beeplace"))) / "web"


class Pages:
    """Reads the built frontend once; every answer comes from memory, compressed once where that helps."""

    def __init__(self, root: Path) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._packed: dict[str, bytes] = {}
        self._pack_next = Coalesced(self._pack)
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self._files[path.relative_to(root).as_posix()] = (path.read_bytes(), kind)

    @property
    def paths(self) -> list[str]:
        """Of the pages and their files."""
        return [*_PAGES, *self._file_paths]

    @property
    def _file_paths(self) -> list[str]:
        return [f"/{name}" for name in self._files if not name.endswith(".html")]

    def add_to(self, app: web.Application) -> None:
        """Routes for the pages and their files."""
        for route in _PAGES:
            app.router.add_get(route, self.page)
        for path in self._file_paths:
            app.router.add_get(path, self.file)

    async def page(self, request: web.Request) -> web.Response:
        """One of the pages; the visitor gets a name, unless it has one."""
        name = f"{_PAGES[request.path]}.html"
        if name not in self._files:
            raise web.HTTPNotFound
        policy = (
            _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
            if request.path == "/docs"
            else _POLICY
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Vary": "Cookie, Accept-Encoding"}
        headers |= {"Cross-Origin-Opener-Policy": "same-origin", "Content-Type": "text/html; charset=utf-8"}
        response = await self._answer(request, name, headers)
        if request.path == "/":
            _name(request, response)
        return response

    async def file(self, request: web.Request) -> web.Response:
        """A file of the build; those with a hash in their name never change."""
        caching = _FOREVER if request.path.startswith("/assets/") else "public, max-age=3600"
        if request.path == _WORKER:  # an old one would keep showing an old page
            caching = "no-cache"
        name = request.path[1:]
        headers = {"Content-Type": self._files[name][1], "Cache-Control": caching, "Vary": "Accept-Encoding"}
        return await self._answer(request, name, headers)

    async def _answer(self, request: web.Request, name: str, headers: dict[str, str]) -> web.Response:
        """A file, compressed if its client takes that: on a phone's network each kilobyte is seen."""
        body, _ = self._files[name]
        if len(body) > _LEAST_BYTES and chosen(request, ("gzip",)) == "gzip":
            body = self._packed[name] if name in self._packed else await self._pack_next(name)
            headers = {**headers, "Content-Encoding": "gzip"}
        return web.Response(body=body, headers=headers)

    async def _pack(self, name: str) -> bytes:
        if name not in self._packed:
            self._packed[name] = await asyncio.to_thread(gzip.compress, self._files[name][0], mtime=0)
        return self._packed[name]


def _name(request: web.Request, response: web.Response) -> None:
    """Gives a visitor a name, or the one it has the form that its connection allows."""
    gateway, cookies = request.app[GATEWAY], request.cookies
    secure = gateway.origins.secure(request)
    cookie, shown = HOST_COOKIE if secure else COOKIE, gateway.identities.shown(cookies)
    known = gateway.identities.recognise(shown)
    if known and (cookies.get(cookie) == shown or not secure):
        return
    token = known.token if known and known.token else gateway.identities.new_token()
    response.set_cookie(cookie, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=secure, path="/")
