"""The SQL that stands beside a store."""

from __future__ import annotations

import re

import pytest

from beeplace.board.queries import migrations, queries
from tests.board.samples import STORES


@pytest.mark.parametrize("folder", sorted(STORES))
def test_each_query_has_a_name_a_sentence_and_a_statement(folder: str) -> None:
    for name, sql in queries(folder).items():
        sentence, statement = sql.split("\n", 1)
        assert re.fullmatch(r"-- .+\.", sentence), name
        assert statement.rstrip().endswith(";"), name


@pytest.mark.parametrize("folder", sorted(STORES))
def test_migrations_are_numbered_from_one_without_holes(folder: str) -> None:
    numbers = [number for number, _ in migrations(folder)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("folder", sorted(STORES))
def test_no_value_is_written_into_a_query(folder: str) -> None:
    for name, sql in queries(folder).items():
        assert not re.search(r"['{}%]", sql.split("\n", 1)[1]), name
