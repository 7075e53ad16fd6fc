"""`docker-compose.yml`: valid, pinned, closed to the outside but for the proxy, and in step with the settings."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from beeplace.lifecycle import STOP_SECONDS
from beeplace.settings.table import FIELDS
from beeplace.supervisor import STOP_SECONDS as WORKERS_STOP_SECONDS
from tests.deployment.compose import FILE, compose, services
from tests.deployment.proxies import CADDY
from tests.project import tree
from tests.redis import RedisServer

# A container listens where the image says, its key is in a file, and nobody plans its crash.
NOT_FOR_COMPOSE = {"HOST", "PORT", "API_KEY", "CRASH_AT"}


@pytest.fixture(params=services())
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each service in turn."""
    return services()[request.param]


def test_it_is_valid() -> None:
    command = [str(tree.ROOT / ".venv" / "bin" / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", FILE]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_images_are_pinned(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", service["image"])


def test_each_service_is_watched_and_limited(service: dict[str, Any]) -> None:
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert "stop_grace_period" in service


def test_each_service_has_few_rights(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_only_the_proxy_is_reachable_from_outside() -> None:
    inside = {name for name, network in compose()["networks"].items() if network and network.get("internal")}
    assert {name for name, service in services().items() if "ports" in service} == {"proxy"}
    assert {name for name, service in services().items() if not set(service["networks"]) <= inside} == {"proxy"}
    assert not {"redis", "postgres"} & set(services()["proxy"]["networks"])
    assert not set(services()["postgres"]["networks"]) & set(services()["proxy"]["networks"])


def test_it_waits_for_what_it_needs() -> None:
    needed = {name: service.get("depends_on", {}) for name, service in services().items()}
    assert set(needed["gateway1"]) == set(needed["gateway2"]) == {"postgres", "redis"}
    assert set(needed["proxy"]) == {"gateway1", "gateway2"}
    assert {one["condition"] for ones in needed.values() for one in ones.values()} == {"service_healthy"}


def test_a_gateway_has_time_to_drain() -> None:
    grace = int(services()["gateway1"]["stop_grace_period"].removesuffix("s"))
    assert grace >= max(STOP_SECONDS, WORKERS_STOP_SECONDS) + 5


@pytest.mark.parametrize("name", ["gateway1", "gateway2"])
def test_a_gateway_gets_every_setting_and_no_other(name: str) -> None:
    assert set(services()[name]["environment"]) == {field.variable for field in FIELDS} - NOT_FOR_COMPOSE


def test_no_environment_holds_a_secret(service: dict[str, Any]) -> None:
    given = service.get("environment", {})
    assert [name for name in given if re.search("PASSWORD|KEY|SECRET", name) and not name.endswith("_FILE")] == []
    assert [value for value in given.values() if re.search(r"://[^/@]*:[^/@]*@", value or "")] == []


def test_the_example_has_every_variable_with_its_default() -> None:
    used = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", tree.text(FILE)))
    assert "${" not in re.sub(r"\$\{[A-Z_]+:-[^}]*\}", "", tree.text(FILE))
    told = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", tree.text("deployment/.env.example"), re.MULTILINE))
    assert used == told


def test_what_is_tested_is_what_runs() -> None:
    said = subprocess.run([CADDY, "version"], capture_output=True, text=True, check=True).stdout
    assert services()["proxy"]["image"] == f"caddy:{said.split()[0].removeprefix('v')}-alpine"
    version = tomllib.loads(tree.text("pyproject.toml"))["project"]["version"]
    assert services()["gateway1"]["image"] == services()["gateway2"]["image"] == f"beeplace:{version}"


def test_redis_takes_its_options_and_keeps_what_it_is_told(tmp_path: Path) -> None:
    options = services()["redis"]["command"][1:]
    settings = {name.removeprefix("--"): value for name, value in zip(options[::2], options[1::2], strict=True)}
    tmp_path.chmod(0o755)
    with RedisServer(tmp_path, **settings) as server:
        for name in ("appendonly", "appendfsync", "save", "maxmemory-policy", "protected-mode"):
            assert server.command("CONFIG", "GET", name) == {name.encode(): settings[name].encode()}


def test_secrets_are_made_and_no_others(tmp_path: Path) -> None:
    places = {"SECRETS": tmp_path / "secrets", "BACKUPS": tmp_path / "backups", "TICKETS": tmp_path / "tickets"}
    places["SETTINGS"] = tmp_path / ".env"
    environment = {"PATH": "/usr/sbin:/usr/bin:/bin", **{name: str(path) for name, path in places.items()}}
    made = []
    for _ in range(2):
        subprocess.run([tree.ROOT / "deployment" / "prepare.sh"], env=environment, capture_output=True, check=True)
        made.append({path.name: path.read_text() for path in places["SECRETS"].iterdir()})
    assert made[0] == made[1], "a second run makes nothing new"
    assert {Path(secret["file"]).name for secret in compose()["secrets"].values()} == set(made[0])
    assert made[0]["pgpass"].strip().endswith(":" + made[0]["postgres_password"])
    assert places["SECRETS"].stat().st_mode & 0o077 == 0
    assert {name for name in made[0] if (places["SECRETS"] / name).stat().st_mode & 0o077} == {"postgres_password"}


def test_git_keeps_no_secret() -> None:
    paths = [secret["file"] for secret in compose()["secrets"].values()] + [
        ".env",
        "deployment/backups/one",
        "deployment/tickets/one",
    ]
    command = ["git", "check-ignore", "--no-index", *paths]
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == paths
