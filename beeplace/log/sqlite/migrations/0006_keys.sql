-- Organisers' keys: their hashes, and what they may do. A row stays for good, so that the log can say who acted.
CREATE TABLE organiser_key (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE,         -- SHA-256 of the key
    made_ms    INTEGER NOT NULL,                -- wall clock, UTC, milliseconds since 1970; so are the next two
    until_ms   INTEGER,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
