#!/usr/bin/env bash
# APSW 3.54.1.0 beside Python's own sqlite3 in one process, on one WAL file: closing the one deletes the other's -wal.
#
# SQLite locks with POSIX locks, which belong to the process; each copy of the library counts its own connections. The
# copy that closes its last connection sees no other lock (its process holds them all), takes itself for the last user of
# the file, checkpoints, and unlinks the -wal under the connection that is still open and goes on writing to a file that
# has no name any more. A tool or a test that "only looks" with the other module loses what is committed afterwards.
#
# Seen:
#   two copies of SQLite: yes
#   the open connection's -wal after the other closed: another file
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0 2>/dev/null
cat >"$folder/look.py" <<'PYTHON'
import os
import sqlite3
import sys

import apsw

path = os.path.join(sys.argv[1], "data.db")
first = apsw.Connection(path)
first.execute("PRAGMA journal_mode = WAL")
first.execute("CREATE TABLE t (x)")
first.execute("INSERT INTO t VALUES (1)")
before = os.stat(path + "-wal").st_ino
keeps_it_busy = open(path + "-wal", "rb")  # its number is not used again
other = sqlite3.connect(path)
other.execute("INSERT INTO t VALUES (2)")
other.commit()
other.close()
first.execute("INSERT INTO t VALUES (3)")
there = os.path.exists(path + "-wal")
after = os.stat(path + "-wal").st_ino if there else None
print(f"two copies of SQLite: {'yes' if apsw.sqlite_lib_version() != sqlite3.sqlite_version else 'no'}")
print(f"the open connection's -wal after the other closed: {'the same file' if before == after else 'another file'}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py" "$folder")
echo "$seen"
[ "$seen" = $'two copies of SQLite: yes\nthe open connection\'s -wal after the other closed: another file' ]
