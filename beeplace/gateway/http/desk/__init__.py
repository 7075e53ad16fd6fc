"""The routes of organisers: what they change, and what it leads to."""
