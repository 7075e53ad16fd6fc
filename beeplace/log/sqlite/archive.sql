-- name: has_payloads
-- Whether a gateway of this version has opened the database.
SELECT count(*) FROM pragma_table_info('log') WHERE name = 'payload';

-- name: board
-- The board's state, its epoch, how far its blocks go, and its clock.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, '', b.kept_seq,
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, b.settings, NULL AS moderation, b.first_settings
  FROM board b JOIN epoch e ON e.id = b.epoch;

-- name: board_before_payloads
-- The same of a database that no gateway of this version has opened: the board's state, its epoch, how far its blocks go, and its clock.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, '', b.kept_seq,
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, NULL AS settings, NULL AS moderation, NULL AS first_settings
  FROM board b JOIN epoch e ON e.id = b.epoch;

-- name: epochs
-- All numberings in their order.
SELECT name, first_seq, width, height, colors, at_ms FROM epoch ORDER BY id;

-- name: has_terms
-- Whether this version of the schema has terms.
SELECT count(*) FROM sqlite_schema WHERE name = 'term';

-- name: terms
-- All terms in their order.
SELECT name, first_seq FROM term ORDER BY id;

-- name: has_moderation
-- Whether this version of the schema has what organisers have in force.
SELECT count(*) FROM sqlite_schema WHERE name = 'moderation';

-- name: moderation
-- What organisers have in force.
SELECT told FROM moderation;

-- name: secrets
-- All named secrets.
SELECT name, value FROM secret ORDER BY name;

-- name: allowances
-- All windows that have not ended.
SELECT identity, used, ends_ms FROM allowance WHERE ends_ms > ?;

-- name: requests
-- All first answers that are still given again.
SELECT identity, rid, x, y, color, code, seq, remaining, retry_in_ms, expires_ms FROM request WHERE expires_ms > ?;

-- name: blocks
-- The stored board.
SELECT number, pixels, versions FROM block ORDER BY number;

-- name: entries
-- A stretch of the log.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms,
       l.identity, l.action, l.payload, l.previous
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch WHERE l.seq > ? AND l.seq <= ? ORDER BY l.seq LIMIT ?;

-- name: entries_before_payloads
-- A stretch of the log of such a database.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms,
       l.identity, l.action, NULL, l.previous
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch WHERE l.seq > ? AND l.seq <= ? ORDER BY l.seq LIMIT ?;

-- name: placements
-- The placements of a stretch of the log as columns: three lists of numbers, and the identities one after the other.
-- A list is one value, which costs a fifth of as many rows; text of 16 bytes is what a blob of 16 bytes was.
SELECT count(*), group_concat(seq - ?1), group_concat(at_ms), group_concat((y << 20) | (x << 8) | color),
       CAST(group_concat(identity, '') AS BLOB)
  FROM (SELECT seq, at_ms, x, y, color, identity FROM log
         WHERE seq > ?1 AND seq <= ?2
           AND kind = 1 AND (x | y) >> 12 = 0 AND color >> 8 = 0 AND length(identity) = 16
           AND coalesce(width, height, action) IS NULL AND payload IS NULL
         ORDER BY seq);

-- name: others
-- All else of a stretch.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action, l.payload
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch
 WHERE l.seq > ?1 AND l.seq <= ?2
   AND (l.kind = 1 AND (l.x | l.y) >> 12 = 0 AND l.color >> 8 = 0 AND length(l.identity) = 16
        AND coalesce(l.width, l.height, l.action) IS NULL AND l.payload IS NULL) IS NOT TRUE
 ORDER BY l.seq;

-- name: placements_before_payloads
-- The placements of such a database as columns.
SELECT count(*), group_concat(seq - ?1), group_concat(at_ms), group_concat((y << 20) | (x << 8) | color),
       CAST(group_concat(identity, '') AS BLOB)
  FROM (SELECT seq, at_ms, x, y, color, identity FROM log
         WHERE seq > ?1 AND seq <= ?2
           AND kind = 1 AND (x | y) >> 12 = 0 AND color >> 8 = 0 AND length(identity) = 16
           AND coalesce(width, height, action) IS NULL
         ORDER BY seq);

-- name: others_before_payloads
-- All else of such a one.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.hex, l.at_ms, l.identity, l.action, NULL
  FROM log l LEFT JOIN epoch e ON e.id = l.epoch
 WHERE l.seq > ?1 AND l.seq <= ?2
   AND (l.kind = 1 AND (l.x | l.y) >> 12 = 0 AND l.color >> 8 = 0 AND length(l.identity) = 16
        AND coalesce(l.width, l.height, l.action) IS NULL) IS NOT TRUE
 ORDER BY l.seq;

-- name: reasons
-- Why organisers acted.
SELECT seq, reason FROM action WHERE seq <= ?;

-- name: actions
-- What the actions of a stretch are reversed with.
SELECT seq, reason, before, seqs FROM action WHERE seq BETWEEN ? AND ? ORDER BY seq;

-- name: seq
-- How far a board came.
SELECT seq FROM board;

-- name: add_epoch
-- A numbering, with a number of its own.
INSERT INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: add_board
-- The only board, in the last of its epochs.
INSERT INTO board (id, epoch, seq, read_only, kept_seq, clock_board_ms, clock_boot_ms, clock_boot_id, settings,
                   first_settings)
SELECT 1, max(id), ?, ?, ?, ?, ?, ?, ?, ? FROM epoch;

-- name: add_moderation
-- What organisers have in force.
INSERT INTO moderation VALUES (1, ?);

-- name: add_secret
-- A named secret.
INSERT INTO secret VALUES (?, ?);

-- name: add_entry
-- One entry of the log.
INSERT INTO log (seq, epoch, kind, x, y, width, height, color, hex, at_ms, identity, action, payload, previous)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_placement
-- One placement.
INSERT INTO log (epoch, kind, seq, x, y, color, hex, at_ms, identity, previous)
VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_block
-- A stretch of the stored board.
INSERT INTO block VALUES (?, ?, ?);

-- name: add_action
-- What an action is reversed with.
INSERT INTO action VALUES (?, ?, ?, ?);

-- name: add_allowance
-- An open window.
INSERT INTO allowance VALUES (?, ?, ?);

-- name: add_request
-- A first answer.
INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
