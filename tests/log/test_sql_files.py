"""The SQL that stands beside a store."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beeplace.log.sql_files import many, migrations, queries
from tests.log.samples import STORES


def parted(sql: str) -> tuple[list[str], str]:
    """The lines of the comment, and the statement."""
    lines = sql.split("\n")
    count = next(number for number, line in enumerate(lines) if not line.startswith("-- "))
    return lines[:count], "\n".join(lines[count:])


@pytest.mark.parametrize("folder", sorted(STORES))
def test_each_query_has_a_name_a_sentence_and_a_statement(folder: str) -> None:
    for name, sql in queries(folder).items():
        comment, statement = parted(sql)
        assert re.fullmatch(r"-- [A-Z].+\.", comment[-1] if len(comment) == 1 else comment[0] + comment[-1]), name
        assert statement.rstrip().endswith(";"), name


@pytest.mark.parametrize("folder", sorted(STORES))
def test_migrations_are_numbered_from_one_without_holes(folder: str) -> None:
    numbers = [number for number, _ in migrations(folder)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("folder", sorted(STORES))
def test_no_value_is_written_into_a_query(folder: str) -> None:
    for name, sql in queries(folder).items():
        statement = re.sub(r"'[\w -]*'", "", parted(sql)[1])  # names of tables and settings are part of a query
        assert not re.search(r"['{}%]", statement), name


@given(st.lists(st.tuples(st.integers(), st.text()), max_size=700))
def test_many_rows_are_few_statements_with_the_same_rows_in_order(rows: list[tuple[object, ...]]) -> None:
    found = list(many("INSERT INTO t VALUES (?, ?) ON CONFLICT DO NOTHING;", rows))
    assert [value for _, bindings in found for value in bindings] == [value for row in rows for value in row]
    for sql, bindings in found:
        places = ", ".join(len(bindings) // 2 * ["(?, ?)"])
        assert sql == f"INSERT INTO t VALUES {places} ON CONFLICT DO NOTHING;"
    assert len({sql for sql, _ in found}) <= 5
    assert len(found) <= 12 + len(rows) // 256


@pytest.mark.parametrize("query", ["add_entry", "set_allowance", "remember_request"])
def test_what_is_written_for_each_row_can_be_written_for_many(query: str) -> None:
    sql = queries("sqlite")[query]
    one, four = (next(many(sql, count * [()]))[0] for count in (1, 4))
    assert one == sql
    assert four.count("?") == 4 * sql.count("?") > 0
