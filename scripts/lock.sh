#!/usr/bin/env bash
# Writes the hashed lock files from pyproject.toml; arguments go to uv, for example --upgrade. Called by `make lock`.
# No file may name a registry: whoever installs uses the one their machine is set up for.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.setup/uv/bin/uv
if [ ! -x "$uv" ]; then
    .venv/bin/python -m pip install -qq --disable-pip-version-check --target .setup/uv uv==0.13.9
fi

export UV_CUSTOM_COMPILE_COMMAND="make lock"

lock() {
    local file=$1
    shift
    "$uv" pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links -o "$file" "$@"
    echo "$file: $(grep -c '^[a-z].*==' "$file") packages"
}

lock requirements.txt pyproject.toml "$@"
lock requirements-build.txt --group build "$@"
lock requirements-test.txt pyproject.toml --group build --group test -c requirements.txt -c requirements-build.txt "$@"
lock requirements-node.txt --group node "$@"
lock requirements-servers.txt --no-deps --group servers "$@" # the binaries alone; their Python layers are not used
