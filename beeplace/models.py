"""What comes from outside as models of msgspec: what does not fit is refused with its place and the rule, in words."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from beeplace.errors import BadRequest

T = TypeVar("T")

_LONGEST = 60  # characters of what is repeated to who sent it
_PLACE: Final = re.compile(r"(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_WORDS: Final = {
    "int": "an integer", "float": "a number", "str": "a text", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object",
}  # fmt: skip
_TYPES: Final = re.compile(rf"`((?:{'|'.join(_WORDS)})(?: \| (?:{'|'.join(_WORDS)}))*)`")


def fitted(value: object, model: type[T], status: int = 422, *, texts: bool = False) -> T:
    """A value of JSON as its model; with `texts`, numbers may be written as such. Raises BadRequest."""
    try:
        return msgspec.convert(value, model, strict=not texts)
    except msgspec.ValidationError as error:
        raise BadRequest(status, rule(str(error))) from error


def rule(text: str) -> str:
    """What msgspec says, as a sentence that begins with the place: `maxPixels must be an integer >= 1`."""
    found = _PLACE.search(text)
    place, said = (found[1] or "", text[: found.start()]) if found else ("", text)
    place = place[:_LONGEST]
    if missing := _MISSING.fullmatch(said):
        return f"{_below(place, missing[1])} is missing"
    if unknown := _UNKNOWN.fullmatch(said):
        return f"there is no field {_below(place, unknown[1][:_LONGEST])}"
    said = _TYPES.sub(lambda types: " or ".join(_WORDS[name] for name in types[1].split(" | ")), said[:200])
    said = said.replace("Expected ", "must be ", 1).replace(", got ", ", not ")
    said = said.replace("Invalid enum value", "must be one of those that are named, not").replace("Invalid", "no valid")
    return f"{place} {said}" if place else f"what is sent {said}"


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def described_fields(model: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """The fields of a model by the names that clients give them, each with its JSON Schema."""
    reference, schemas = msgspec.json.schema_components([model], ref_template="{name}")
    properties: dict[str, dict[str, Any]] = schemas[reference[0]["$ref"]]["properties"]
    return properties
