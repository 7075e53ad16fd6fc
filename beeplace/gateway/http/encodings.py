"""Which content codings a client takes: `Accept-Encoding` with its qualities, as in RFC 9110, section 12.5.3."""

from __future__ import annotations

import re
from functools import lru_cache

from aiohttp import web

IDENTITY = "identity"
_MEMBER = re.compile(
    r"\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*(?:;\s*[Qq]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII
)
_ALIASES = {"x-gzip": "gzip"}
_KEPT_CHARACTERS = 100  # of a header whose meaning is kept: browsers send some few, none of which is longer


def chosen(request: web.BaseRequest, codings: tuple[str, ...]) -> str | None:
    """The first of the given codings that the client takes, or `identity`; None where it takes neither.

    A quality of 0 forbids. Of those allowed our order decides, not the client's: what is smallest is quickest for it.
    """
    header = ",".join(request.headers.getall("Accept-Encoding", ()))
    return (_kept_choice if len(header) <= _KEPT_CHARACTERS else _choice)(header, codings)


def _choice(header: str, codings: tuple[str, ...]) -> str | None:
    qualities = _qualities(header)
    others = qualities.get("*")
    for coding in codings:
        if (quality := qualities.get(coding, others)) is not None and quality > 0:
            return coding
    return IDENTITY if qualities.get(IDENTITY, 1.0 if others is None else others) > 0 else None


_kept_choice = lru_cache(maxsize=256)(_choice)


def _qualities(header: str) -> dict[str, float]:
    """By coding; what is malformed says nothing."""
    found: dict[str, float] = {}
    for member in header.split(",") if header else ():
        if matched := _MEMBER.fullmatch(member):
            name = matched[1].lower()
            found[_ALIASES.get(name, name)] = float(matched[2] or 1)
    return found


def compress(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Has an answer compressed while it is written, where its client takes that."""
    response.headers["Vary"] = "Accept-Encoding"
    coding = chosen(request, ("gzip", "deflate"))
    if coding in ("gzip", "deflate"):
        response.enable_compression(web.ContentCoding(coding))


def settle(request: web.BaseRequest, response: web.StreamResponse) -> bool:
    """Compresses an answer that nobody has compressed where its client takes it in no other form; False where it takes
    it in none."""
    if response.prepared or response.compression or "Content-Encoding" in response.headers or response.status != 200:
        return True
    if chosen(request, ()) is None:
        compress(request, response)
        return response.compression
    return True
