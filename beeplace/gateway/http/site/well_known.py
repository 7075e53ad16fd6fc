"""What browsers and robots ask for by habit, and addresses that people type: each leads where it means."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from aiohttp import web

_ICON = "icons/192.png"
_ICON_SIDE = 192
# Of a home screen; iPhones ask for it in the root, whatever the page says.
_TOUCH_ICON = "icons/180.png"
_TOUCH_ICONS = ("/apple-touch-icon.png", "/apple-touch-icon-precomposed.png")
# Previews of shared links are made by robots: they may have the drawing page and its pictures. The other pages hold
# nothing before somebody signs in or chooses, so who looks for one may find it; what a search of a night's data would
# cost, the routes of the API and the screens of walls, is not theirs.
_ROBOTS = """User-agent: *
Allow: {base}/$
Allow: {base}/?at=
Allow: {base}/displays$
Allow: {base}/admin$
Allow: {base}/replay$
Allow: {base}/docs$
Allow: {base}/privacy$
Allow: {base}/api/preview.png
Allow: {base}/assets/
Disallow: {base}/
"""
_NAMES = ("display", "displays", "admin", "docs", "replay", "privacy", "sheet")
# With a slash too many, or as the file that a static site would have.
_MEANT = {
    "/index.html": "/",
    **{f"/{name}{end}": f"/{name}" for name in _NAMES for end in ("/", ".html")},
}


class WellKnown:
    """Routes that belong to no page."""

    def __init__(self, files: Mapping[str, bytes], base_path: str) -> None:
        self._icon = icon(files[_ICON]) if _ICON in files else b""
        self._touch_icon = files.get(_TOUCH_ICON, b"")
        self._base = base_path
        self._meant = {**_MEANT, **({base_path: "/"} if base_path else {})}

    @property
    def paths(self) -> list[str]:
        """Of all of them."""
        return ["/favicon.ico", "/robots.txt", *_TOUCH_ICONS, *self._meant]

    def add_to(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/favicon.ico", self._favicon)
        app.router.add_get("/robots.txt", self._robots)
        for path in _TOUCH_ICONS:
            app.router.add_get(path, self._home_screen)
        for path in self._meant:
            app.router.add_get(path, self._lead)

    async def _favicon(self, _: web.Request) -> web.Response:
        return web.Response(body=self._icon, content_type="image/x-icon", headers=_DAY)

    async def _home_screen(self, _: web.Request) -> web.Response:
        return web.Response(body=self._touch_icon, content_type="image/png", headers=_DAY)

    async def _robots(self, _: web.Request) -> web.Response:
        return web.Response(text=_ROBOTS.format(base=self._base), content_type="text/plain", headers=_DAY)

    async def _lead(self, request: web.Request) -> web.Response:
        return lead(request, self._base, self._meant[request.path])


def lead(request: web.Request, base_path: str, page: str) -> web.Response:
    """Leads to a page of the site."""
    query = request.rel_url.raw_query_string  # as it came: decoded, it could hold what no header can
    to = base_path + page + (f"?{query}" if query else "")
    return web.Response(status=308, headers={"Location": to, "Cache-Control": "no-cache"})


def page_meant(path: str) -> str | None:
    """The page that somebody means who types a path that there is not: with the capital letter that a phone begins
    with, a slash too many, or as a file. None where it is none of them."""
    parts = [part for part in path.lower().split("/") if part]
    if parts and parts[-1] in ("index.html", "index.htm"):
        parts.pop()
    name = "/".join(parts).removesuffix(".html").removesuffix(".htm")
    return f"/{name}" if not name or name in _NAMES else None


_DAY = {"Cache-Control": "public, max-age=86400"}


def icon(png: bytes) -> bytes:
    """A PNG as an icon file with one picture, whose header is 22 bytes."""
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, _ICON_SIDE, _ICON_SIDE, 0, 0, 1, 32, len(png), 22) + png
