"""No row of the catalogue is lost: each is executed, or says when it will be."""

from __future__ import annotations

import re

import pytest

from tests.catalogue.rows import EXECUTED, FILES, Row, expanded, rows
from tests.project.tree import ROOT

# The ids of sections 5.1 to 5.7 of the research on reliability.
KNOWN = {
    "handshakes": (
        "A",
        [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38],
    ),
    "frames": ("B", [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28]),
    "packets": ("C", [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32]),
    "join": ("D", [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17]),
    "pixels": (
        "E",
        [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38, 40, 41],
    ),
    "organiser": ("F", [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32]),
    "environment": ("G", [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28]),
}  # fmt: skip
ALL = [(name, row) for name in FILES for row in rows(name)]


@pytest.mark.parametrize("name", FILES)
def test_every_known_id_is_there(name: str) -> None:
    letter, numbers = KNOWN[name]
    assert {f"BI-{letter}{number:02}" for number in numbers} - {row["id"] for row in rows(name)} == set()


def kinds(row: Row) -> list[str]:
    return [form for form in (*EXECUTED, "elsewhere", "later") if form in row]


def test_a_row_is_either_executed_or_put_off_with_a_reason() -> None:
    assert [row["id"] for _, row in ALL if len(kinds(row)) != 1 or not row[kinds(row)[0]]] == []


def test_the_numbers_of_executed_and_later_rows_are_known() -> None:
    later = [row["id"] for _, row in ALL if "later" in row]
    assert sorted(later) == [
        "BI-D16", "BI-D17", "BI-E37", "BI-F31", "BI-G28",
    ]  # fmt: skip
    executed = {row["id"] for _, row in ALL if "later" not in row}
    inputs = sum(len(row.get(form, [])) for _, row in ALL for form in EXECUTED if form not in ("scenario", "story"))
    assert (len(executed), inputs >= 600) == (145, True)


@pytest.mark.parametrize("row", [row for _, row in ALL if "elsewhere" in row], ids=lambda row: str(row["id"]))
def test_a_row_that_is_executed_elsewhere_names_its_test(row: Row) -> None:
    file, _, test = str(row["elsewhere"]).partition("::")
    assert re.search(rf"^(?:async )?def {test}\b", (ROOT / file).read_text(), re.MULTILINE)


def test_a_repeated_text_is_expanded() -> None:
    assert expanded('{"x":<9*3>,"y":<[*2>1<]*2>}') == '{"x":999,"y":[[1]]}'
