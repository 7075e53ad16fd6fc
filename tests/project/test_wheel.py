"""A built wheel, installed into an empty environment, serves the page; what it is built from can build it again."""

import re
import shutil
import subprocess
import sys
import threading
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder

from tests.project import tree

START_SECONDS = 60
STOP_SECONDS = 60


def run(*command: str | Path) -> str:
    return subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-qq",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "-w",
        folder,
        ".",
    )
    return next(folder.glob("beeplace-*.whl"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the locked packages and the wheel, nothing else."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "-qq", "--no-deps"]
    run(*pip, "--require-hashes", "-r", "requirements.txt")
    run(*pip, "--no-index", wheel)
    return environment / "bin"


@contextmanager
def server(programs: Path, folder: Path) -> Iterator[str]:
    """The address of `beeplace`, started in an empty folder with nothing set but the port."""
    environment = {"PATH": str(programs), "PORT": "0", "HOST": "127.0.0.1"}
    command = [programs / "beeplace"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield address(process)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    deadline = threading.Timer(START_SECONDS, process.kill)
    deadline.start()
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line):
            deadline.cancel()
            return found.group()
    raise AssertionError(f"no address within {START_SECONDS} s:\n{said}")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())


def test_the_installed_wheel_serves_the_page_and_its_assets(programs: Path, tmp_path: Path) -> None:
    with server(programs, tmp_path) as url:
        page = get(url + "/")
        assets = re.findall(r'(?:src|href)="\.(/assets/[^"]+)"', page)
        assert "<canvas" in page or "<script" in page
        assert assets
        assert all(get(url + asset) for asset in assets)


def test_the_installed_wheel_says_its_version(programs: Path, tmp_path: Path) -> None:
    version = tomllib.loads(tree.text("pyproject.toml"))["project"]["version"]
    said = subprocess.run(
        [programs / "beeplace", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert version in said.stdout


def test_the_wheel_holds_all_of_the_package(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    built = {str(path.relative_to(tree.ROOT)) for path in tree.ROOT.glob("beeplace/web/**/*") if path.is_file()}
    assert {str(path) for path in tree.files("beeplace/*")} | built <= held
    assert "beeplace/py.typed" in held
    assert any(name.endswith(".sql") for name in held)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/", maxsplit=1)[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"beeplace"}


def test_the_sdist_can_build_the_page(tmp_path: Path) -> None:
    """With the repository's node_modules: `npm ci` from the same lock is `make setup`'s business."""
    built = next(iter(SdistBuilder(str(tree.ROOT)).build(directory=str(tmp_path), versions=["standard"])))
    run("tar", "-xf", built, "-C", tmp_path)  # tarfile's safe extraction came after Debian 12's Python 3.11.2
    project = next(tmp_path.glob("beeplace-*/"))
    assert {str(path) for path in tree.files("beeplace/*", "frontend/*", "hatch_build.py")} <= files_in(project)
    assert not (project / "frontend" / "node_modules").exists()
    shutil.rmtree(project / "beeplace" / "web")
    (project / "frontend" / "node_modules").symlink_to(tree.ROOT / "frontend" / "node_modules")
    run(tree.ROOT / "scripts" / "with-node.sh", "npm", "--prefix", project / "frontend", "run", "build")
    assert (project / "beeplace" / "web" / "index.html").is_file()


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
