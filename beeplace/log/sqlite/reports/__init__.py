"""People's reports in the embedded store: the queries, and the part of the store that runs them."""
