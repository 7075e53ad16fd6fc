"""What does not fit a model is refused in words: the place first, then what it must be."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.errors import BadRequest
from beeplace.models import fitted


class Area(Struct, forbid_unknown_fields=True):
    """A field within a field."""

    x: Annotated[int, Meta(ge=1)]


class Form(Struct, forbid_unknown_fields=True, rename="camel"):
    """One of each kind."""

    area: Area | UnsetType = UNSET
    short_text: Annotated[str, Meta(max_length=3)] | UnsetType = UNSET
    people: list[str] | UnsetType = UNSET
    kind: Literal["fill", "clear"] | UnsetType = UNSET
    color: int | str | UnsetType = UNSET


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "what is sent must be an object, not a list"),
        ({"kinds": 1}, "there is no field kinds"),
        ({"area": {"x": 1, "z": 1}}, "there is no field area.z"),
        ({"area": {}}, "area.x is missing"),
        ({"area": {"x": 0}}, "area.x must be an integer >= 1"),
        ({"area": {"x": True}}, "area.x must be an integer, not true or false"),
        ({"shortText": "long"}, "shortText must be a text of length <= 3"),
        ({"people": ["bee", None]}, "people[1] must be a text, not null"),
        ({"kind": "rewind"}, "kind must be one of those that are named, not 'rewind'"),
        ({"color": 0.5}, "color must be an integer or a text, not a number"),
    ],
)
def test_what_does_not_fit_is_said_in_words(value: object, said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        fitted(value, Form)
    assert (refused.value.status, str(refused.value)) == (422, said)


def test_what_was_sent_is_never_repeated_at_length() -> None:
    for value in ({"x" * 9_000: 1}, {"kind": "x" * 9_000}, {"area": {"x" * 9_000: 1}}):
        with pytest.raises(BadRequest) as refused:
            fitted(value, Form)
        assert len(str(refused.value)) < 300
