-- The log in pieces for people; see `log/pieces/codec.py`. They follow from the log, and can be made anew.
CREATE TABLE history_piece (
    number     INTEGER PRIMARY KEY,             -- of the stretch
    first_ms   INTEGER NOT NULL,                -- when its first entry was committed
    last_ms    INTEGER NOT NULL,                -- and its last
    digest     TEXT NOT NULL,
    packed     BLOB NOT NULL,
    checkpoint BLOB                             -- the board before it, for some
) STRICT;
