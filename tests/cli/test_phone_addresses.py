"""What a start tells of where a phone finds this machine."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from beeplace.cli.phone_addresses import OwnAddress, phone_urls, preferred, qr_lines
from beeplace.settings.settings import parse_settings
from tests.clients.http import get
from tests.waiting import ended


def on(interface: str, address: str, *, lasts: bool = True) -> OwnAddress:
    return OwnAddress(interface, ip_address(address), lasts)


def test_what_others_reach_comes_first_and_what_is_inside_of_the_machine_last() -> None:
    found = [
        on("lo", "127.0.0.1"), on("docker0", "172.17.0.1"), on("eth1", "10.0.0.5"), on("wlan0", "192.168.1.7"),
        on("lo", "::1"), on("wlan0", "fe80::1"), on("wlan0", "2001:db8::77", lasts=False), on("wlan0", "2001:db8::1"),
        on("br-1f", "172.18.0.1"),
    ]  # fmt: skip
    used = [ip_address("192.168.1.7")]
    assert [str(one) for one in preferred(found, used)] == [
        "192.168.1.7", "10.0.0.5", "2001:db8::1", "2001:db8::77", "172.17.0.1", "172.18.0.1",
    ]  # fmt: skip
    assert preferred([], used) == used, "where interfaces cannot be listed"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_a_server_for_this_machine_alone_names_none(host: str) -> None:
    assert phone_urls(parse_settings({"HOST": host}), 8000) == []


def test_the_address_for_the_public_goes_before_all() -> None:
    settings = parse_settings({"PUBLIC_URL": "https://a.example/place", "BASE_PATH": "/place"})
    assert phone_urls(settings, 8000) == ["https://a.example/place"]
    assert phone_urls(parse_settings({"HOST": "192.0.2.7", "BASE_PATH": "/x"}), 80) == ["http://192.0.2.7:80/x"]


async def test_a_start_prints_addresses_that_answer_and_a_code_on_a_terminal_alone(
    tmp_path: Path,
) -> None:
    ours, theirs = pty.openpty()
    server = subprocess.Popen(
        [sys.executable, "-m", "beeplace"],
        cwd=tmp_path,
        env={**os.environ, "HOST": "::", "PORT": "0", "PYTHONIOENCODING": "utf-8"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        with os.fdopen(ours, encoding="utf-8") as terminal:
            lines: list[str] = []
            while not lines or "key until exit" not in lines[-1]:  # which is the last
                lines.append(terminal.readline().rstrip())
            assert (listens := re.search(r"listens on .*:(\d+)", lines[-2]))
            urls = re.findall("A phone opens (.*)", "\n".join(lines))
            assert urls == phone_urls(parse_settings({"HOST": "::"}), int(listens[1]))
            for url in urls:
                assert (await get(url, "/health"))[0] == 200
            drawn = qr_lines(urls[0]).splitlines() if urls else []  # a machine without a network has none
            assert lines[: len(drawn)] == drawn
    finally:
        server.terminate()
        ended(server, "the server")
