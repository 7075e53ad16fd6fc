#!/usr/bin/env bash
# PyAV 18.1.0 (its wheel's FFmpeg): a second palette within an APNG is "Operation not permitted", within a GIF it is taken.
#
# Both encoders take `pal8` pictures. APNG has one palette (chunk PLTE) for all of its pictures, so a picture with another
# one cannot be stored; the encoder answers AVERROR(EPERM) for that, and PyAV makes of the number what it makes of every
# EPERM: PermissionError, "Operation not permitted: 'avcodec_send_frame()'". Who reads it looks for rights of files, and a
# program that treats PermissionError as "may not write there" tells people to choose another folder.
#
# Seen:
#   gif, one palette: written
#   gif, two palettes: written
#   apng, one palette: written
#   apng, two palettes: PermissionError [Errno 1] Operation not permitted: 'avcodec_send_frame()'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check av==18.1.0 2>/dev/null
cat >"$folder/look.py" <<'PYTHON'
import io

import av


def picture(red: int) -> av.VideoFrame:
    frame = av.VideoFrame(8, 8, "pal8")
    pixels, colors = frame.planes
    pixels.update(bytes(pixels.buffer_size))
    colors.update(bytes([0, 0, red, 255]) * 256)
    return frame


def film(form: str, reds: list[int]) -> str:
    out = io.BytesIO()
    try:
        with av.open(out, "w", format=form) as container:
            stream = container.add_stream(form, rate=10)
            stream.width = stream.height = 8
            stream.pix_fmt = "pal8"
            for moment, red in enumerate(reds):
                frame = picture(red)
                frame.pts = moment
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except OSError as error:
        return f"{type(error).__name__} {error}"
    return "written"


for form in ("gif", "apng"):
    print(f"{form}, one palette: {film(form, [9, 9, 9])}")
    print(f"{form}, two palettes: {film(form, [9, 9, 8])}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$seen"
[ "$seen" = "gif, one palette: written
gif, two palettes: written
apng, one palette: written
apng, two palettes: PermissionError [Errno 1] Operation not permitted: 'avcodec_send_frame()'" ]
