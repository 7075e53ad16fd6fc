-- name: board
-- The board's state, its epoch and term, and its clock.
SELECT e.name, b.seq, e.width, e.height, e.colors, b.read_only, (SELECT name FROM term ORDER BY id DESC LIMIT 1),
       b.kept_seq,
       b.clock_board_ms, b.clock_boot_ms, b.clock_boot_id, b.settings, (SELECT told FROM moderation)
  FROM board b JOIN epoch e ON e.id = b.epoch;

-- name: add_board
-- The first and only board, in the first epoch.
INSERT INTO board VALUES (1, 1, 0, 0, 0, ?, ?, ?);

-- name: add_epoch
-- A new numbering begins.
INSERT INTO epoch (name, first_seq, width, height, colors, at_ms) VALUES (?, ?, ?, ?, ?, ?);

-- name: add_term
-- Another history of the log begins, at the board's seq.
INSERT INTO term (name, first_seq) SELECT ?, seq FROM board;

-- name: doubt_term
-- Another history begins, and nothing of the last term is held for sure.
INSERT INTO term (name, first_seq) SELECT ?, coalesce((SELECT first_seq FROM term ORDER BY id DESC LIMIT 1), 0);

-- name: terms
-- So many of the newest terms, newest first.
SELECT name, first_seq FROM term ORDER BY id DESC LIMIT ?;

-- name: begin_settings
-- The live settings that a new board begins with.
UPDATE board SET settings = ?1, first_settings = ?1;

-- name: set_board
-- Where the board stands after a commit.
UPDATE board SET epoch = (SELECT max(id) FROM epoch), seq = ?, read_only = ?, settings = ?,
       clock_board_ms = ?, clock_boot_ms = ?, clock_boot_id = ?;

-- name: set_moderation
-- What organisers have in force after an action that changed it.
INSERT OR REPLACE INTO moderation VALUES (1, ?);

-- name: last_epoch
-- The number of the board's current epoch.
SELECT max(id) FROM epoch;

-- name: add_placements
-- Placements of one commit. The first three are the same for all of them: their epoch, kind and moment.
INSERT INTO log (epoch, kind, at_ms, seq, x, y, color, hex, identity, previous)
VALUES (?1, ?2, ?3, ?, ?, ?, ?, ?, ?, ?);

-- name: add_entry
-- A change of the board's current epoch.
INSERT INTO log
SELECT column1, (SELECT max(id) FROM epoch), column2, column3, column4, column5, column6, column7, column8, column9,
       column10, column11, column12, column13
  FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?));

-- name: forget_entry
-- Takes back what a probe tried, within its transaction.
DELETE FROM log WHERE seq = ?;

-- name: add_action
-- What an organiser did, and how it looked before.
INSERT INTO action VALUES (?, ?, ?, ?);

-- name: allowance
-- What one identity used of its window.
SELECT used, ends_ms FROM allowance WHERE identity = ?;

-- name: set_allowance
-- Charges identities.
INSERT INTO allowance VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET used = excluded.used, ends_ms = excluded.ends_ms;

-- name: open_windows
-- All windows that have not ended.
SELECT identity, used, ends_ms FROM allowance WHERE ends_ms > ?;

-- name: forget_windows
-- Windows that have ended are as good as none.
DELETE FROM allowance WHERE ends_ms <= ?;

-- name: request
-- The first answer to a request id.
SELECT x, y, color, code, seq, remaining, retry_in_ms, expires_ms
  FROM request WHERE identity = ? AND rid = ? AND expires_ms > ?;

-- name: remember_request
-- Keeps the first answer; one that has expired makes room for a new first.
INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: forget_requests
-- Answers older than ten minutes.
DELETE FROM request WHERE expires_ms <= ?;

-- name: entries_after
-- The log after a seq, in order.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action,
       l.payload
  FROM log l JOIN epoch e ON e.id = l.epoch WHERE l.seq > ? ORDER BY l.seq LIMIT ?;

-- name: moments
-- When changes were committed, by the wall clock: pairs of a seq and its moment, in one value.
SELECT json_group_array(json_array(seq, at_ms)) FROM log WHERE seq IN (SELECT value FROM json_each(?));

-- name: seqs_before
-- For each moment of a list the seq of the last change before it, found by halving; all in one value.
WITH RECURSIVE half (place, moment, low, high) AS (
    SELECT key, value, 0, (SELECT seq FROM board) FROM json_each(?)
    UNION ALL
    SELECT place, moment, iif(at_ms < moment, (low + high) / 2 + 1, low), iif(at_ms < moment, high, (low + high) / 2)
      FROM half LEFT JOIN log ON seq = (low + high) / 2 + 1 WHERE low < high
)
SELECT json_group_array(low) FROM (SELECT low FROM half WHERE low = high ORDER BY place);

-- name: entry
-- One change, the seq of the one before it of the same pixel, and the colour's hex; of one with many colours those of its epoch.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action, l.payload,
       l.previous, l.hex, CASE WHEN l.kind IN (7, 9, 10, 17, 18) THEN e.colors END
  FROM log l JOIN epoch e ON e.id = l.epoch WHERE l.seq = ?;

-- name: seqs_before_action
-- When each pixel of an action's area had changed last.
SELECT seqs FROM action WHERE seq = ?;

-- name: sizes_before
-- The changes of the board's size before a seq and since the last reset, the last one first; each began an epoch.
SELECT seq FROM log
 WHERE seq IN (SELECT first_seq FROM epoch WHERE first_seq < ?) AND kind = 17
   AND seq > coalesce((SELECT max(seq) FROM log WHERE seq IN (SELECT first_seq FROM epoch) AND kind = 3), 0)
 ORDER BY seq DESC;

-- name: reset
-- The last reset, with which an epoch began; a new palette and a restore begin one too, and leave the pixels.
SELECT seq FROM log WHERE seq IN (SELECT first_seq FROM epoch) AND kind = 3 ORDER BY seq DESC LIMIT 1;

-- name: beginnings
-- The entry with which the present epoch began, if it is not the first, or that before where the board only got another
-- size; and the last entry that emptied the board.
SELECT coalesce((SELECT max(seq) FROM log WHERE seq IN (SELECT first_seq FROM epoch WHERE id > 1) AND kind <> 17), 0),
       coalesce((SELECT max(seq) FROM log WHERE seq IN (SELECT first_seq FROM epoch) AND kind = 3), 0);

-- name: stretches
-- Of how many stretches of the log there are strips; each has one at least.
SELECT coalesce(max(key) / 256 + 1, 0) FROM strip;

-- name: strips
-- The strips of one stretch in some bands.
SELECT key, packed FROM strip WHERE key BETWEEN ? AND ? ORDER BY key;

-- name: keep_strip
-- A strip is made once.
INSERT OR IGNORE INTO strip VALUES (?, ?);

-- name: columns
-- The placements of a part of the log in an area: three lists of numbers, and the identities one after the other. A list
-- is one value, for which SQLite lets go of the interpreter once, and not at each of as many rows; text of 16 bytes is
-- what a blob of 16 bytes was.
SELECT group_concat(seq), group_concat((y << 20) | (x << 8) | color), group_concat(at_ms),
       CAST(group_concat(identity, '') AS BLOB)
  FROM (SELECT seq, x, y, color, at_ms, identity FROM log
         WHERE seq > ? AND seq <= ? AND kind = 1 AND x BETWEEN ? AND ? AND y BETWEEN ? AND ? ORDER BY seq);

-- name: others
-- What is no placement in a stretch of the log.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action, l.payload
  FROM log l JOIN epoch e ON e.id = l.epoch WHERE l.kind <> 1 AND l.seq > ? AND l.seq <= ? ORDER BY l.seq;

-- name: piece_heads
-- What is known of the stored pieces from a number on, without reading them.
SELECT number, first_ms, last_ms, digest, length(packed), length(checkpoint)
  FROM history_piece WHERE number >= ? ORDER BY number;

-- name: piece
-- A stored piece.
SELECT packed FROM history_piece WHERE number = ?;

-- name: checkpoint
-- The checkpoint before a piece.
SELECT checkpoint FROM history_piece WHERE number = ?;

-- name: keep_piece
-- A piece is made once.
INSERT OR IGNORE INTO history_piece VALUES (?, ?, ?, ?, ?, ?);

-- name: rollup
-- The figures of the log, and how far it is counted.
SELECT stretches, body FROM history_rollup;

-- name: keep_rollup
-- Figures that count more take the place of those that count less.
INSERT INTO history_rollup VALUES (1, ?, ?)
    ON CONFLICT DO UPDATE SET stretches = excluded.stretches, body = excluded.body
 WHERE excluded.stretches > history_rollup.stretches;

-- name: drop_rollup
-- Damaged figures make room, unless another gateway has put others in their place.
DELETE FROM history_rollup WHERE body = ?;

-- name: epochs
-- All numberings in their order.
SELECT name, first_seq, width, height, colors, at_ms FROM epoch ORDER BY id;

-- name: last_painted
-- The last of what else changed pixels of an area in a stretch of the log.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action, l.payload
  FROM log l JOIN epoch e ON e.id = l.epoch
 WHERE l.kind <> 1 AND l.seq > ? AND l.seq <= ? AND l.x < ? AND l.y < ?
   AND l.x + coalesce(l.width, 1) > ? AND l.y + coalesce(l.height, 1) > ? ORDER BY l.seq DESC LIMIT 1;

-- name: state_changes
-- What changed the state of the board in a stretch of the log: what painted nothing, what gave it another size, bans with
-- a rewind, and undos of these, whose payloads say so at their beginning. Of a payload with pixels or a picture the
-- beginning alone.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action,
       CASE WHEN l.x IS NULL AND l.kind <> 16 THEN l.payload ELSE substr(l.payload, 1, ?4) END
  FROM log l JOIN epoch e ON e.id = l.epoch
 WHERE l.kind <> 1 AND l.seq > ?1 AND l.seq <= ?2 AND (l.x IS NULL OR l.kind IN (17, 18)
   OR (l.kind = 10 AND instr(substr(l.payload, 1, 128), ?3) > 0)) ORDER BY l.seq;

-- name: actions_before
-- So many organisers' actions before a seq, newest first; of some kinds (a JSON array), of one
-- organiser, where these are not NULL.
-- All of a payload that says what is put in force, the beginning of any other.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, a.reason,
       CASE WHEN l.kind IN (12, 13, 15) THEN l.payload ELSE substr(l.payload, 1, ?5) END
  FROM action a JOIN log l ON l.seq = a.seq JOIN epoch e ON e.id = l.epoch
 WHERE a.seq < ?1 AND (?2 IS NULL OR l.kind IN (SELECT value FROM json_each(?2))) AND (?3 IS NULL OR l.identity = ?3) ORDER BY a.seq DESC LIMIT ?4;

-- name: payload_head
-- The beginning of a payload.
SELECT substr(payload, 1, ?2) FROM log WHERE seq = ?1;

-- name: undos
-- So many of the undos after a seq, and of the resizes that are some: the beginnings of their payloads, and who did them
-- when.
SELECT seq, substr(payload, 1, ?2), identity, at_ms FROM log
 WHERE kind <> 1 AND seq > ?1
   AND (kind = 10 OR (kind = 17 AND instr(substr(payload, 1, ?2), ?4) > 0))
 ORDER BY seq LIMIT ?3;

-- name: action
-- One of them, with how its area looked before.
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms, l.action, l.payload, a.reason,
       a.before
  FROM action a JOIN log l ON l.seq = a.seq JOIN epoch e ON e.id = l.epoch WHERE a.seq = ?;

-- name: first_state
-- The board as it began.
SELECT e.name, e.width, e.height, e.colors, b.first_settings FROM board b, epoch e ORDER BY e.id LIMIT 1;

-- name: blocks
-- The stored board.
SELECT number, pixels, versions FROM block;

-- name: keep_block
-- Replaces a stretch of the stored board.
INSERT OR REPLACE INTO block VALUES (?, ?, ?);

-- name: forget_blocks
-- A new epoch begins with an empty board.
DELETE FROM block;

-- name: set_kept
-- The blocks hold every change up to a seq.
UPDATE board SET kept_seq = ?;

-- name: secret
-- A named secret.
SELECT value FROM secret WHERE name = ?;

-- name: add_secret
-- Keeps the first value given.
INSERT INTO secret VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: secrets
-- All named secrets.
SELECT name, value FROM secret;

-- name: forget_secrets
-- Before all are written anew.
DELETE FROM secret;

-- name: keys
-- All organisers' keys, oldest first.
SELECT id, name, role, hash, made_ms, until_ms, revoked_ms FROM organiser_key ORDER BY made_ms, id;

-- name: add_key
-- A new key.
INSERT INTO organiser_key VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: name_taken
-- Whether a valid key has this name.
SELECT EXISTS (SELECT 1 FROM organiser_key
                WHERE name = ? AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > ?));

-- name: revoke_key
-- Ends the key of a name.
UPDATE organiser_key SET revoked_ms = ?2
 WHERE name = ?1 AND revoked_ms IS NULL AND (until_ms IS NULL OR until_ms > ?2);

-- name: has_keys
-- Whether this version of the schema has keys.
SELECT count(*) FROM sqlite_schema WHERE name = 'organiser_key';
