"""Tickets of the event by which people come in: signed ones, and codes of a list."""
