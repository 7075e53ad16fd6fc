"""Every promise of the README and of docs/reliability.md names tests, and each of them is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.chaos.promises import NOT_YET, PLANTED, PROMISES
from tests.project import tree

NAMED = sorted({test for _, _, tests, _ in PROMISES for test in tests} | {test for _, _, test in PLANTED})


@pytest.mark.parametrize("test", NAMED)
def test_a_test_that_shows_a_promise_is_there(test: str) -> None:
    path, _, function = test.partition("::")
    assert (tree.ROOT / path).is_file()
    if function:
        nodes = ast.walk(ast.parse(tree.text(path)))
        assert function in [n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_promise_has_a_test() -> None:
    assert [name for name, _, tests, _ in PROMISES if not tests] == []


def test_nothing_is_promised_that_is_not_yet() -> None:
    assert not {name for name, _ in NOT_YET} & {name for name, _, _, _ in PROMISES}


def test_each_promise_of_the_readme_names_one_that_is_shown() -> None:
    promises = tree.text("README.md").partition("## What is promised")[2].partition("\n## ")[0]
    named = set(re.findall(r"\bG\d+\b", promises))
    assert named
    assert named <= {name for name, _, _, _ in PROMISES}
