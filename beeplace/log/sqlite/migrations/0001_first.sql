-- The one board of this database, and how far it came.
CREATE TABLE board (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    epoch          INTEGER NOT NULL REFERENCES epoch (id),
    seq            INTEGER NOT NULL,
    read_only      INTEGER NOT NULL DEFAULT 0,
    kept_seq       INTEGER NOT NULL,            -- the blocks hold every change up to here
    clock_board_ms INTEGER NOT NULL,            -- board time at the last commit
    clock_boot_ms  INTEGER NOT NULL,            -- the machine's boot clock at that moment
    clock_boot_id  TEXT    NOT NULL
) STRICT;

-- One uninterrupted numbering of the board each.
CREATE TABLE epoch (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL,
    width     INTEGER NOT NULL,
    height    INTEGER NOT NULL,
    colors    TEXT    NOT NULL,                 -- JSON array of #RRGGBB
    at_ms     INTEGER NOT NULL
) STRICT;

CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO kind VALUES (1, 'placement'), (2, 'fill'), (3, 'reset'), (4, 'read-only'), (5, 'palette');

-- Every committed change, in order: the truth that all else is a view of.
CREATE TABLE log (
    seq      INTEGER PRIMARY KEY,
    epoch    INTEGER NOT NULL REFERENCES epoch (id),
    kind     INTEGER NOT NULL REFERENCES kind (id),
    x        INTEGER,                           -- first corner; NULL where no pixel changes
    y        INTEGER,
    width    INTEGER,                           -- NULL for one pixel
    height   INTEGER,
    color    INTEGER NOT NULL,                  -- palette index; 1 or 0 for read-only on or off
    hex      TEXT,                              -- that colour as #RRGGBB
    at_ms    INTEGER NOT NULL,                  -- wall clock, UTC, milliseconds since 1970: for people
    identity BLOB    NOT NULL,                  -- keyed hash
    action   INTEGER REFERENCES action (seq),
    previous INTEGER NOT NULL                   -- seq of this pixel's change before, in this epoch; 0: none, or an area
) STRICT;
CREATE INDEX log_action ON log (action) WHERE action IS NOT NULL;

-- Organisers' actions, with the state before, so that each can be reversed.
CREATE TABLE action (
    seq    INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    before BLOB NOT NULL,                       -- the area's colour indices, zlib
    seqs   BLOB NOT NULL                        -- and the seqs of their last changes, 64-bit little-endian, zlib
) STRICT;

-- Open windows; `ends_ms` is board time.
CREATE TABLE allowance (
    identity BLOB PRIMARY KEY,
    used     INTEGER NOT NULL,
    ends_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The first answer to each request id, for ten minutes of board time.
CREATE TABLE request (
    identity    BLOB    NOT NULL,
    rid         BLOB    NOT NULL,
    x           INTEGER NOT NULL,
    y           INTEGER NOT NULL,
    color       INTEGER NOT NULL,
    code        TEXT,                           -- NULL: committed
    seq         INTEGER,
    remaining   INTEGER NOT NULL,
    retry_in_ms INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    PRIMARY KEY (identity, rid)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_expires ON request (expires_ms);

-- The board as of `kept_seq` or a little later: 1,024 pixels and their versions a row.
CREATE TABLE block (
    number   INTEGER PRIMARY KEY,
    pixels   BLOB NOT NULL,
    versions BLOB NOT NULL                      -- zlib of 64-bit little-endian integers
) STRICT;

CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
