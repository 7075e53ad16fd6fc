-- Figures of the log up to a whole stretch; see `log/pieces/rollup.py`. They follow from the log, and can be made anew.
CREATE TABLE history_rollup (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    stretches INTEGER NOT NULL,                 -- so many, from the first on, are counted
    body      BLOB NOT NULL
) STRICT;
