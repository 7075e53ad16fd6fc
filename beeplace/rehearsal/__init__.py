"""A crowd of synthetic people against a running site, to learn before the event what it holds."""
