"""What people report, beside the log: the values, and the port that every store offers."""
