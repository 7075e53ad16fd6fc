"""Compares what came with what a golden transcript says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

KINDS: dict[str, Callable[[Any], object]] = {
    "<epoch>": lambda value: isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}", value),
    "<range>": lambda value: isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}:\d+:\d+", value),
    "<epoch and seq>": lambda value: isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}:\d+", value),
    "<milliseconds>": lambda value: type(value) is int and value > 0,
    "<words>": lambda value: isinstance(value, str) and value.strip(),
}


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where the two differ, in words; nothing where they agree."""
    if isinstance(expected, str) and expected in KINDS:
        return [] if KINDS[expected](found) else [f"{where}: {found!r} is no {expected}"]
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [f"{where}.{n}: missing or too much" for n in expected.keys() ^ found.keys()]
        return names + [
            d for n in expected.keys() & found.keys() for d in differences(expected[n], found[n], f"{where}.{n}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            d for i, pair in enumerate(zip(expected, found, strict=True)) for d in differences(*pair, f"{where}[{i}]")
        ]
    same = expected == found and type(expected) is type(found)
    return [] if same else [f"{where}: {found!r} instead of {expected!r}"]
