"""The settings: read once at start from the environment or a `.env` file."""
