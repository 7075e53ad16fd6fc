"""Organisers' actions over HTTP: look at a selection, act, list what was done, undo it."""
