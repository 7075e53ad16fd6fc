-- What people report, each with the picture of its area as it was then; what organisers made of it; and whose reports
-- are not taken.
CREATE TABLE report (
    number           INTEGER PRIMARY KEY,
    at_ms            INTEGER NOT NULL,          -- wall clock, UTC, milliseconds since 1970; so is decided_at_ms
    board_ms         INTEGER NOT NULL,          -- board time; so is claimed_until_ms
    epoch            TEXT    NOT NULL,
    seq              INTEGER NOT NULL,          -- the board's then
    x                INTEGER NOT NULL,
    y                INTEGER NOT NULL,
    width            INTEGER NOT NULL,
    height           INTEGER NOT NULL,
    reason           TEXT    NOT NULL,
    reporter         BLOB    NOT NULL,          -- keyed hash
    rid              BLOB    NOT NULL,
    claimed_by       BLOB,
    claimed_until_ms INTEGER,
    outcome          TEXT,                      -- NULL: open
    decided_by       BLOB,
    decided_at_ms    INTEGER,
    action           INTEGER,                   -- seq of what was done about it
    decision_rid     BLOB,
    picture          BLOB    NOT NULL           -- the area's colour indices, zlib
) STRICT;
CREATE UNIQUE INDEX report_request ON report (reporter, rid);
CREATE INDEX report_reporter ON report (reporter, board_ms);
CREATE INDEX report_open ON report (number) WHERE outcome IS NULL;
CREATE TABLE report_mute (
    reporter    BLOB    PRIMARY KEY,
    until_ms    INTEGER NOT NULL,               -- board time
    until_at_ms INTEGER NOT NULL,               -- the same moment by the wall clock
    muted_by    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE report_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;
INSERT INTO report_version VALUES (1, 0);
