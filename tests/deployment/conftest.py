"""Two gateways that share a board, and each of the three proxies in front of them, once for each module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.pair import Pair
from tests.deployment.proxies import STARTS, Certificate, ProxyProcess, certificate


@pytest.fixture(scope="session", name="certificate")
def made_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For localhost, by an authority that only the tests know."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two gateways on one PostgreSQL and one Redis."""
    pair = Pair(tmp_path_factory.mktemp("pair"))
    yield pair
    pair.end()


@pytest.fixture(scope="module", params=STARTS)
def proxy(
    request: pytest.FixtureRequest, pair: Pair, certificate: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProxyProcess]:
    """Each of the proxies in turn, in front of the pair."""
    pair.whole()
    folder: Path = tmp_path_factory.mktemp(request.param) / "proxy"
    proxy = ProxyProcess(request.param, folder, pair.addresses, certificate)
    yield proxy
    proxy.stop()
