"""Each proxy as a process in front of one gateway, with the fewest lines that it needs. Nothing of it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.proxies import CADDY

APACHE_MODULES = Path("/usr/lib/apache2/modules")
_APACHE = ("mpm_event", "authz_core", "proxy", "proxy_http", "proxy_wstunnel")


@dataclass(frozen=True, slots=True)
class Proxy:
    """How one is started: `package` of Debian has `program`; `begin` writes its files and returns its command."""

    program: str
    package: str
    begin: Callable[[Path, int, int], list[str]]


def _written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def _nginx(folder: Path, port: int, gateway: int) -> list[str]:
    places = " ".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    upgrade = (
        "proxy_http_version 1.1; proxy_set_header Connection $http_connection; proxy_set_header Upgrade $http_upgrade;"
    )
    file = _written(
        folder,
        "nginx.conf",
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {places} "
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{gateway}; {upgrade} "
        "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; } } }",
    )
    return ["nginx", "-e", f"{folder}/error.log", "-c", file]


def _haproxy(folder: Path, port: int, gateway: int) -> list[str]:
    file = _written(
        folder,
        "haproxy.cfg",
        "defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n timeout tunnel 1h\n"
        f" option forwardfor\nlisten site\n bind 127.0.0.1:{port}\n server one 127.0.0.1:{gateway}\n",
    )
    return ["haproxy", "-db", "-f", file]


def _caddy(folder: Path, port: int, gateway: int) -> list[str]:
    text = f"{{\n admin off\n}}\nhttp://127.0.0.1:{port} {{\n bind 127.0.0.1\n reverse_proxy 127.0.0.1:{gateway}\n}}\n"
    return [str(CADDY), "run", "--adapter", "caddyfile", "--config", _written(folder, "Caddyfile", text)]


def _apache(folder: Path, port: int, gateway: int) -> list[str]:
    modules = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in _APACHE)
    file = _written(
        folder,
        "apache.conf",
        f"{modules}ServerName localhost\nServerRoot {folder}\nPidFile {folder}/pid\nErrorLog {folder}/error.log\n"
        f"DefaultRuntimeDir {folder}\nListen 127.0.0.1:{port}\nUser nobody\nGroup nogroup\nProxyPreserveHost On\n"
        f"ProxyPass / http://127.0.0.1:{gateway}/ upgrade=websocket\n",
    )
    return ["apache2", "-D", "FOREGROUND", "-f", file]


def _lighttpd(folder: Path, port: int, gateway: int) -> list[str]:
    file = _written(
        folder,
        "lighttpd.conf",
        f'server.modules = ("mod_proxy")\nserver.document-root = "{folder}"\nserver.bind = "127.0.0.1"\n'
        f'server.port = {port}\nproxy.server = ("" => (("host" => "127.0.0.1", "port" => {gateway})))\n'
        'proxy.header = ("upgrade" => "enable")\nserver.stream-response-body = 2\n',
    )
    return ["lighttpd", "-D", "-f", file]


def _varnish(folder: Path, port: int, gateway: int) -> list[str]:
    file = _written(
        folder,
        "site.vcl",
        f'vcl 4.1;\nbackend default {{ .host = "127.0.0.1"; .port = "{gateway}"; }}\n'
        'sub vcl_recv { if (req.http.upgrade ~ "(?i)websocket") { return (pipe); } }\n'
        "sub vcl_pipe { if (req.http.upgrade) { set bereq.http.upgrade = req.http.upgrade; "
        "set bereq.http.connection = req.http.connection; } }\n",
    )
    return ["varnishd", "-F", "-n", str(folder / "work"), "-a", f"127.0.0.1:{port}", "-f", file, "-s", "malloc,16m"]


def _squid(folder: Path, port: int, gateway: int) -> list[str]:
    file = _written(
        folder,
        "squid.conf",
        f"http_port 127.0.0.1:{port} accel defaultsite=127.0.0.1:{port} vhost\n"
        f"cache_peer 127.0.0.1 parent {gateway} 0 no-query originserver name=gateway\n"
        "cache_peer_access gateway allow all\n"
        f"http_upgrade_request_protocols websocket allow all\nhttp_access allow all\ncache deny all\n"
        f"pid_filename {folder}/pid\naccess_log none\ncache_log {folder}/cache.log\ncoredump_dir {folder}\n"
        "shutdown_lifetime 1 seconds\ncache_effective_user nobody\ncache_effective_group nogroup\n",
    )
    return ["squid", "-N", "-f", file]


PROXIES = {
    "nginx": Proxy("nginx", "nginx", _nginx),
    "HAProxy": Proxy("haproxy", "haproxy", _haproxy),
    "Caddy": Proxy(str(CADDY), "", _caddy),
    "Apache": Proxy("apache2", "apache2-bin", _apache),
    "lighttpd": Proxy("lighttpd", "lighttpd", _lighttpd),
    "Varnish": Proxy("varnishd", "varnish", _varnish),
    "Squid": Proxy("squid", "squid", _squid),
}
