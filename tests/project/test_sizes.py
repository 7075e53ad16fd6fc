"""Size is a smell, not a law: the longest files and functions are printed, and the monstrous fail."""

import ast
from collections.abc import Iterator

import pytest

from tests.project import tree

WARN_FILE_LINES, WARN_FUNCTION_LINES = 300, 40  # past these: look for the noun that wants out
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60
LISTED = 10


def test_files_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {str(path): tree.text(path).count("\n") for path in tree.files("*.py", "*.ts")}
    report(capsys, "files", lines, WARN_FILE_LINES)
    assert {path: count for path, count in lines.items() if count > MAX_FILE_LINES} == {}


def test_functions_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {f"{path}:{name}": count for path in tree.files("*.py") for name, count in functions(tree.text(path))}
    report(capsys, "functions", lines, WARN_FUNCTION_LINES)
    assert {name: count for name, count in lines.items() if count > MAX_FUNCTION_LINES} == {}


def report(capsys: pytest.CaptureFixture[str], what: str, lines: dict[str, int], worth_a_look: int) -> None:
    """Prints the longest, however the test ends; `!` marks those in which another noun may be hiding."""
    longest = sorted(lines.items(), key=lambda item: -item[1])[:LISTED]
    with capsys.disabled():
        print(f"\nlongest {what}:")
        for name, count in longest:
            print(f"  {count:4} {'!' if count > worth_a_look else ' '} {name}")


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and length of each function, from `def` to its last line, without its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1 - docstring_lines(node)


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def test_a_long_function_is_seen() -> None:
    body = "\n".join("    pass" for _ in range(MAX_FUNCTION_LINES))
    assert list(functions(f'def long() -> None:\n    """One\n    two."""\n{body}')) == [
        ("long", MAX_FUNCTION_LINES + 1)
    ]
