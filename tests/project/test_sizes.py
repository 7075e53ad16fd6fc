"""A module that is too long to grasp is split; what may stay long is listed here with its reason."""

import ast
from collections.abc import Iterator

from tests.project import tree

FILE_LINES = 300
FUNCTION_LINES = 40
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def test_files_are_short() -> None:
    lines = {str(path): tree.text(path).count("\n") for path in tree.files("*.py", "*.ts")}
    assert {path: count for path, count in lines.items() if count > FILE_LINES and path not in LONG_FILES} == {}


def test_functions_are_short() -> None:
    lines = {f"{path}:{name}": count for path in tree.files("*.py") for name, count in functions(tree.text(path))}
    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES and name not in LONG_FUNCTIONS} == {}


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
    body = "\n".join("    pass" for _ in range(FUNCTION_LINES))
    assert list(functions(f'def long() -> None:\n    """One\n    two."""\n{body}')) == [("long", FUNCTION_LINES + 1)]


def test_an_exception_is_still_needed() -> None:
    files = {name: tree.text(name).count("\n") for name in LONG_FILES}
    assert {name: count for name, count in files.items() if count <= FILE_LINES} == {}
    for name in LONG_FUNCTIONS:
        file, function = name.split(":")
        assert dict(functions(tree.text(file)))[function] > FUNCTION_LINES
