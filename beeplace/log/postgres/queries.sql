-- name: promised
-- In each transaction, whoever else used the session.
SET LOCAL synchronous_commit = on;

-- name: anew
-- First in a transaction whose session was somebody else's a moment ago: what is read behind the lock must be the newest.
SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE;

-- name: lock
-- Nobody else changes the board until this transaction ends.
-- What it reads, it reads in later statements: the snapshot of this one is older than its wait for the lock.
SELECT FROM board FOR UPDATE;

-- name: set
-- Gives the session what we rely on; what an older server does not know yet has no meaning there.
SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
 WHERE current_setting(name, true) IS NOT NULL;

-- name: process
-- The server process that answers.
SELECT pg_backend_pid();

-- name: known_by_our_names
-- Whether the server process knows a prepared statement by the name that our driver gave it, which no other one does.
SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE starts_with(name, '__asyncpg_'));

-- name: connection
-- What a connection must promise, where its tables are, and the name of its server process.
SELECT pg_is_in_recovery() AS standby, pid, backend_start, quote_ident(current_schema()) AS schema,
       ARRAY(SELECT current_setting(name) FROM unnest($1::text[]) AS name) AS settings
  FROM pg_stat_activity WHERE pid = pg_backend_pid();

-- name: end_backend
-- Ends a server process of ours by name, but not while it waits for a standby: its commit would be seen too early.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE pid = $1 AND backend_start = $2 AND wait_event IS DISTINCT FROM $3::text;

-- name: replicated
-- Whether commits are to wait for standbys.
SELECT current_setting('synchronous_standby_names') <> '';

-- name: mark
-- Something to commit that leaves nothing but a message in the write-ahead log.
SELECT pg_logical_emit_message(true, 'beeplace', 'confirmed so far');

-- name: waits_for_standby
-- Whether a commit of ours waits for a standby.
SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND usename = current_user AND wait_event = 'SyncRep');

-- name: migration_lock
-- One gateway at a time looks after the schema.
SELECT pg_advisory_xact_lock(hashtext(current_schema()));

-- name: has_migrations
-- Whether this schema is one of ours.
SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1;

-- name: make_migrations
-- Which steps were taken.
CREATE TABLE migration (number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());

-- name: migrated
-- The last step that was taken.
SELECT coalesce(max(number), 0) FROM migration;

-- name: add_migration
-- A step was taken.
INSERT INTO migration (number) VALUES ($1);

-- name: make_partitions
-- The log's partitions of this month and the next two.
SELECT make_partitions();

-- name: board
-- The board's state, its epoch and term, and its clock.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, t.name AS term,
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, b.settings,
       (SELECT told FROM moderation WHERE id = 1) AS moderation, b.kept_seq
  FROM board b JOIN epoch e ON e.id = b.epoch
  LEFT JOIN term t ON t.id = (SELECT max(id) FROM term);

-- name: facts
-- What a decision needs to know, in one answer: the board as above, allowances, and first answers to requests.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, t.name AS term,
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, b.settings,
       (SELECT told FROM moderation WHERE id = 1) AS moderation, t.xid = t.xmin::text AS original,
       ARRAY(SELECT (a.identity, a.used, a.ends_ms) FROM allowance a WHERE a.identity = ANY ($1::bytea[])) AS allowances,
       ARRAY(SELECT (r.identity, r.rid, r.x, r.y, r.color, r.code, r.seq, r.remaining, r.retry_in_ms, r.expires_ms)
               FROM unnest($2::bytea[], $3::bytea[]) AS asked (identity, rid)
               JOIN request r USING (identity, rid)) AS answers
  FROM board b JOIN epoch e ON e.id = b.epoch
  LEFT JOIN term t ON t.id = (SELECT max(id) FROM term);

-- name: write
-- All that a decision adds, in one round trip: entries, charges, answers, the token, and where the board stands.
WITH entries AS (
    INSERT INTO log (seq, at_ms, action, epoch, kind, x, y, width, height, color, hex, identity, payload)
    SELECT n.seq, n.at_ms, n.action, (SELECT max(id) FROM epoch), n.kind, n.x, n.y, n.width, n.height, n.color, n.hex,
           n.identity, n.payload
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::smallint[],
                  $7::smallint[], $8::smallint[], $9::smallint[], $10::text[], $11::bytea[], $12::bytea[])
        AS n (seq, at_ms, action, kind, x, y, width, height, color, hex, identity, payload)
), charges AS (
    INSERT INTO allowance SELECT * FROM unnest($13::bytea[], $14::integer[], $15::bigint[])
    ON CONFLICT (identity) DO UPDATE SET used = excluded.used, ends_ms = excluded.ends_ms
), answers AS (
    INSERT INTO request
    SELECT * FROM unnest($16::bytea[], $17::bytea[], $18::bigint[], $19::bigint[], $20::bigint[], $21::text[],
                         $22::bigint[], $23::integer[], $24::bigint[], $25::bigint[])
    ON CONFLICT (identity, rid) DO UPDATE SET
        x = excluded.x, y = excluded.y, color = excluded.color, code = excluded.code, seq = excluded.seq,
        remaining = excluded.remaining, retry_in_ms = excluded.retry_in_ms, expires_ms = excluded.expires_ms
), token AS (
    INSERT INTO commit (token, seq) VALUES ($26, $27)
)
UPDATE board SET epoch = (SELECT max(id) FROM epoch), seq = $27, read_only = $28, settings = $29,
       clock_board_ms = $30, clock_boot_ms = $31, clock_boot_id = $32;

-- name: set_moderation
-- What organisers have in force after an action that changed it.
INSERT INTO moderation VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET told = excluded.told;

-- name: begin_settings
-- The live settings that a new board begins with.
UPDATE board SET settings = $1, first_settings = $1;

-- name: stands
-- Whether a commit is there.
SELECT EXISTS (SELECT FROM commit WHERE token = $1);

-- name: instance
-- What another copy of this database, or an older one in its place, differs in: the cluster, its timeline and start, the
-- database, the table, and the transaction that wrote the last term, which a row that was copied does not have.
-- `known` says which of them that term was begun in.
SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
                 left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
                 extract(epoch FROM pg_postmaster_start_time()),
                 (SELECT oid FROM pg_database WHERE datname = current_database()),
                 'term'::regclass::oid) AS mark,
       t.mark AS known, t.xid = t.xmin::text AS original
  FROM (SELECT) AS one LEFT JOIN term t ON t.id = (SELECT max(id) FROM term);

-- name: add_term
-- Another history of the log begins, at the board's seq.
INSERT INTO term (name, first_seq, mark, xid) SELECT $1, seq, $2, pg_current_xact_id()::xid::text FROM board;

-- name: doubt_term
-- Another history begins, and nothing of the last term is held for sure.
INSERT INTO term (name, first_seq, mark, xid)
SELECT $1, coalesce((SELECT first_seq FROM term ORDER BY id DESC LIMIT 1), 0), $2, pg_current_xact_id()::xid::text;

-- name: terms
-- So many of the newest terms, newest first.
SELECT name, first_seq FROM term ORDER BY id DESC LIMIT $1;

-- name: add_epoch
-- A new numbering begins.
INSERT INTO epoch (name, first_seq, width, height, colors, at_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: add_board
-- The first and only board, in the first epoch.
INSERT INTO board SELECT 1, max(id), 0, false, 0, 0, $1, $2, $3 FROM epoch;

-- name: add_action
-- What an organiser did, and how it looked before.
INSERT INTO action VALUES ($1, $2, $3);

-- name: open_windows
-- All windows that have not ended.
SELECT identity, used, ends_ms FROM allowance WHERE ends_ms > $1;

-- name: entries_after
-- So many of the log after a seq, in order; since it has no holes, they are found by number.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, l.payload
  FROM log l WHERE l.seq > $1 AND l.seq <= $1 + $2::bigint ORDER BY l.seq;

-- name: history
-- The last changes of one pixel before a seq and since the last reset: its placements, the areas over it, and that reset.
-- A large payload is left out; what has many colours comes with those of its epoch.
WITH placed AS (SELECT l.* FROM log l, board b
                 WHERE l.kind = 1 AND l.y = $2 AND l.x = $1 AND l.seq >= b.reset_seq AND l.seq < $4
                 ORDER BY l.seq DESC LIMIT $3),
     acted AS (SELECT l.* FROM log l, board b
                WHERE l.kind <> 1 AND l.seq >= b.reset_seq AND l.seq < $4
                  AND (l.kind = 3 OR $1 >= l.x AND $1 < l.x + coalesce(l.width, 1)
                                 AND $2 >= l.y AND $2 < l.y + coalesce(l.height, 1))
                ORDER BY l.seq DESC LIMIT $3)
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, CASE WHEN octet_length(l.payload) <= 65536 THEN l.payload END, l.hex,
       coalesce(octet_length(l.payload) > 65536, false) AS large,
       CASE WHEN l.kind IN (7, 9, 10, 17, 18) THEN (SELECT colors FROM epoch WHERE id = l.epoch) END AS colors
  FROM (SELECT * FROM placed UNION ALL SELECT * FROM acted) l
 ORDER BY l.seq DESC LIMIT $3;

-- name: payload
-- What the columns of an entry do not say.
SELECT payload FROM log WHERE seq = $1;

-- name: seqs_before
-- For each moment the seq of the last change before it.
SELECT seqs_before($1);

-- name: beginnings
-- The entry with which the present epoch began, if it is not the first, or that before where the board only got another
-- size; and the last entry that emptied the board.
SELECT coalesce((SELECT max(e.first_seq) FROM epoch e JOIN log l ON l.seq = e.first_seq WHERE e.id > 1 AND l.kind <> 17),
                0), reset_seq
  FROM board;

-- name: stretches
-- Of how many stretches of the log there are strips; each has one at least.
SELECT coalesce(max(key) / 256 + 1, 0) FROM strip;

-- name: strips
-- The strips of some stretches, from the first up to the second, in some bands.
SELECT s.key, s.packed
  FROM generate_series($1::bigint, $2::bigint - 1) AS number
  JOIN strip s ON s.key BETWEEN number * 256 + $3::bigint AND number * 256 + $4::bigint ORDER BY s.key;

-- name: keep_strips
-- A strip is made once.
INSERT INTO strip SELECT * FROM unnest($1::bigint[], $2::bytea[]) ON CONFLICT DO NOTHING;

-- name: columns
-- The placements of a stretch of the log in an area, each column as one string of numbers, the highest byte first. They
-- come in order, by the index: to sort each column takes three times as long.
SELECT string_agg(int8send(seq), ''), string_agg(int2send(x), ''), string_agg(int2send(y), ''),
       string_agg(int2send(color), ''), string_agg(int8send(at_ms), ''), string_agg(identity, '')
  FROM (SELECT seq, x, y, color, at_ms, identity FROM log
         WHERE seq > $1 AND seq <= $2 AND kind = 1 AND x BETWEEN $3 AND $4 AND y BETWEEN $5 AND $6 ORDER BY seq) AS l;

-- name: others
-- What is no placement in a stretch of the log.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, l.payload
  FROM log l WHERE l.kind <> 1 AND l.seq > $1 AND l.seq <= $2 ORDER BY l.seq;

-- name: piece_heads
-- What is known of the stored pieces from a number on, without reading them.
SELECT number, first_ms, last_ms, digest, octet_length(packed), octet_length(checkpoint)
  FROM history_piece WHERE number >= $1 ORDER BY number;

-- name: piece
-- A stored piece.
SELECT packed FROM history_piece WHERE number = $1;

-- name: checkpoint
-- The checkpoint before a piece.
SELECT checkpoint FROM history_piece WHERE number = $1;

-- name: keep_piece
-- A piece is made once, and of the term in which the log goes on.
INSERT INTO history_piece SELECT $1, $2, $3, $4, $5, $6
 WHERE $7::text = (SELECT name FROM term ORDER BY id DESC LIMIT 1) ON CONFLICT DO NOTHING;

-- name: rollup
-- The figures of the log, and how far it is counted.
SELECT stretches, body FROM history_rollup;

-- name: keep_rollup
-- Figures that count more take the place of those that count less, in the term in which the log goes on.
INSERT INTO history_rollup SELECT 1, $1, $2
 WHERE $3::text = (SELECT name FROM term ORDER BY id DESC LIMIT 1)
    ON CONFLICT (id) DO UPDATE SET stretches = excluded.stretches, body = excluded.body
 WHERE excluded.stretches > history_rollup.stretches;

-- name: drop_rollup
-- Damaged figures make room, unless another gateway has put others in their place.
DELETE FROM history_rollup WHERE body = $1;

-- name: epochs
-- All numberings in their order.
SELECT name, first_seq, width, height, colors, at_ms FROM epoch ORDER BY id;

-- name: last_painted
-- The last of what else changed pixels of an area in a stretch of the log.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, l.payload
  FROM log l WHERE l.kind <> 1 AND l.seq > $1 AND l.seq <= $2 AND l.x < $3 AND l.y < $4
   AND l.x + coalesce(l.width, 1) > $5 AND l.y + coalesce(l.height, 1) > $6 ORDER BY l.seq DESC LIMIT 1;

-- name: state_changes
-- What changed the state of the board in a stretch of the log: what painted nothing, what gave it another size, bans with
-- a rewind, and undos of these, whose payloads say so at their beginning. Of a payload with pixels or a picture the
-- beginning alone.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, CASE WHEN l.x IS NULL AND l.kind <> 16 THEN l.payload ELSE substr(l.payload, 1, $4) END
  FROM log l WHERE l.kind <> 1 AND l.seq > $1 AND l.seq <= $2 AND (l.x IS NULL OR l.kind IN (17, 18)
   OR (l.kind = 10 AND position($3::bytea IN substr(l.payload, 1, 128)) > 0)) ORDER BY l.seq;

-- name: actions_before
-- So many organisers' actions before a seq, newest first; of some kinds, of one organiser, where
-- these are not NULL.
-- All of a payload that says what is put in force, the beginning of any other.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, a.reason, CASE WHEN l.kind IN (12, 13, 15) THEN l.payload ELSE substr(l.payload, 1, $5) END
  FROM action a JOIN log l ON l.seq = a.seq AND l.kind <> 1
 WHERE a.seq < $1 AND ($2::smallint[] IS NULL OR l.kind = ANY ($2)) AND ($3::bytea IS NULL OR l.identity = $3)
 ORDER BY a.seq DESC LIMIT $4;

-- name: payload_head
-- The beginning of a payload.
SELECT substr(payload, 1, $2) FROM log WHERE seq = $1;

-- name: undos
-- So many of the undos after a seq, and of the resizes that are some: the beginnings of their payloads, and who did them
-- when.
SELECT seq, substr(payload, 1, $2), identity, at_ms FROM log
 WHERE kind <> 1 AND seq > $1
   AND (kind = 10 OR (kind = 17 AND position($4::bytea IN substr(payload, 1, $2)) > 0))
 ORDER BY seq LIMIT $3;

-- name: action
-- One of them, with how its area looked before.
SELECT l.seq, (SELECT name FROM epoch WHERE id = l.epoch), l.kind, l.x, l.y, l.width, l.height, l.color, l.identity,
       l.at_ms, l.action, l.payload, a.reason, a.before
  FROM action a JOIN log l ON l.seq = a.seq AND l.kind <> 1 WHERE a.seq = $1;

-- name: first_state
-- The board as it began.
SELECT e.name, e.width, e.height, e.colors, b.first_settings FROM board b, epoch e ORDER BY e.id LIMIT 1;

-- name: moments
-- When changes were committed, by the wall clock; in one row, as the loop reads each.
SELECT array_agg(seq), array_agg(at_ms) FROM log WHERE seq = ANY ($1::text::bigint[]);

-- name: blocks
-- The stored board.
SELECT number, pixels, versions FROM block ORDER BY number;

-- name: keep_blocks
-- Stores blocks, but none of another term or size or from before the last reset, and none over a newer one that another gateway
-- stored.
INSERT INTO block
SELECT n.* FROM unnest($1::integer[], $2::bigint[], $3::bytea[], $4::bytea[]) AS n (number, newest, pixels, versions)
 WHERE n.newest > (SELECT reset_seq FROM board)
   AND ($5::text IS NULL OR $5 = (SELECT name FROM term ORDER BY id DESC LIMIT 1))
   AND ($6::integer IS NULL OR EXISTS (SELECT FROM board b JOIN epoch e ON e.id = b.epoch
                                        WHERE e.width = $6 AND e.height = $7))
ON CONFLICT (number) DO UPDATE SET newest = excluded.newest, pixels = excluded.pixels, versions = excluded.versions
 WHERE block.newest < excluded.newest;

-- name: add_blocks
-- The blocks of a board that got another size, where there are none.
INSERT INTO block SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[], $4::bytea[]);

-- name: set_kept
-- The blocks hold every change up to a seq, unless they are of another term.
UPDATE board SET kept_seq = greatest(kept_seq, $1)
 WHERE $2::text IS NULL OR $2 = (SELECT name FROM term ORDER BY id DESC LIMIT 1);

-- name: forget_blocks
-- A reset leaves an empty board.
DELETE FROM block;

-- name: set_resized
-- The blocks, which were made anew, hold every change up to the resize.
UPDATE board SET kept_seq = $1;

-- name: set_reset
-- The blocks, of which there are none, hold every change up to the reset.
UPDATE board SET kept_seq = $1, reset_seq = $1;

-- name: forget_windows
-- Some windows that have ended; they are as good as none. What a commit has in use is left for the next time.
DELETE FROM allowance WHERE identity = ANY (ARRAY(
    SELECT identity FROM allowance WHERE ends_ms <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED));

-- name: forget_requests
-- Some answers older than ten minutes.
DELETE FROM request WHERE (identity, rid) IN (
    SELECT identity, rid FROM request WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED);

-- name: forget_commits
-- Some tokens of long ago, counted in commits: no clock tells how long a gateway may ask for one.
DELETE FROM commit WHERE id = ANY (ARRAY(
    SELECT id FROM commit WHERE id <= (SELECT max(id) FROM commit) - $1::bigint ORDER BY id LIMIT $2));

-- name: secret
-- A named secret.
SELECT value FROM secret WHERE name = $1;

-- name: add_secret
-- Keeps the first value given.
INSERT INTO secret VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: tell_time
-- Board time goes on though nobody commits; said again once what stands there is so many milliseconds old.
UPDATE board SET clock_board_ms = $1, clock_boot_ms = $2, clock_boot_id = $3 WHERE clock_board_ms <= $1 - $4::bigint;

-- name: secrets
-- All named secrets.
SELECT name, value FROM secret;

-- name: forget_secrets
-- Before all are written anew, into a file of its own: rows that are deleted or updated stay in the old one.
TRUNCATE secret;

-- name: keys
-- All organisers' keys, oldest first.
SELECT id, name, role, hash, made_ms, until_ms, revoked_ms FROM organiser_key ORDER BY made_ms, id;

-- name: add_key
-- A new key.
INSERT INTO organiser_key VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: lock_keys
-- Two that add a key of one name at once do so one after the other.
LOCK TABLE organiser_key IN SHARE ROW EXCLUSIVE MODE;

-- name: name_taken
-- Whether a valid key has this name.
SELECT EXISTS (SELECT FROM organiser_key
                WHERE name = $1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > $2::bigint));

-- name: revoke_key
-- Ends the key of a name.
UPDATE organiser_key SET revoked_ms = $2::bigint
 WHERE name = $1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > $2::bigint) RETURNING id;

-- name: server
-- What a gateway relies on, and how much room there is.
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::integer AS number,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_standby_names') AS standby_names,
       (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') OR state IS NULL) AS standbys,
       current_setting('max_connections')::integer AS connections,
       current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
           - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS free,
       pg_is_in_recovery() AS standby,
       current_database() AS name,
       pg_database_size(current_database()) AS bytes,
       current_schema() AS schema,
       to_regclass('board') IS NOT NULL AS has_board,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create;

-- name: commit
-- A transaction that waits for the disk as any other, and leaves nothing but a message in the write-ahead log.
SELECT pg_logical_emit_message(true, 'beeplace doctor', 'a commit to measure');

-- name: trip
-- There and back.
SELECT 1;
