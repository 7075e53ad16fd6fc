"""Where the site is for its visitors: in the root of its host or in a folder of it, and what its links begin with."""

from __future__ import annotations

import re

from aiohttp import web

from beeplace.errors import SettingError
from beeplace.gateway.connection.origins import Origins
from beeplace.origin import site

_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")


class SiteAddress:
    """`base_path` is empty, or such as `/place`; `public_url`, if any, is the whole address that links are to have.

    A gateway answers the same paths with `base_path` in front and without it: some proxies pass it on, others take it
    away. What the gateway itself writes into an answer always has it.
    """

    def __init__(self, origins: Origins, base_path: str = "", public_url: str = "") -> None:
        self._origins, self.base_path, self.public_url = origins, base_path, public_url
        self._public_site = site(public_url.removesuffix(base_path))

    def path(self, path: str) -> str:
        """A path of the site, such as `/display`, as its visitors' browsers ask for it."""
        return self.base_path + path

    def ours(self, origin: str, request: web.BaseRequest) -> bool:
        """Whether an origin is this site's, as its visitor or as everyone reaches it."""
        return self._origins.ours(origin, request) or (
            self._public_site is not None and site(origin) == self._public_site
        )

    def root(self, request: web.BaseRequest) -> str:
        """The whole address without the last slash; empty where the request names no host that may be repeated."""
        if self.public_url:
            return self.public_url
        host = self._origins.host(request)
        if not _HOST.fullmatch(host):
            return ""
        return f"{'https' if self._origins.secure(request) else 'http'}://{host}{self.base_path}"


def check_base_path(app: web.Application, base_path: str) -> None:
    """Raises SettingError where a path with the folder in front would be one of the site's own without it."""
    own = {
        str(resource.canonical).split("/")[1] for resource in app.router.resources() if resource.canonical != base_path
    }
    if base_path and (first := base_path.split("/")[1]) in own:
        raise SettingError(f"BASE_PATH: must not begin with /{first}, which is a path of the site itself")
