"""Finds what a source uses of others' code that is theirs alone: attributes with an underscore that nobody here has."""

import ast
from collections.abc import Iterable, Iterator


def own_names(sources: Iterable[str]) -> set[str]:
    """Every name with an underscore that our own code gives to something."""
    return {name for source in sources for node in ast.walk(ast.parse(source)) for name in _given(node)}


def _given(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
            yield name


def foreign_private(source: str, own: set[str]) -> set[str]:
    """Private attributes that the source reads, writes or calls and that are not our own."""
    found = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return {name for name in found if name.startswith("_") and not name.startswith("__") and name not in own}
