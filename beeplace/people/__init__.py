"""Who takes part: identities, and who is present."""
