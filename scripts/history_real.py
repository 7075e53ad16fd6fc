"""`make history-real FILE=... [FORM=reddit-2022]`: a public file of real history through import, verify and export.

What comes out in Reddit's form is compared with the file, row by row: moments, colours and places.
Everything is in a temporary folder, which is removed at the end.
"""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_FORMS = ("reddit-2022", "reddit-2023")  # which say the same as an export in Reddit's form
_GZIP = b"\x1f\x8b"


def rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Moment, colour and place of each row of one pixel, as the file says them."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    with gzip.open(path, "rt") if packed else path.open() as text:
        for row in csv.DictReader(text):
            if (row["coordinate"] or "").count(",") == 1:
                yield row["timestamp"], row["pixel_color"].upper(), row["coordinate"]


def beeplace(folder: Path, *arguments: str) -> None:
    """Runs a command on the board of this folder, and says how long it took."""
    began = time.perf_counter()
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/board.db"}
    subprocess.run([sys.executable, "-m", "beeplace", *arguments], env=environment, check=True, cwd=folder)
    sys.stdout.write(f"{arguments[0]}: {time.perf_counter() - began:.1f} s\n")
    sys.stdout.flush()


def main() -> int:
    """0 where every row came out as it went in."""
    path, form = Path(sys.argv[1]).absolute(), sys.argv[2] if len(sys.argv) > 2 else _FORMS[0]
    if form not in _FORMS:
        sys.exit(f"FORM is one of {', '.join(_FORMS)}")
    with tempfile.TemporaryDirectory(prefix="beeplace-history-") as name:
        folder = Path(name)
        beeplace(folder, "import", str(path), "--as", form)
        beeplace(folder, "verify")
        beeplace(folder, "export", "--to", "out.parquet")
        beeplace(folder, "export", "--to", "out.csv", "--as", "reddit")
        given, made = Counter(rows(path)), Counter(rows(folder / "out.csv"))
    lost, added = given - made, made - given
    sys.stdout.write(f"{given.total():,} rows of one pixel in the file, {made.total():,} in the export\n")
    for what, others in (("only in the file", lost), ("only in the export", added)):
        if others:
            sys.stdout.write(f"{others.total():,} rows {what}, such as {next(iter(others))}\n")
    return int(bool(lost or added))


if __name__ == "__main__":
    sys.exit(main())
