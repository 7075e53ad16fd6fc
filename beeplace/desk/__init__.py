"""What organisers do: select a part of the log, look at it, take it back, and take that back again."""
