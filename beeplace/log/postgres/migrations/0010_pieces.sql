-- The log in pieces for people; see `log/pieces/codec.py`. They follow from the log, and can be made anew.
CREATE TABLE history_piece (
    number     integer PRIMARY KEY,             -- of the stretch
    first_ms   bigint  NOT NULL,                -- when its first entry was committed
    last_ms    bigint  NOT NULL,                -- and its last
    digest     text    NOT NULL,
    packed     bytea   NOT NULL,
    checkpoint bytea                            -- the board before it, for some
);
ALTER TABLE history_piece ALTER COLUMN packed SET STORAGE EXTERNAL,      -- they are compressed already
                          ALTER COLUMN checkpoint SET STORAGE EXTERNAL;
