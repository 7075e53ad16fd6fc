"""The build hook makes the page where it is missing, and never lets a build without a page pass."""

import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import hatch_build

Build = Callable[[], Path]

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "trial"
version = "1"
[tool.hatch.build.hooks.custom]
[tool.hatch.build.targets.wheel]
packages = ["beeplace"]
artifacts = ["beeplace/web/**"]
"""
NPM_BUILDS = 'if [ "$1" = run ]; then mkdir -p ../beeplace/web && echo page > ../beeplace/web/index.html; fi'


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with our hook, on a machine whose only Node.js and npm are in `machine/`."""
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / ".gitignore").write_text("beeplace/web/\n")
    (tmp_path / "hatch_build.py").write_bytes(Path(hatch_build.__file__).read_bytes())
    for folder in ("beeplace", "frontend", "machine"):
        (tmp_path / folder).mkdir()
    (tmp_path / "beeplace" / "__init__.py").touch()
    monkeypatch.setenv("PATH", f"{tmp_path / 'machine'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def wheel(project: Path) -> str:
    return next(iter(WheelBuilder(str(project)).build(directory=str(project / "dist"), versions=["standard"])))


def names(file: str) -> list[str]:
    return zipfile.ZipFile(file).namelist()


def test_a_missing_page_is_built(project: Path) -> None:
    program(project / "machine", "node", "echo v20.19.0")
    program(project / "machine", "npm", NPM_BUILDS)
    assert "beeplace/web/index.html" in names(wheel(project))


def test_a_page_that_is_there_is_taken_as_it_is(project: Path) -> None:
    program(project / "machine", "npm", "exit 1")
    (project / "beeplace" / "web").mkdir()
    (project / "beeplace" / "web" / "index.html").touch()
    assert "beeplace/web/index.html" in names(wheel(project))


def test_a_build_without_a_page_fails(project: Path) -> None:
    program(project / "machine", "node", "echo v22.1.0")
    program(project / "machine", "npm", "exit 0")
    with pytest.raises(RuntimeError, match=r"index\.html is missing"):
        wheel(project)


def test_a_failing_npm_fails_the_build(project: Path) -> None:
    program(project / "machine", "node", "echo v22.1.0")
    program(project / "machine", "npm", "exit 3")
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        wheel(project)


@pytest.mark.parametrize(
    ("version", "usable"), [("v18.20.4", False), ("v20.18.3", False), ("v20.19.0", True), ("v24.1.0", True)]
)
def test_an_old_node_is_not_used(project: Path, version: str, usable: bool) -> None:
    program(project / "machine", "node", f"echo {version}")
    program(project / "machine", "npm", "exit 0")
    assert (hatch_build.system_npm() is not None) is usable


def test_without_npm_node_comes_from_pypi(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project / "machine"))
    hook = hatch_build.FrontendBuildHook(str(project), {}, None, None, "", "wheel")  # type: ignore[arg-type]
    assert hook.dependencies() == [hatch_build.NODE_WHEEL]


def test_without_any_node_the_build_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without build isolation nobody fetches what the hook asks for."""
    monkeypatch.setenv("PATH", str(project / "machine"))
    with pytest.raises(RuntimeError, match=r"no Node\.js"):
        wheel(project)
