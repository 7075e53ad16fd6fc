"""The units of `deployment/systemd/`: a gateway of its own for each port, with time to drain and few rights."""

from __future__ import annotations

import re
import shlex

from beeplace.__main__ import _parser
from beeplace.lifecycle import STOP_SECONDS
from beeplace.settings.settings import parse_settings
from beeplace.supervisor import STOP_SECONDS as WORKERS_STOP_SECONDS
from beeplace.terminal import CONFIGURATION
from tests.project import tree

NO_VALUE_BUT_YES = (
    "NoNewPrivileges",
    "ProtectHome",
    "PrivateTmp",
    "PrivateDevices",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RestrictNamespaces",
    "RestrictSUIDSGID",
    "LockPersonality",
)


def unit(name: str) -> dict[str, str]:
    """Its settings; of one that is given twice, the last."""
    text = tree.text(f"deployment/systemd/{name}")
    return dict(re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE))


def test_the_instance_is_the_port() -> None:
    program, *arguments = shlex.split(unit("beeplace@.service")["ExecStart"].replace("%i", "8001"))
    assert program == "/opt/beeplace/bin/beeplace"
    given = _parser().parse_args(arguments)
    assert (given.command, given.host, given.port) == ("serve", "127.0.0.1", 8001)


def test_a_gateway_has_time_to_drain() -> None:
    assert int(unit("beeplace@.service")["TimeoutStopSec"]) >= max(STOP_SECONDS, WORKERS_STOP_SECONDS) + 5


def test_it_is_started_again_but_not_with_a_wrong_setting() -> None:
    service = unit("beeplace@.service")
    assert service["Restart"] == "always"
    assert service["RestartPreventExitStatus"] == str(CONFIGURATION)


def test_it_has_many_files_and_few_rights() -> None:
    service = unit("beeplace@.service")
    assert int(service["LimitNOFILE"]) >= 65536
    assert service["User"] == "beeplace"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert {service[name] for name in NO_VALUE_BUT_YES} == {"yes"}


def test_the_target_has_all_gateways() -> None:
    service = unit("beeplace@.service")
    assert service["PartOf"] == service["WantedBy"] == "beeplace.target"
    assert unit("beeplace.target")["WantedBy"] == "multi-user.target"


def test_the_settings_that_the_page_gives_are_settings() -> None:
    page = tree.text("docs/deployment.md")
    assert unit("beeplace@.service")["EnvironmentFile"] in page
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", page, re.MULTILINE))
    assert set(given) == {"DATABASE_URL", "REDIS_URL", "API_KEY_FILE", "TRUSTED_PROXIES"}
    del given["API_KEY_FILE"]  # which is not there
    assert parse_settings(given).trusted_proxies
