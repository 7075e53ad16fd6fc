"""JSON by orjson, in the form in which python-socketio wants it."""

from __future__ import annotations

from typing import Any

import orjson


def loads(text: str | bytes, **_: Any) -> Any:
    """The value of a JSON text."""
    return orjson.loads(text)


def dumps(value: Any, **_: Any) -> str:
    """The shortest JSON text; `orjson.Fragment` stands for text that is already JSON."""
    return orjson.dumps(value).decode()
