"""Names: one class name for one thing, folders that can be taken in at a look, words that the glossary has."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.project import tree

SOURCES = tree.files("beeplace/*.py")
MAX_FILES = 18
# Terms of the platform, of the protocols and of people's English that need no entry.
PLAIN = Path(__file__).with_name("plain_words.txt")


def public_classes() -> list[tuple[str, Path]]:
    return [
        (node.name, path)
        for path in SOURCES
        for node in ast.parse(tree.text(path)).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def test_no_class_name_stands_for_two_things() -> None:
    places = public_classes()
    twice = {name for name, count in Counter(name for name, _ in places).items() if count > 1}
    assert [(name, str(path)) for name, path in places if name in twice] == []


def test_no_folder_has_too_many_files() -> None:
    files = Counter(str(path.parent) for path in tree.files("beeplace/*", "frontend/src/*"))
    assert {folder: count for folder, count in files.items() if count > MAX_FILES} == {}


def test_the_words_of_public_names_are_in_the_glossary_or_plain() -> None:
    glossary = set(re.findall(r"[a-z]+", tree.text("docs/glossary.md").lower()))
    known = glossary | set(PLAIN.read_text(encoding="utf-8").split())
    unknown = {
        f"{word} ({name} in {path})"
        for name, path in [*public_classes(), *[(path.stem, path) for path in SOURCES]]
        for word in words(name)
        if not {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed"), word + "s"} & known
    }
    assert sorted(unknown) == []


def words(name: str) -> list[str]:
    """`SlowConsumer` and `slow_consumer` are slow and consumer."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [int(path.name[:4]) for path in tree.files("docs/decisions/*.md")]
    titles = [re.match(r"# 0*(\d+)[.:] ", tree.text(str(path))) for path in tree.files("docs/decisions/*.md")]
    assert [int(title[1]) for title in titles if title] == numbers == sorted(set(numbers))
