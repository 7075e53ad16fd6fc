-- The placements by where they are; see `log/strips/strip.py`. It follows from the log, and can be made anew.
CREATE TABLE strip (
    key    INTEGER PRIMARY KEY,                 -- stretch * 256 + band
    packed BLOB NOT NULL
) STRICT;
