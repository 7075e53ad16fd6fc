"""Claims of tickets in the embedded store: the queries, and the part of the store that runs them."""
