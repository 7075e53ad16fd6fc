"""Logs of other canvases as a new board: read in pieces, sorted on disk, written into an empty database."""
