"""Strict JSON: what phones may send, and the tricks that orjson alone would let pass."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.gateway.wire.plain_json import dumps
from beeplace.gateway.wire.strict_json import LARGEST_INTEGER, MAX_DEPTH, StrictJSONError, loads

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SMALL = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXTS
NESTED = st.recursive(
    SMALL, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(NESTED, st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), ("\n,\t", "\r:\n")]))
def test_plain_values_are_read_as_they_are_however_spaced(value: Any, separators: tuple[str, str]) -> None:
    text = json.dumps(value, separators=separators)
    if depth(value) <= MAX_DEPTH:
        assert loads(text) == value
    else:
        with pytest.raises(StrictJSONError):
            loads(text)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", 'c":', "d"]), st.sampled_from(["", " ", "\n"])), max_size=5))
def test_equal_keys_are_refused_however_spaced(keys: list[tuple[str, str]]) -> None:
    text = "{" + ",".join(f"{json.dumps(key)}{space}:1" for key, space in keys) + "}"
    if len({key for key, _ in keys}) == len(keys):
        assert len(loads(text)) == len(keys)
    else:
        with pytest.raises(StrictJSONError):
            loads(text)


@pytest.mark.parametrize("text", ["-0", "[-0]", '{"x":-0}', "-0.0", "-0e0"])
def test_minus_nought_is_no_integer(text: str) -> None:
    value = loads(re.sub(r'[\[\]{}]|"x":', "", text))
    assert type(value) is float


@pytest.mark.parametrize("integer", [LARGEST_INTEGER, -LARGEST_INTEGER, 2**53 - 1, 10**15])
def test_integers_of_53_bits_are_exact(integer: int) -> None:
    assert loads(f"[{integer}]") == [integer]
    assert type(loads(str(integer))) is int


@pytest.mark.parametrize("integer", [2**53 + 1, -(2**53) - 1, 2**63, 2**64, -(2**63) - 1, 10**400])
def test_integers_beyond_53_bits_are_refused(integer: int) -> None:
    with pytest.raises(StrictJSONError):
        loads(f'{{"x":{integer}}}' if integer < 10**300 else '{"x":1' + 400 * "0" + "}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nul",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "'a'",
        "[1,]",
        "{a:1}",
        '"\\ud800"',
        '"\\udfff"',
        '"\t"',
        '"\\x41"',
        "[1] 2",
        "{",
        "[",
        '"',
        "\ufeff[]",
        '{"a":1,}',
        "// a\n1",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(StrictJSONError):
        loads(text)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 500, 100_000])
@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_refused(levels: int, left: str, right: str) -> None:
    for text in (left * levels + "1" + right * levels, left * levels):
        with pytest.raises(StrictJSONError):
            loads(text)


def test_brackets_in_texts_are_no_nesting() -> None:
    assert loads('["[[[[[[","{{{{{\\"[["]') == ["[[[[[[", '{{{{{"[[']


@given(st.text())
def test_any_text_is_a_value_or_refused(text: str) -> None:
    try:
        value = loads(text)
    except StrictJSONError:
        return
    assert depth(value) <= MAX_DEPTH


@given(st.binary())
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        loads(data)
    except (StrictJSONError, UnicodeDecodeError):
        return


def test_text_that_is_json_already_is_not_encoded_again() -> None:
    assert dumps({"board": orjson.Fragment(b"[1,2]")}) == '{"board":[1,2]}'
