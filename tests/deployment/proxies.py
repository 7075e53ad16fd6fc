"""The three proxies as processes of their own, with the very files of `deployment/`.

Only ports, addresses of gateways, and places of certificates, logs and process ids are put in. Caddy takes them from
the environment, as docker-compose.yml gives them; in the files of the others they are replaced.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
FILES = ROOT / "deployment"
CADDY = ROOT / ".venv" / "bin" / "caddy"
DEADLINE_SECONDS = 30.0
GATEWAYS = ("127.0.0.1:8001", "127.0.0.1:8002")  # as the files have them


@dataclass(frozen=True, slots=True)
class Certificate:
    """One for localhost, and the authority that clients ask for it."""

    made: Path  # what Caddy keeps of both

    @property
    def chain(self) -> Path:
        """The certificate."""
        return self.made / "caddy" / "certificates" / "local" / "localhost" / "localhost.crt"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.chain.with_suffix(".key")

    @property
    def authority(self) -> Path:
        """Who signed it."""
        return self.made / "caddy" / "pki" / "authorities" / "local" / "root.crt"

    def trusted(self) -> ssl.SSLContext:
        """For clients: this authority and no other."""
        return ssl.create_default_context(cafile=str(self.authority))


class ProxyProcess:
    """One running proxy in front of gateways, which are `host:port` each."""

    def __init__(self, name: str, folder: Path, gateways: tuple[str, str], certificate: Certificate | None) -> None:
        self.name, self.folder, self.certificate = name, folder, certificate
        self.http_port, self.port = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        folder.mkdir(parents=True)
        environment, command = STARTS[name](self, gateways)
        with (folder / "proxy.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self._listens()

    def _listens(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise AssertionError(f"{self.name} did not start: {(self.folder / 'proxy.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        try:
            self.process.wait(DEADLINE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()

    def filled(self, file: str, places: dict[str, str]) -> Path:
        """A copy of a file of `deployment/` with other places; each one has to occur in it."""
        text = (FILES / file).read_text()
        for there, here in places.items():
            assert there in text, f"{file} has no {there!r}"
            text = text.replace(there, here)
        (self.folder / file).write_text(text)
        return self.folder / file


Start = tuple[dict[str, str], list[str | Path]]


def _caddy(proxy: ProxyProcess, gateways: tuple[str, str]) -> Start:
    if proxy.certificate:
        shutil.copytree(proxy.certificate.made, proxy.folder / "data")
    environment = {
        "SITE_ADDRESS": "localhost",
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "CADDY_HTTP_PORT": str(proxy.http_port),
        "CADDY_HTTPS_PORT": str(proxy.port),
        "GATEWAY_1": gateways[0],
        "GATEWAY_2": gateways[1],
        "XDG_DATA_HOME": str(proxy.folder / "data"),
        "XDG_CONFIG_HOME": str(proxy.folder / "config"),
    }
    return environment, [CADDY, "run", "--adapter", "caddyfile", "--config", FILES / "Caddyfile"]


def _nginx(proxy: ProxyProcess, gateways: tuple[str, str]) -> Start:
    assert proxy.certificate
    (proxy.folder / "temporary").mkdir()
    temporary = "".join(
        f"    {kind}_temp_path {proxy.folder}/temporary/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = proxy.filled(
        "nginx.conf",
        {
            "http {\n": "http {\n" + temporary,  # the packaged ones belong to root
            **dict(zip(GATEWAYS, gateways, strict=True)),
            "listen 80 ": f"listen 127.0.0.1:{proxy.http_port} ",
            "listen 443 ": f"listen 127.0.0.1:{proxy.port} ",
            "/etc/beeplace/tls/fullchain.pem": str(proxy.certificate.chain),
            "/etc/beeplace/tls/privkey.pem": str(proxy.certificate.key),
            "/run/nginx.pid": str(proxy.folder / "nginx.pid"),
            "/var/log/nginx/error.log": str(proxy.folder / "error.log"),
        },
    )
    return {}, [_tool("nginx"), "-e", proxy.folder / "error.log", "-c", file, "-g", "daemon off;"]


def _haproxy(proxy: ProxyProcess, gateways: tuple[str, str]) -> Start:
    assert proxy.certificate
    both = proxy.folder / "beeplace.pem"
    both.write_text(proxy.certificate.chain.read_text() + proxy.certificate.key.read_text())
    file = proxy.filled(
        "haproxy.cfg",
        {
            **dict(zip(GATEWAYS, gateways, strict=True)),
            "bind :80\n": f"bind 127.0.0.1:{proxy.http_port}\n",
            "bind :443 ": f"bind 127.0.0.1:{proxy.port} ",
            "/etc/beeplace/tls/beeplace.pem": str(both),
        },
    )
    return {}, [_tool("haproxy"), "-db", "-f", file]


STARTS = {"caddy": _caddy, "nginx": _nginx, "haproxy": _haproxy}


def _tool(name: str) -> str:
    return str(json.loads((ROOT / ".setup" / "tools.json").read_text())[name])


def certificate(folder: Path) -> Certificate:
    """Lets Caddy make one for localhost, as it does where it has no domain."""
    caddy = ProxyProcess("caddy", folder / "authority", ("127.0.0.1:9", "127.0.0.1:9"), None)
    made = Certificate(caddy.folder / "data")
    deadline = time.monotonic() + DEADLINE_SECONDS
    try:
        while not all(path.exists() for path in (made.chain, made.key, made.authority)):
            assert time.monotonic() < deadline, "Caddy made no certificate"
            time.sleep(0.02)
    finally:
        caddy.stop()
    return made
