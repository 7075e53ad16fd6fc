"""nginx as a process of its own, with a few lines of configuration, in front of servers of a test."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

from tests.ports import free_port
from tests.waiting import ended, wait_until

UPGRADE = (
    "proxy_http_version 1.1; proxy_set_header Connection $http_connection; proxy_set_header Upgrade $http_upgrade;"
)
HOST = "proxy_set_header Host $http_host;"


class NginxProcess:
    """Listens on `port` once it is made. `locations` is the body of its server; `gateways` are the `upstreams`."""

    def __init__(self, folder: Path, locations: str, *upstreams: int, tls: tuple[Path, Path] | None = None) -> None:
        folder.mkdir(parents=True)
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        secure = f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};" if tls else ""
        servers = " ".join(f"server 127.0.0.1:{one};" for one in upstreams)
        temporary = " ".join(
            f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; "
            f"{temporary} upstream gateways {{ {servers} }} "
            f"server {{ listen 127.0.0.1:{self.port} {'ssl' if tls else ''}; {secure} {locations} }} }}"
        )
        program = shutil.which("nginx")
        assert program, "nginx is missing: make needs"
        self._process = subprocess.Popen([program, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"])
        wait_until(self._answers)

    def _answers(self) -> bool:
        assert self._process.poll() is None, "nginx did not start"
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        ended(self._process, "nginx")
