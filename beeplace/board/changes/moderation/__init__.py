"""Kinds of change that keep order: a ban, a zone, an announcement, panic, the safe picture."""
