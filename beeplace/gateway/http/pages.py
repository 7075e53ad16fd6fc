"""The pages, as the frontend's build left them in `beeplace/web/`, and the cookie that names their visitor."""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from beeplace.board.state import NAME
from beeplace.coalesced import Coalesced
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http.encodings import chosen
from beeplace.gateway.http.prompt_answers import Answer
from beeplace.gateway.http.site.cookie import cookie_name, keep_token
from beeplace.gateway.http.site.language import language_of
from beeplace.gateway.http.site.other_builds import OtherBuilds
from beeplace.gateway.http.site.previews import Place, place_of, with_preview
from beeplace.gateway.http.site.sheet import sheet
from beeplace.gateway.http.site.well_known import WellKnown

_SHEET = "/sheet"
_PAGES = {
    "/": "index",
    "/display": "display",
    "/displays": "displays",
    "/admin": "admin",
    "/docs": "docs",
    "/replay": "replay",
    "/privacy": "privacy",
    _SHEET: "sheet",
}
_WORDED = ("/privacy", _SHEET)  # of which there is a file in each language
_FRAMEABLE = ("/display", "/privacy")  # by sites that the settings name: nothing can be done there
_FRAMED = "frame-ancestors 'self'"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self' ws: wss:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    f"{_FRAMED}"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "Vary": "Cookie, Accept-Encoding",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Type": "text/html; charset=utf-8",
}
ARCHIVE = "archive"  # the folder with the replay of archive folders, which no gateway serves
_LEAST_BYTES = 1024  # of what is worth compressing
_ASSETS = "assets/"
_OTHER = "/assets/{name}"  # of another build
_WORKER, _NO_WORKER = "/sw.js", "sw-end.js"
_KEPT_FORMS = 256  # of the drawing page, which differ by the place that their links lead to
_FOREVER = "public, max-age=31536000, immutable"


def folder() -> Path:
    """Where the built frontend is."""
    return Path(str(files("beeplace"))) / "web"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What the settings say of the pages."""

    offline_shell: bool = True
    shared_assets: Path | None = None
    base_path: str = ""


class Pages:
    """Reads the built frontend once; every answer comes from memory, compressed once where that helps."""

    def __init__(self, root: Path, options: PageOptions | None = None) -> None:
        self._options = options or PageOptions()
        self._files: dict[str, tuple[bytes, str]] = {}
        self._packed: dict[str, bytes] = {}
        self._pack_next = Coalesced(self._pack)
        for path in sorted(p for p in root.rglob("*") if p.is_file() and p.parent.name != ARCHIVE):
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self._files[path.relative_to(root).as_posix()] = (path.read_bytes(), kind)
        self._well_known = WellKnown(
            {name: content for name, (content, _) in self._files.items()}, self._options.base_path
        )
        self._others = OtherBuilds(shared) if (shared := self._options.shared_assets) else None
        self._drawing = lru_cache(_KEPT_FORMS)(self._drawing_page)

    def share(self) -> None:
        """Gives the files of this build to the gateways of others. Raises OSError where that folder is not writable."""
        if self._others:
            assets = {n: content for n, (content, _) in self._files.items() if n.startswith(_ASSETS)}
            self._others.share({name.removeprefix(_ASSETS): content for name, content in assets.items()})

    @property
    def paths(self) -> list[str]:
        """Of the pages and their files."""
        return [*_PAGES, *self._file_paths, *self._well_known.paths, _OTHER]

    @property
    def _file_paths(self) -> list[str]:
        return [f"/{name}" for name in self._files if not name.endswith(".html")]

    def add_to(self, app: web.Application) -> None:
        """Routes for the pages and their files."""
        for route in _PAGES:
            app.router.add_get(route, self.page)
        for path in self._file_paths:
            app.router.add_get(path, self.file)
        app.router.add_get(_OTHER, self.other)
        self._well_known.add_to(app)

    def prompt(self, gateway: Gateway) -> dict[str, Answer]:
        """What of these routes waits for nothing: all but the first answer that is compressed."""
        page, file = partial(self._prompt_page, gateway), self._prompt_file
        return {
            **dict.fromkeys(self._file_paths, file),
            **dict.fromkeys((path for path in _PAGES if path != _SHEET), page),
            "/": partial(self.drawing, gateway),
        }

    def _prompt_page(self, gateway: Gateway, request: web.BaseRequest) -> web.Response | None:
        return self._ready(request, *self._named_page(gateway, request))

    def _prompt_file(self, request: web.BaseRequest) -> web.Response | None:
        return self._ready(request, *self._named(request))

    async def page(self, request: web.Request) -> web.Response:
        """One of the pages."""
        if request.path == "/" and "index.html" in self._files:
            return self.drawing(request.app[GATEWAY], request)
        name, headers = self._named_page(request.app[GATEWAY], request)
        if name not in self._files:
            raise web.HTTPNotFound
        if request.path == _SHEET:
            body = sheet(request.app[GATEWAY], request, self._files[name][0].decode())
            return web.Response(body=body, headers=headers)
        return await self._answer(request, name, headers)

    def _named_page(self, gateway: Gateway, request: web.BaseRequest) -> tuple[str, dict[str, str]]:
        """Name and headers of a page; of one that is there in several languages, in the reader's."""
        name, headers = _PAGES[request.path], _PAGE_HEADERS
        if request.path in _FRAMEABLE:
            framed = f"frame-ancestors {gateway.origins.frame_ancestors}"
            headers = {**headers, "Content-Security-Policy": _POLICY.replace(_FRAMED, framed)}
        if request.path in _WORDED:
            name, headers = f"{name}.{language_of(request)}", {**headers, "Vary": "Accept-Language, Accept-Encoding"}
        return f"{name}.html", headers

    def drawing(self, gateway: Gateway, request: web.BaseRequest) -> web.Response:
        """The drawing page; who has no name yet gets one."""
        place, state = place_of(request.query.get("at", "")), gateway.board.state
        if place and not (place.x < state.width and place.y < state.height):
            place = None  # of a board that was larger, or typed wrong: the whole board is shown
        name = state.settings.event_name or NAME
        response = _packed(request, *self._drawing(name, gateway.site.root(request), place), _PAGE_HEADERS)
        _name(gateway, request, response)
        return response

    def _drawing_page(self, name: str, root: str, place: Place | None) -> tuple[bytes, bytes]:
        """The drawing page for who shares it from there, plain and compressed."""
        html = self._files["index.html"][0].decode()
        plain = with_preview(html, name, root, place).encode()
        return plain, gzip.compress(plain, mtime=0)

    async def file(self, request: web.Request) -> web.Response:
        """A file of the build; those with a hash in their name never change."""
        return await self._answer(request, *self._named(request))

    def _named(self, request: web.BaseRequest) -> tuple[str, dict[str, str]]:
        """Name and headers of a file; an old service worker would keep showing an old page."""
        caching = _FOREVER if request.path.startswith("/assets/") else "public, max-age=3600"
        if request.path == _WORKER:
            caching = "no-cache"
        name = _NO_WORKER if request.path == _WORKER and not self._options.offline_shell else request.path[1:]
        return name, {"Content-Type": self._files[name][1], "Cache-Control": caching, "Vary": "Accept-Encoding"}

    async def other(self, request: web.Request) -> web.Response:
        """A file of another build, where the gateways of the site share theirs."""
        name = request.match_info["name"]
        found = await self._others.read(name) if self._others else None
        if found is None:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        return _packed(request, *found, headers)

    async def _answer(self, request: web.Request, name: str, headers: dict[str, str]) -> web.Response:
        """A file, compressed if its client takes that: on a phone's network each kilobyte is seen."""
        while (response := self._ready(request, name, headers)) is None:
            await self._pack_next(name)
        return response

    def _ready(self, request: web.BaseRequest, name: str, headers: dict[str, str]) -> web.Response | None:
        """The same; None where it has to be compressed first."""
        body, packed = self._files[name][0], self._packed.get(name)
        if packed is None and len(body) > _LEAST_BYTES:
            return None
        return _packed(request, body, packed or b"", headers)

    async def _pack(self, name: str) -> None:
        if name not in self._packed:
            self._packed[name] = await asyncio.to_thread(gzip.compress, self._files[name][0], mtime=0)


def _packed(request: web.BaseRequest, plain: bytes, packed: bytes, headers: dict[str, str]) -> web.Response:
    if len(plain) > _LEAST_BYTES and chosen(request, ("gzip",)) == "gzip":
        return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=plain, headers=headers)


def _name(gateway: Gateway, request: web.BaseRequest, response: web.Response) -> None:
    """Gives a visitor a name, or the one it has the form that its connection allows."""
    cookies = request.cookies
    shown = gateway.identities.shown(cookies)
    known = gateway.identities.recognise(shown)
    if known and (cookies.get(cookie_name(gateway, request)) == shown or not gateway.origins.secure(request)):
        return
    keep_token(gateway, request, response, known.token if known and known.token else gateway.identities.new_token())
