-- name: has_payloads
-- Whether a gateway of this version has opened the database.
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'log'::regclass AND attname = 'payload');

-- name: board
-- The board's state, its epoch, its clock, and how far its blocks go.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, '',
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, b.settings, NULL AS moderation, b.first_settings,
       b.kept_seq
  FROM board b JOIN epoch e ON e.id = b.epoch;

-- name: board_before_payloads
-- The same of a database that no gateway of this version has opened: the board's state, its epoch, its clock, and how far its blocks go.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, '',
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, NULL AS settings, NULL AS moderation, NULL AS first_settings,
       b.kept_seq
  FROM board b JOIN epoch e ON e.id = b.epoch;

-- name: epochs
-- All numberings in their order.
SELECT name, first_seq, width, height, colors, at_ms FROM epoch ORDER BY id;

-- name: terms
-- All terms in their order.
SELECT name, first_seq FROM term ORDER BY id;

-- name: moderation
-- What organisers have in force.
SELECT told FROM moderation;

-- name: secrets
-- All named secrets.
SELECT name, value FROM secret ORDER BY name;

-- name: allowances
-- All windows that have not ended.
SELECT identity, used, ends_ms FROM allowance WHERE ends_ms > $1;

-- name: requests
-- All first answers that are still given again.
SELECT identity, rid, x, y, color, code, seq, remaining, retry_in_ms, expires_ms FROM request WHERE expires_ms > $1;

-- name: blocks
-- The stored board.
SELECT number, pixels, versions FROM block ORDER BY number;

-- name: entries
-- A stretch of the log.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action,
       l.payload
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch WHERE l.seq > $1 AND l.seq <= $2 ORDER BY l.seq;

-- name: entries_before_payloads
-- A stretch of the log of such a database.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action,
       NULL
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch WHERE l.seq > $1 AND l.seq <= $2 ORDER BY l.seq;

-- name: placements
-- The placements of a stretch of the log as columns: numbers of 64 bits, and the identities, one after the other.
SELECT count(*), string_agg(int8send(seq - $1), ''), string_agg(int8send(at_ms), ''),
       string_agg(int8send((y::bigint << 20) | (x::bigint << 8) | color), ''), string_agg(identity, '')
  FROM (SELECT seq, at_ms, x, y, color, identity FROM log
         WHERE seq > $1 AND seq <= $2
           AND kind = 1 AND (x | y) >> 12 = 0 AND color >> 8 = 0 AND length(identity) = 16
           AND coalesce(width, height, action) IS NULL AND payload IS NULL
         ORDER BY seq) placed;

-- name: others
-- All else of a stretch.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action, l.payload
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch
 WHERE l.seq > $1 AND l.seq <= $2
   AND (l.kind = 1 AND (l.x | l.y) >> 12 = 0 AND l.color >> 8 = 0 AND length(l.identity) = 16
        AND coalesce(l.width, l.height, l.action) IS NULL AND l.payload IS NULL) IS NOT TRUE
 ORDER BY l.seq;

-- name: placements_before_payloads
-- The placements of such a database as columns.
SELECT count(*), string_agg(int8send(seq - $1), ''), string_agg(int8send(at_ms), ''),
       string_agg(int8send((y::bigint << 20) | (x::bigint << 8) | color), ''), string_agg(identity, '')
  FROM (SELECT seq, at_ms, x, y, color, identity FROM log
         WHERE seq > $1 AND seq <= $2
           AND kind = 1 AND (x | y) >> 12 = 0 AND color >> 8 = 0 AND length(identity) = 16
           AND coalesce(width, height, action) IS NULL
         ORDER BY seq) placed;

-- name: others_before_payloads
-- All else of such a one.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action, NULL
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch
 WHERE l.seq > $1 AND l.seq <= $2
   AND (l.kind = 1 AND (l.x | l.y) >> 12 = 0 AND l.color >> 8 = 0 AND length(l.identity) = 16
        AND coalesce(l.width, l.height, l.action) IS NULL) IS NOT TRUE
 ORDER BY l.seq;

-- name: reasons
-- Why organisers acted.
SELECT seq, reason FROM action WHERE seq <= $1;

-- name: actions
-- What the actions of a stretch are reversed with.
SELECT seq, reason, before FROM action WHERE seq BETWEEN $1 AND $2 ORDER BY seq;

-- name: lock
-- How far the board came; it goes nowhere until this transaction ends.
SELECT seq FROM board FOR UPDATE;

-- name: empty
-- Nothing is left of a board that was never drawn on.
TRUNCATE board, epoch, term, log, action, allowance, request, commit, block, secret, moderation, organiser_key, report, report_mute, ticket_claim RESTART IDENTITY;

-- name: make_partition
-- The log's partition of a month.
SELECT make_partition($1);

-- name: add_epoch
-- A numbering, and its number.
INSERT INTO epoch (name, first_seq, width, height, colors, at_ms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: add_board
-- The only board, in the last of its epochs.
INSERT INTO board (id, epoch, seq, read_only, kept_seq, reset_seq, clock_board_ms, clock_boot_ms, clock_boot_id, settings,
                   first_settings)
SELECT 1, max(id), $1, $2, $1, $3, $4, $5, $6, $7, $8 FROM epoch;
