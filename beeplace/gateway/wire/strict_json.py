"""JSON of Socket.IO packets: orjson for what is plain, a strict second look at what could be a trick.

Whatever phones send passes through `loads`. orjson is fast but lenient in four ways that matter here: it
turns `-0` into 0, integers beyond 64 bits into floats, keeps the last of two equal keys, and follows any
nesting. Text in which one of these could hide is read again by the slow parser, which refuses them.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

MAX_DEPTH = 4
LARGEST_INTEGER = 2**53

_SUSPICIOUS = re.compile(r"-0|[0-9]{16}")


class StrictJSONError(ValueError):
    """The text is not the JSON that this protocol speaks."""


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises StrictJSONError."""
    if isinstance(text, bytes):
        text = text.decode()
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise StrictJSONError("nested too deeply")
    try:
        value = orjson.loads(text)
        colons = text.count(":")
        if _SUSPICIOUS.search(text) or (colons and _keys(value) != colons):
            return _slowly(text)
        return value
    except (ValueError, RecursionError) as error:
        raise StrictJSONError("malformed") from error


def _keys(value: Any) -> int:
    """How many keys all objects have together: fewer than there are colons where two are equal.

    An event with one flat object, which is nearly every one, needs no walk: one that is not flat has more colons.
    """
    if type(value) is list and len(value) == 2 and type(value[1]) is dict:
        return len(value[1])
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _slowly(text: str) -> Any:
    return json.loads(text, parse_int=_integer, object_pairs_hook=_object)


def _integer(digits: str) -> int | float:
    if digits == "-0":
        return -0.0  # a float, and so refused wherever an integer is asked for
    if len(digits) > 17 or abs(int(digits)) > LARGEST_INTEGER:
        raise StrictJSONError("integer beyond 53 bits")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise StrictJSONError("two equal keys")
    return found


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings."""
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest
