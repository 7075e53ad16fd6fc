"""BeePlace: a shared pixel canvas for live events."""

__version__ = "0.1.0"
