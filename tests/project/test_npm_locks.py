"""npm's lock files can be installed anywhere: complete, hashed, for every platform, and naming no registry."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.project import tree

LOCKS = tree.files("*package-lock.json")


def packages(lock: Path) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = json.loads(tree.text(lock))["packages"]
    return held


def test_there_is_a_lock() -> None:
    assert Path("frontend/package-lock.json") in LOCKS


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_package_is_hashed_and_has_no_address(lock: Path) -> None:
    wrong = [name for name, held in packages(lock).items() if name and ("resolved" in held or "integrity" not in held)]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_the_binaries_of_every_platform_are_locked(lock: Path) -> None:
    """`npm ci` refuses a lock without them, even on a platform that would not install them."""
    held = packages(lock)
    names = {name.rpartition("node_modules/")[2] for name in held}
    optional = {name for package in held.values() for name in package.get("optionalDependencies", {})}
    assert optional - names == set()


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_direct_dependencies_are_pinned_exactly(lock: Path) -> None:
    asked = json.loads(tree.text(lock.with_name("package.json")))
    versions = asked.get("dependencies", {}) | asked.get("devDependencies", {})
    assert {name: version for name, version in versions.items() if not version[0].isdigit()} == {}
