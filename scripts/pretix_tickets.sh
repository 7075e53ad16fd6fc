#!/usr/bin/env bash
# Installs pretix into a temporary folder, and has it sign the tickets of the tests: scripts/pretix_tickets.sh FILE
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pretix==2026.8.0
"$folder/venv/bin/python" "$(dirname "$0")/pretix_tickets.py" >"$folder/tickets.json"
mv "$folder/tickets.json" "$1"
