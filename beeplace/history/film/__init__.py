"""The evening as a film."""
