"""Claims of tickets in PostgreSQL: the queries, and the part of the store that runs them."""
