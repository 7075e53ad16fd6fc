-- Figures of the log up to a whole stretch; see `log/pieces/rollup.py`. They follow from the log, and can be made anew.
CREATE TABLE history_rollup (
    id        integer PRIMARY KEY CHECK (id = 1),
    stretches integer NOT NULL,                 -- so many, from the first on, are counted
    body      bytea   NOT NULL
);
ALTER TABLE history_rollup ALTER COLUMN body SET STORAGE EXTERNAL;       -- it is compressed already
