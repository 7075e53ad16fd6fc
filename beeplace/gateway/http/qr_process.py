"""Draws QR codes beside the gateway: a process of its own, which reads addresses and writes SVG. See `qr.py`.

A code of 300 characters takes 40 ms. In the gateway, on the loop or in a thread, everybody would wait for them.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

SIZE_BYTES = 4  # of the number before each address and each picture: how many bytes follow
_POLITE = 5  # gateways come first where processors are scarce


def drawn(address: str) -> bytes:
    """The code of an address as SVG, with its quiet zone, in no size of its own."""
    import segno  # noqa: PLC0415  # the gateway imports this module for its place and its numbers alone

    picture = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(picture, kind="svg", border=4, xmldecl=False, omitsize=True, light="#fff", svgclass=None, lineclass=None)
    return picture.getvalue()


def serve() -> None:
    """Answers until the gateway closes its end, or has gone."""
    with suppress(OSError):  # where a sandbox does not let us
        os.nice(_POLITE)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(size := asked.read(SIZE_BYTES)) == SIZE_BYTES:
        picture = drawn(asked.read(int.from_bytes(size, "big")).decode())
        answers.write(len(picture).to_bytes(SIZE_BYTES, "big") + picture)
        answers.flush()


if __name__ == "__main__":
    serve()
