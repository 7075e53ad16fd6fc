#!/usr/bin/env bash
# Makes what docker-compose.yml needs and no repository holds: secrets/, backups/ and tickets/ in deployment/, and .env.
# What is there stays as it is. SECRETS, BACKUPS, TICKETS and SETTINGS name other places.
set -euo pipefail
umask 077

top=$(cd "$(dirname "$0")/.." && pwd)
secrets=${SECRETS:-$top/deployment/secrets}
backups=${BACKUPS:-$top/deployment/backups}
tickets=${TICKETS:-$top/deployment/tickets}
settings=${SETTINGS:-$top/.env}

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# The folder shuts others out. PostgreSQL runs as a user of its own, so its file lets everyone who gets that far read.
mkdir -p "$secrets" "$backups" "$tickets"
[ -e "$secrets/api_key" ] || random >"$secrets/api_key"
if [ ! -e "$secrets/postgres_password" ]; then
    random >"$secrets/postgres_password"
    chmod 0444 "$secrets/postgres_password"
fi
[ -e "$secrets/pgpass" ] || printf 'postgres:5432:beeplace:beeplace:%s\n' "$(cat "$secrets/postgres_password")" >"$secrets/pgpass"

[ -e "$settings" ] || cp "$top/deployment/.env.example" "$settings"

# Only the owner may read a key or write a backup, so the gateways run as the owner; never as root.
if [ "$(id -u)" = 0 ]; then
    chown 10001:10001 "$secrets/api_key" "$secrets/pgpass" "$backups" "$tickets"
elif ! grep -q '^GATEWAY_USER=' "$settings"; then
    printf 'GATEWAY_USER=%s:%s\n' "$(id -u)" "$(id -g)" >>"$settings"
fi

echo "secrets: $secrets (the organiser's key: cat $secrets/api_key)"
echo "settings: $settings"
