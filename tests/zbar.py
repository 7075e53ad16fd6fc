"""Reads QR codes from pictures by zbar, as a phone's camera would: Debian's library, by its C interface."""

from __future__ import annotations

import ctypes
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

TOOLS = Path(__file__).parent.parent / ".setup" / "tools.json"
_GREY = int.from_bytes(b"Y800", "little")  # one byte a dot


@lru_cache(1)
def _library() -> Any:
    zbar = ctypes.CDLL(json.loads(TOOLS.read_text())["zbar"])
    for name in ("image_scanner_create", "image_create", "image_first_symbol", "symbol_next"):
        getattr(zbar, f"zbar_{name}").restype = ctypes.c_void_p
    zbar.zbar_symbol_get_data.restype = ctypes.c_char_p
    return zbar


def read(picture: Image.Image) -> list[str]:
    """What the codes in a picture say."""
    zbar, grey = _library(), picture.convert("L")
    dots = grey.tobytes()
    scanner, image = ctypes.c_void_p(zbar.zbar_image_scanner_create()), ctypes.c_void_p(zbar.zbar_image_create())
    try:
        zbar.zbar_image_set_format(image, ctypes.c_ulong(_GREY))
        zbar.zbar_image_set_size(image, *map(ctypes.c_uint, grey.size))
        zbar.zbar_image_set_data(image, dots, ctypes.c_ulong(len(dots)), None)
        zbar.zbar_scan_image(scanner, image)
        found, symbol = [], zbar.zbar_image_first_symbol(image)
        while symbol:
            found.append(zbar.zbar_symbol_get_data(ctypes.c_void_p(symbol)).decode())
            symbol = zbar.zbar_symbol_next(ctypes.c_void_p(symbol))
        return found
    finally:
        zbar.zbar_image_destroy(image)
        zbar.zbar_image_scanner_destroy(scanner)
