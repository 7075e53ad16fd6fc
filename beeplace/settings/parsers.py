"""How the text of a setting becomes a value: each function raises ValueError where the rule is broken."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from beeplace import secret_file
from beeplace.board.palette import Palette
from beeplace.board.setting_rules import EntryRule
from beeplace.origin import site

Parse = Callable[[str], Any]
MAX_KEY_FILE_BYTES = 4096
MAX_BASE_PATH = 100
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Cause(ValueError):
    """Why a value breaks its rule, in words that may be shown: nothing of a secret is in them."""


def integer(least: int, most: int) -> Parse:
    """Digits, in a range."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return parse


def positive(text: str) -> float:
    """A decimal number above 0."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text, re.ASCII) or float(text) <= 0:
        raise ValueError
    return float(text)


def one_of(*words: str) -> Parse:
    """One of some words, in any case."""

    def parse(text: str) -> str:
        return words[words.index(text.lower())]

    return parse


def entry(text: str) -> tuple[str, ...]:
    """Who may draw: one word for everyone, or ways to come in, by commas."""
    ways = tuple(way.strip().lower() for way in text.split(","))
    if EntryRule("entry").objection(ways):
        raise ValueError
    return ways


def on_off(text: str) -> bool:
    """A switch."""
    return ("off", "on").index(text.lower()) == 1


def words(most: int) -> Parse:
    """A line of text."""

    def parse(text: str) -> str:
        if not 1 <= len(text.strip()) <= most or not text.isprintable():
            raise ValueError
        return text.strip()

    return parse


def folder(text: str) -> Path:
    """Where files may be put; made where it is missing."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError
    return path


def file(text: str) -> Path:
    """A file that is there."""
    path = Path(text)
    if not path.is_file():
        raise Cause("there is no such file")
    return path


def numbers(text: str) -> frozenset[int]:
    """Whole numbers, separated by commas."""
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,18}", part, re.ASCII) for part in parts):
        raise ValueError
    return frozenset(map(int, parts))


def palette(text: str) -> Palette:
    """A JSON array of colours."""
    colors = orjson.loads(text)
    if not isinstance(colors, list) or not all(isinstance(c, str) for c in colors):
        raise ValueError
    return Palette(tuple(colors))


def api_key(text: str) -> str:
    """A key that is long enough."""
    if not re.fullmatch(r"[!-~]{24,512}", text, re.ASCII):
        raise ValueError
    return text


def api_key_file(text: str) -> str:
    """A file that nobody else can read, with a key in it."""
    path = Path(text)
    if not path.is_file():
        raise Cause("there is no such file")
    if others := secret_file.others(path.stat()):
        raise Cause(others)
    if path.stat().st_size > MAX_KEY_FILE_BYTES:
        raise ValueError
    return api_key(path.read_text(encoding="ascii").strip())


def database(text: str) -> Path | str:
    """sqlite:///path, which names a file, or the address of a PostgreSQL database."""
    if text.startswith(("postgresql://", "postgres://")):
        return _address(text)
    path = Path(text.removeprefix("sqlite:///"))
    if not text.startswith("sqlite:///") or not path.name or "\0" in text or path.is_dir():
        raise ValueError
    return path


def standby(text: str) -> str:
    """The address of a PostgreSQL database."""
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError
    return _address(text)


def redis(text: str) -> str:
    """The address of a Redis server."""
    if not re.match(r"(rediss?(\+sentinel)?|unix)://", text):
        raise ValueError
    return _address(text)


def _address(text: str) -> str:
    if not text.isprintable() or " " in text:
        raise ValueError
    if "#" in text:
        raise Cause("# is written %23 in a password")
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise Cause("% is written %25 in a password")
    parts = urlsplit(text)
    if "@" not in parts.netloc and re.search(r"^[^/?]*:[^/?]*[/?].*@", text.partition("://")[2]):
        raise Cause("/ is written %2F in a password, and ? %3F")
    if not (parts.netloc or parts.path.strip("/") or parts.query):
        raise ValueError
    for place in parts.netloc.rpartition("@")[2].split(","):  # servers of which one takes over from the other
        if urlsplit(f"//{place}").port == 0:  # asking for the port checks it
            raise ValueError
    return text


def crash_point(points: tuple[str, ...]) -> Parse:
    """point:times"""

    def parse(text: str) -> tuple[str, int]:
        point, _, times = text.partition(":")
        return points[points.index(point)], integer(1, 999_999_999)(times)

    return parse


def origins(text: str) -> tuple[str, ...]:
    """Origins, separated by commas, as browsers say them."""
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if not origin.isascii():
            raise Cause("names are written in ASCII, as browsers do: xn--...")
        if site(origin) is None:
            raise ValueError
    return origins


def base_path(text: str) -> str:
    """A folder of a host, without the slash at its end; empty for the root."""
    path = text.removesuffix("/")
    if len(path) > MAX_BASE_PATH or not re.fullmatch(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*", path, re.ASCII):
        raise ValueError
    return path


def public_url(text: str) -> str:
    """A whole address without query, and without the slash at its end."""
    scheme, _, rest = text.removesuffix("/").partition("://")
    host, slash, path = rest.partition("/")
    if site(f"{scheme}://{host}") is None or (slash and not base_path(slash + path)):
        raise ValueError
    return f"{scheme}://{rest}"


def networks(text: str) -> tuple[Network, ...]:
    """CIDR networks, separated by commas."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def host(text: str) -> str:
    """A host name or an address."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", text, re.ASCII):
        raise ValueError
    return text
