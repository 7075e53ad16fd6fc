"""The lock files hold what pyproject.toml asks for, hashed, and name no registry."""

import re
import tomllib

import pytest

import beeplace
import hatch_build
from tests.project import tree

PROJECT = tomllib.loads(tree.text("pyproject.toml"))
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
ASKED = {
    "requirements.txt": RUNTIME,
    "requirements-build.txt": GROUPS["build"],
    "requirements-test.txt": [*RUNTIME, *GROUPS["build"], *GROUPS["test"]],
    "requirements-node.txt": GROUPS["node"],
    "requirements-servers.txt": GROUPS["servers"],
}
ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; [^\\\n]*)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE
)


def locked(file: str) -> dict[str, str]:
    return {name: version for name, version, _ in ENTRY.findall(tree.text(file))}


def pinned(requirement: str) -> tuple[str, str]:
    name, version = requirement.split(";", maxsplit=1)[0].strip().split("==")
    return name.partition("[")[0], version


def test_every_lock_file_is_known() -> None:
    assert sorted(map(str, tree.files("requirements*"))) == sorted(ASKED)


@pytest.mark.parametrize("file", ASKED)
def test_every_line_is_a_hashed_entry_or_a_comment(file: str) -> None:
    rest = ENTRY.sub("", tree.text(file))
    assert [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")] == []


@pytest.mark.parametrize("file", ASKED)
def test_no_lock_file_names_an_address(file: str) -> None:
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url|--find-links", tree.text(file)) == []


@pytest.mark.parametrize("file", ASKED)
def test_the_lock_holds_what_the_project_pins(file: str) -> None:
    assert dict(map(pinned, ASKED[file])).items() <= locked(file).items()


def test_the_tests_run_on_the_locked_runtime() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-test.txt").items()
    assert locked("requirements-build.txt").items() <= locked("requirements-test.txt").items()


def test_the_backend_of_an_isolated_build_is_the_locked_one() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= set(GROUPS["build"])


def test_the_wheels_node_is_the_locked_one() -> None:
    assert GROUPS["node"] == [hatch_build.NODE_WHEEL]


def test_no_tool_is_a_dependency_of_the_package() -> None:
    assert set(dict(map(pinned, GROUPS["test"]))) & set(locked("requirements.txt")) == set()


def test_every_dependency_says_why_it_is_there() -> None:
    lines = [
        line for line in tree.text("pyproject.toml").splitlines() if re.match(r' +"[a-z0-9-]+(\[[a-z0-9,]+\])?==', line)
    ]
    assert len(lines) >= len(RUNTIME) + len(GROUPS["test"])
    assert [line for line in lines if "  # " not in line] == []


def test_the_package_and_the_project_have_one_version() -> None:
    assert beeplace.__version__ == PROJECT["project"]["version"]
