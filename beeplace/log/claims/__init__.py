"""Tickets by which somebody has come in."""
