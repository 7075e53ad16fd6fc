"""The image: its Dockerfile linted, and its very commands run in an environment of their own, as there is no Docker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_build import NODE_WHEEL
from tests import postgres, redis
from tests.deployment.compose import dockerfile, exec_form, services
from tests.ports import free_port
from tests.project import tree
from tests.servers import ServerProcess


def built_from() -> list[Path]:
    """The files that `.dockerignore` lets into the build."""
    named = re.findall(r"^!(.+)$", tree.text(".dockerignore"), re.MULTILINE)
    return [path for path in tree.files(*named) if path.parts[:2] != ("beeplace", "web")]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`/opt/beeplace/bin` of the image, with `ask` in it, made by the instructions of the stage `packages`.

    Only pip's cache is left on, and its compiling off, for the time that they take.
    """
    folder = tmp_path_factory.mktemp("image")
    source = folder / "src"
    for path in built_from():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.ROOT / path, source / path)
    shutil.copytree(tree.ROOT / "beeplace" / "web", source / "beeplace" / "web")
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": programs, "PIP_NO_COMPILE": "1"}
    for line in dockerfile():
        if (line.stage, line.verb) == ("packages", "RUN"):
            command = line.rest.replace("/opt/beeplace", f"{folder}/opt").replace("/wheel", f"{folder}/wheel")
            command = command.replace(" --no-cache-dir", "")
            done = subprocess.run(
                ["sh", "-ec", command], cwd=source, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    shutil.copy2(source / "deployment" / "ask.py", folder / "opt" / "bin" / "ask")
    return folder / "opt" / "bin"


class Container(ServerProcess):
    """The image's CMD with what docker-compose.yml sets, other places put in; nothing else is in its environment."""

    def __init__(self, folder: Path, image: Path, places: dict[str, str]) -> None:
        self.command = (str(image / exec_form("CMD")[0]), *exec_form("CMD")[1:])
        settings = {k: v for k, v in services()["gateway1"]["environment"].items() if v is not None}
        for there, here in places.items():
            settings = {name: value.replace(there, here) for name, value in settings.items()}
        super().__init__(folder, **settings)

    def start(self) -> None:
        """As Docker would: with the image's own environment."""
        self.environment = {k: v for k, v in self.environment.items() if k not in os.environ and k != "API_KEY"} | {
            "PATH": f"{Path(self.command[0]).parent}:/usr/bin:/bin",
            "PORT": self.environment["PORT"] if self.environment["PORT"] != "0" else str(free_port()),
        }
        super().start()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """As `docker compose exec` would."""
        program = Path(self.command[0]).with_name(command[0])
        return subprocess.run(
            [program, *command[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="module")
def container(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """One gateway, with secrets as `prepare.sh` makes them and a database that asks for the password."""
    folder = tmp_path_factory.mktemp("container")
    secrets = _secrets(folder)
    container = Container(folder / "gateway", image, places(secrets))
    yield container
    if container.process.poll() is None:
        container.kill()


def _secrets(folder: Path) -> Path:
    names = {"SECRETS": "secrets", "BACKUPS": "backups", "TICKETS": "tickets", "SETTINGS": ".env"}
    environment = {"PATH": "/usr/sbin:/usr/bin:/bin", **{k: str(folder / v) for k, v in names.items()}}
    subprocess.run([tree.ROOT / "deployment" / "prepare.sh"], env=environment, capture_output=True, check=True)
    return folder / "secrets"


def places(secrets: Path) -> dict[str, str]:
    """Where PostgreSQL, Redis and the secrets are here; the password is the one that this PostgreSQL knows."""
    server = postgres.shared()
    if not server.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{postgres.GUARDED}'"):
        server.guard()
    server.sql("DROP DATABASE IF EXISTS container")
    server.sql(f"CREATE DATABASE container OWNER {postgres.GUARDED}")
    passfile = secrets / "pgpass"
    host, port, database, user, password = passfile.read_text().strip().split(":")
    assert (host, port, database, user) == ("postgres", "5432", "beeplace", "beeplace")
    assert password != postgres.PASSWORD
    passfile.write_text(f"127.0.0.1:{server.port}:container:{postgres.GUARDED}:{postgres.PASSWORD}\n")
    return {
        "beeplace@postgres/beeplace": f"{postgres.GUARDED}@127.0.0.1:{server.port}/container",
        "redis://redis:6379/0": redis.shared_url(),
        "/run/secrets": str(secrets),
        "${FRONT_SUBNET:-172.30.253.0/24}": "172.30.253.0/24",
    }


def test_the_linter_finds_nothing() -> None:
    command = [str(tree.ROOT / ".venv" / "bin" / "hadolint"), "deployment/Dockerfile"]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_its_bases_are_pinned_and_node_is_the_one_that_builds_wheels() -> None:
    bases = {line.rest.split()[0] for line in dockerfile() if line.verb == "FROM"}
    assert all(re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+-[a-z-]+", base) for base in bases)
    assert {base.split("-")[0] for base in bases if base.startswith("node:")} == {f"node:{NODE_WHEEL.split('==')[1]}"}
    assert len(bases) == 2


def test_it_runs_as_nobody_in_particular_and_hears_sigterm() -> None:
    verbs = {line.verb: line.rest for line in dockerfile() if line.stage == "runtime"}
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", verbs["USER"])
    assert verbs["STOPSIGNAL"] == "SIGTERM"


def test_what_is_copied_is_let_into_the_build() -> None:
    inside = {str(path) for path in built_from()} | {str(parent) for path in built_from() for parent in path.parents}
    copied = [line.rest.split() for line in dockerfile() if line.verb == "COPY" and "--from" not in line.rest]
    sources = {word.rstrip("/") for words in copied for word in words[:-1] if not word.startswith("--")}
    assert sources <= inside


def test_python_packages_are_installed_by_their_hashes() -> None:
    installs = [line.rest for line in dockerfile() if "pip" in line.rest]
    lines = [command for rest in installs for command in rest.split("&&") if " install " in command]
    assert all("--require-hashes" in line or "--no-index" in line for line in lines)
    assert len(lines) == 3


def test_the_container_is_healthy(container: Container) -> None:
    healthy = container.run(*exec_form("HEALTHCHECK"))
    assert healthy.returncode == 0, healthy.stderr
    assert services()["gateway1"]["healthcheck"]["test"][1:] == exec_form("HEALTHCHECK")
    assert '"status":"ready"' in container.run("ask", "/ready").stdout


def test_ask_says_what_is_wrong(container: Container) -> None:
    assert container.run("ask", "/nothing-here").returncode == 1
    assert container.run("ask").returncode == 64


def test_the_page_for_the_night_names_figures_that_exist(container: Container) -> None:
    named = set(re.findall(r"`(beeplace_[a-z_]+)", tree.text("docs/event-night.md")))
    figures = container.run("ask", "/metrics").stdout
    assert named
    assert {name for name in named if not re.search(rf"^(# TYPE )?{name}\b", figures, re.MULTILINE)} == set()


def test_a_stopped_container_ends_in_order_and_is_unhealthy(container: Container) -> None:
    assert container.stop() == 0
    assert container.run(*exec_form("HEALTHCHECK")).returncode == 1
