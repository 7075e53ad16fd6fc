"""How the text of a setting becomes a value: each function raises ValueError where the rule is broken."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from beeplace.board.palette import Palette

Parse = Callable[[str], Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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


def on_off(text: str) -> bool:
    """A switch."""
    return ("off", "on").index(text.lower()) == 1


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
    """A file that only its owner can read, with a key in it."""
    path = Path(text)
    if not path.is_file() or path.stat().st_mode & 0o077 or path.stat().st_size > 4096:
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


def redis(text: str) -> str:
    """The address of a Redis server."""
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return _address(text)


def _address(text: str) -> str:
    if not text.isprintable() or " " in text:
        raise ValueError
    parts = urlsplit(text)
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
    """Origins, separated by commas."""
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or not parts.netloc:
            raise ValueError
        if "@" in parts.netloc or parts.port == 0:  # asking for the port refuses one that is none
            raise ValueError
    return origins


def networks(text: str) -> tuple[Network, ...]:
    """CIDR networks, separated by commas."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def host(text: str) -> str:
    """A host name or an address."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", text, re.ASCII):
        raise ValueError
    return text
