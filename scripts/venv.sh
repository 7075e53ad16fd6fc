#!/usr/bin/env bash
# Makes the virtual environment named by the first argument, with the fastest Python there is that is 3.11 or newer: for
# one built without profile-guided optimisation, as version managers do, a client that joins costs 15 % more CPU.
# PYTHON names an interpreter instead. On Debian, whose Python comes without venv, root gets the package installed.
set -euo pipefail

venv=$1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

makes_venvs() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Microseconds for work that goes through much of the interpreter: patterns and a module are compiled.
speed() {
    "$1" -c '
import argparse, inspect, re, timeit
source = inspect.getsource(argparse)
def work():
    compile(source, "argparse.py", "exec")
    for number in range(40):
        re.compile(r"(?P<a>\d+)[,;](foo|bar|b.z)*?\s+(?=x)(?:y{2,5}|[^a-z]+)%d$" % number)
    re.purge()
print(int(1e6 * min(timeit.repeat(work, number=1, repeat=8))))'
}

find_python() {
    local python found='' time best=''
    for python in $(type -aP ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}); do
        if new_enough "$python" && { makes_venvs "$python" || may_install; }; then
            time=$(speed "$python")
            # The first one, unless another is clearly faster.
            if [ -z "$found" ] || [ $((time * 10)) -lt $((best * 9)) ]; then
                found=$python best=$time
            fi
        fi
    done
    if [ -z "$found" ]; then
        echo "BeePlace needs Python 3.11 or newer that can make virtual environments; none of" \
            "'${PYTHON:-python3 python3.11 ...}' does. PYTHON=... names another; on Debian: apt-get install python3-venv" >&2
        return 1
    fi
    echo "$found"
}

install_venv_module() {
    echo "installing python3-venv with apt-get"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
}

python=$(find_python)
makes_venvs "$python" || install_venv_module
echo "making $venv with $("$python" --version), $python"
rm -rf "$venv"
if ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    exit 1
fi
