#!/usr/bin/env bash
# Makes the virtual environment named by the first argument, with Python 3.11 or newer; called by the Makefile.
# PYTHON names another interpreter. On Debian, whose Python comes without venv, root gets the package installed.
set -euo pipefail

venv=$1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    echo "BeePlace needs Python 3.11 or newer; none of '${PYTHON:-python3 python3.11 ...}' is one. PYTHON=... names another." >&2
    return 1
}

install_venv_module() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "This Python cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
        return 1
    fi
    echo "installing python3-venv with apt-get"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
}

python=$(find_python)
"$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv_module
echo "making $venv with $("$python" --version)"
rm -rf "$venv"
if ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    exit 1
fi
