-- Which history of the log is which: one begins with each opening of the file.
CREATE TABLE term (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL                  -- up to here the terms before it hold
) STRICT;
