"""The shared store: one PostgreSQL database for any number of gateways; its SQL stands beside it."""
