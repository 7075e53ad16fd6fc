"""The log in pieces for people: made once of each whole stretch, kept with the log, and never changed."""
