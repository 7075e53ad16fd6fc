"""What a rewind would change, as a picture: the pixels in the colours that they would get, and nothing elsewhere."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence

import numpy as np
from PIL import Image

from beeplace.board.palette import Palette
from beeplace.desk.walk import Found


def without(bands: Sequence[Found], shown: bytes) -> bytes:
    """The pixels that are shown, but for those that are given back."""
    given_back = np.concatenate([band.given_back for band in bands])
    colors = np.concatenate([band.colors for band in bands])
    return np.where(given_back, colors, np.frombuffer(shown, np.uint8)).astype(np.uint8).tobytes()


def picture(bands: Sequence[Found], palette: Palette) -> str:
    """A PNG of the bands, one below the other, as a `data:` URL: it needs no key to be shown, on whichever gateway."""
    colors = np.zeros((len(palette), 4), np.uint8)
    colors[:, :3] = np.frombuffer(palette.rgb(), np.uint8).reshape(-1, 3)[: len(palette)]
    colors[:, 3] = 255
    rows = []
    for band in bands:
        seen = colors[band.colors]
        seen[~band.given_back] = 0
        rows.append(seen.reshape(band.area.height, band.area.width, 4))
    out = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + b64encode(out.getvalue()).decode()
