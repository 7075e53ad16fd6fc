"""Proves that everything shown follows from the log; shares no code with the board that it judges."""
