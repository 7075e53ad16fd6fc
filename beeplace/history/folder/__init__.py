"""What remains of an event, in a folder that opens without a server."""
