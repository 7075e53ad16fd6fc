"""The commands beside `serve`."""
