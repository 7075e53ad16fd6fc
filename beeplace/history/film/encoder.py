"""Frames into a file: H.264 in MP4, and WebP, GIF and APNG, which lose nothing."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import av
import numpy as np

from beeplace.history.film.picture import FrameColors
from beeplace.log.pieces.columns import Bytes


class _Form(NamedTuple):
    container: str
    codec: str
    pixels: str
    container_options: dict[str, str]
    codec_options: dict[str, str]


_FORMS: Final = {
    ".mp4": _Form("mp4", "libx264", "yuv420p", {"movflags": "+faststart"}, {"preset": "ultrafast", "crf": "6"}),
    ".webp": _Form("webp", "libwebp_anim", "bgra", {"loop": "0"}, {"lossless": "1", "compression_level": "3"}),
    ".gif": _Form("gif", "gif", "pal8", {"loop": "0"}, {}),
    ".apng": _Form("apng", "apng", "rgb24", {"plays": "0"}, {}),  # its palette may not change
}
_BT709: Final = np.array([[0.2126, 0.7152, 0.0722], [-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]])
_OPAQUE: Final = 255


class Encoder:
    """Writes one file of a form, named by a suffix; leaving it well writes the file's end."""

    def __init__(self, path: Path, suffix: str, width: int, height: int, frames_a_second: int) -> None:
        form = _FORMS[suffix]
        self._pixels, self._width, self._height = form.pixels, width, height
        self._container = av.open(str(path), "w", format=form.container, options=form.container_options)
        stream: Any = self._container.add_stream(form.codec, rate=frames_a_second)
        stream.width, stream.height, stream.pix_fmt, stream.options = width, height, form.pixels, form.codec_options
        stream.thread_count = 0
        if form.pixels == "yuv420p":
            context = stream.codec_context
            context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1
        self._stream, self._number = stream, 0
        self._known: tuple[FrameColors, Bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()

    def add(self, dots: Bytes, colors: FrameColors) -> None:
        """One more frame."""
        frame = self._frame(dots, colors)
        frame.pts, self._number = self._number, self._number + 1
        self._container.mux(self._stream.encode(frame))

    def _frame(self, dots: Bytes, colors: FrameColors) -> av.VideoFrame:
        if self._pixels == "pal8":
            both: Any = dots, self._table(colors)  # as its documentation says; its types do not
            return av.VideoFrame.from_ndarray(both, format="pal8")
        if self._pixels in ("bgra", "rgb24"):
            return av.VideoFrame.from_ndarray(self._table(colors)[dots], format=self._pixels)
        frame, table = av.VideoFrame(self._width, self._height, "yuv420p"), self._table(colors)
        for number, plane in enumerate(frame.planes):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            np.take(table[number], dots if number == 0 else dots[::2, ::2], out=rows[:, : plane.width], mode="clip")
        return frame

    def _table(self, colors: FrameColors) -> Bytes:
        """The colours as the form has them: ARGB, BGRA, RGB, or limited-range Y, Cb and Cr of BT.709, three rows."""
        if self._known is None or self._known[0] is not colors:
            opaque = np.full((len(colors.rgb), 1), _OPAQUE, np.uint8)
            if self._pixels == "pal8":
                table = np.hstack([opaque, colors.rgb])
            elif self._pixels == "bgra":
                table = np.hstack([colors.rgb[:, ::-1], opaque])
            elif self._pixels == "rgb24":
                table = colors.rgb
            else:
                luma, *hues = _BT709 @ (colors.rgb.T / 255)
                parts = [16 + 219 * luma, *(128 + 224 * hue for hue in hues)]
                table = np.stack([np.round(part).astype(np.uint8) for part in parts])
            self._known = colors, table
        return self._known[1]
