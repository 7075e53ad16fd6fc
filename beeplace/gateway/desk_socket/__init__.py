"""The desk's socket: python-socketio for organisers and screens, behind a one-time ticket."""
