"""The difference between two states as a JSON Merge Patch (RFC 7396). No value of a state is null."""

from __future__ import annotations

from typing import Any


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What makes `after` of `before`; empty where they are equal."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        known = before.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            if inner := difference(known, value):
                patch[name] = inner
        elif name not in before or known != value:
            patch[name] = value
    return patch
