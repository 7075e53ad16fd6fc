"""From an open connection to a session: listener, admission, handshake, transport, heartbeat, limits."""
