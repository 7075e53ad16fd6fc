-- One uninterrupted numbering of the board each.
CREATE TABLE epoch (
    id        integer  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text     NOT NULL UNIQUE,
    first_seq bigint   NOT NULL,
    width     smallint NOT NULL,
    height    smallint NOT NULL,
    colors    text[]   NOT NULL,                -- #RRGGBB
    at_ms     bigint   NOT NULL
);

-- The one board of this schema, and how far it came. Who changes anything locks this row first.
CREATE TABLE board (
    id             smallint PRIMARY KEY CHECK (id = 1),
    epoch          integer  NOT NULL REFERENCES epoch (id),
    seq            bigint   NOT NULL,
    read_only      boolean  NOT NULL DEFAULT false,
    kept_seq       bigint   NOT NULL,           -- the blocks hold every change up to here
    reset_seq      bigint   NOT NULL,           -- the last reset: no block is older
    clock_board_ms bigint   NOT NULL,           -- board time at the last commit
    clock_boot_ms  bigint   NOT NULL,           -- the boot clock, at that moment, of the machine that committed
    clock_boot_id  text     NOT NULL
) WITH (fillfactor = 10);                       -- the row is written with every commit and stays on its page

CREATE TABLE kind (id smallint PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO kind VALUES (1, 'placement'), (2, 'fill'), (3, 'reset'), (4, 'read-only'), (5, 'palette');

-- Every committed change, in order: the truth that all else is a view of. One partition a month.
-- A foreign key would look up an epoch and a kind for each row; the board's lock numbers and names them.
CREATE TABLE log (
    seq      bigint   NOT NULL,
    at_ms    bigint   NOT NULL,                 -- wall clock, UTC, milliseconds since 1970: for people
    action   bigint,
    epoch    integer  NOT NULL,
    kind     smallint NOT NULL,
    x        smallint,                          -- first corner; NULL where no pixel changes
    y        smallint,
    width    smallint,                          -- NULL for one pixel
    height   smallint,
    color    smallint NOT NULL,                 -- palette index; 1 or 0 for read-only on or off
    hex      text,                              -- that colour as #RRGGBB
    identity bytea    NOT NULL,                 -- keyed hash
    PRIMARY KEY (seq, at_ms)
) PARTITION BY RANGE (at_ms);
CREATE INDEX log_position ON log (y, x, seq) WHERE kind = 1;
CREATE INDEX log_action ON log (seq) WHERE kind <> 1;
CREATE TABLE log_default PARTITION OF log DEFAULT;  -- what a wall clock that is wrong gives

-- Organisers' actions, with the state before, so that each can be reversed.
CREATE TABLE action (
    seq    bigint PRIMARY KEY,
    reason text   NOT NULL,
    before bytea  NOT NULL                      -- the area's colour indices, zlib
);

-- Open windows; `ends_ms` is board time.
CREATE TABLE allowance (
    identity bytea   PRIMARY KEY,
    used     integer NOT NULL,
    ends_ms  bigint  NOT NULL
) WITH (fillfactor = 70);

-- The first answer to each request id, for ten minutes of board time.
CREATE TABLE request (
    identity    bytea    NOT NULL,
    rid         bytea    NOT NULL,
    x           bigint   NOT NULL,
    y           bigint   NOT NULL,
    color       bigint   NOT NULL,
    code        text,                           -- NULL: committed
    seq         bigint,
    remaining   integer  NOT NULL,
    retry_in_ms bigint   NOT NULL,
    expires_ms  bigint   NOT NULL,
    PRIMARY KEY (identity, rid)
);
CREATE INDEX request_expires ON request (expires_ms);

-- Which commits stand: who lost the answer to a COMMIT looks for its token here.
CREATE TABLE commit (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token bytea  NOT NULL,
    seq   bigint NOT NULL
);

-- The board as of `kept_seq` or a little later: 1,024 pixels and their versions a row.
CREATE TABLE block (
    number   integer PRIMARY KEY,
    newest   bigint  NOT NULL,                  -- the largest of the versions
    pixels   bytea   NOT NULL,
    versions bytea   NOT NULL                   -- zlib of 64-bit little-endian integers
);

CREATE TABLE secret (name text PRIMARY KEY, value bytea NOT NULL);

-- Makes the log's partition of a month, unless it is there. Attached, it stops nobody who adds to the log. A month
-- that has rows in the default partition already stays there.
CREATE FUNCTION make_partition(month timestamp) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := 'log_' || to_char(month, 'YYYY_MM');
    first_ms bigint := extract(epoch FROM month) * 1000;
    next_ms bigint := extract(epoch FROM month + interval '1 month') * 1000;
BEGIN
    IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'log'::regclass AND c.relname = partition) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE log)', partition);
    EXECUTE format('ALTER TABLE log ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', partition, first_ms, next_ms);
EXCEPTION WHEN check_violation THEN
    RETURN;
END
$$;

-- Makes the partitions of this month and the next two, one gateway at a time.
CREATE FUNCTION make_partitions() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema()));
    FOR ahead IN 0..2 LOOP
        PERFORM make_partition(date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month');
    END LOOP;
END
$$;

-- For each moment the seq of the last change before it, found by halving.
CREATE FUNCTION seqs_before(moments bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found bigint[] := '{}';
    newest bigint := (SELECT seq FROM board);
    moment bigint;
    low bigint;
    high bigint;
    middle bigint;
BEGIN
    FOREACH moment IN ARRAY moments LOOP
        low := 0;
        high := newest;
        WHILE low < high LOOP
            middle := (low + high) / 2;
            IF (SELECT at_ms FROM log WHERE seq = middle + 1) < moment THEN
                low := middle + 1;
            ELSE
                high := middle;
            END IF;
        END LOOP;
        found := found || low;
    END LOOP;
    RETURN found;
END
$$;
