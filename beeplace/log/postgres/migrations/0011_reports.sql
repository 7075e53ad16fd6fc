-- What people report, each with the picture of its area as it was then; what organisers made of it; and whose reports
-- are not taken.
CREATE TABLE report (
    number           bigint  PRIMARY KEY,
    at_ms            bigint  NOT NULL,          -- wall clock, UTC, milliseconds since 1970; so is decided_at_ms
    board_ms         bigint  NOT NULL,          -- board time; so is claimed_until_ms
    epoch            text    NOT NULL,
    seq              bigint  NOT NULL,          -- the board's then
    x                integer NOT NULL,
    y                integer NOT NULL,
    width            integer NOT NULL,
    height           integer NOT NULL,
    reason           text    NOT NULL,
    reporter         bytea   NOT NULL,          -- keyed hash
    rid              bytea   NOT NULL,
    claimed_by       bytea,
    claimed_until_ms bigint ,
    outcome          text,                      -- NULL: open
    decided_by       bytea,
    decided_at_ms    bigint ,
    action           bigint,                    -- seq of what was done about it
    decision_rid     bytea,
    picture          bytea   NOT NULL           -- the area's colour indices, zlib
);
CREATE UNIQUE INDEX report_request ON report (reporter, rid);
CREATE INDEX report_reporter ON report (reporter, board_ms);
CREATE INDEX report_open ON report (number) WHERE outcome IS NULL;
CREATE TABLE report_mute (
    reporter    bytea   PRIMARY KEY,
    until_ms    bigint  NOT NULL,               -- board time
    until_at_ms bigint  NOT NULL,               -- the same moment by the wall clock
    muted_by    bytea   NOT NULL
);
CREATE TABLE report_version (id smallint PRIMARY KEY CHECK (id = 1), version bigint NOT NULL);
INSERT INTO report_version VALUES (1, 0);
