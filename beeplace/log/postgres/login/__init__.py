"""How a connection to PostgreSQL shows whose it is."""
