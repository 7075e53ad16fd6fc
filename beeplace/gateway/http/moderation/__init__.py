"""What organisers do over HTTP to keep order, and what people report."""
