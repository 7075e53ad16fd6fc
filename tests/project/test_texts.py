"""No file says what does not belong into a repository: places on one machine, registries, loose ends, secrets."""

import re
from pathlib import Path

import pytest

from tests.project import tree

# A letter in brackets keeps a pattern from finding itself here.
FORBIDDEN = {
    "a place on one machine": re.compile(r"(?<![\w./~-])/(?:w[o]rk|r[o]ot|h[o]me)/[\w.-]"),
    "a registry's address": re.compile(
        r"py[p]i\.org|python[h]osted\.org|registry\.(?:npm[j]s\.org|yarn[p]kg\.com)|deb\.deb[i]an\.org"
    ),
    "a loose end": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
    "a private key": re.compile(r"BEGIN [A-Z ]*PRIVATE [K]EY"),
    "a cloud or forge token": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}|glpat-\w{20})\b"
    ),
    "a key in a settings file": re.compile(r"^(?:API_KEY|[A-Z_]*PASSWORD|[A-Z_]*SECRET)=[^\s$#]+", re.MULTILINE),
    "a merge's leftover": re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE),
}


def findings(text: str) -> list[str]:
    return [f"{what}: {match.group()}" for what, pattern in FORBIDDEN.items() if (match := pattern.search(text))]


def is_text(path: Path) -> bool:
    return b"\0" not in (tree.ROOT / path).read_bytes()


def test_nothing_forbidden_is_written() -> None:
    found = {str(path): findings(tree.text(path)) for path in tree.files() if is_text(path)}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("a place on one machine", "cd /r~oot/x"),
        ("a registry's address", "https://py~pi.org/simple"),
        ("a loose end", "# TO~DO later"),
        ("a private key", "-----BEGIN RSA PRIVATE~ KEY-----"),
        ("a cloud or forge token", "ghp_" + 36 * "a"),
        ("a key in a settings file", "API_KEY=abc"),
        ("a merge's leftover", "<~<<<<<< HEAD"),
    ],
)
def test_the_forbidden_is_seen(what: str, sample: str) -> None:
    """The tilde in a sample keeps the sample from being found in this file."""
    assert FORBIDDEN[what].search(sample.replace("~", ""))
