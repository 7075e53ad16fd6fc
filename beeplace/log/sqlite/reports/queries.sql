-- name: counts
-- The last number, and how many reports are open.
SELECT coalesce((SELECT max(number) FROM report), 0), (SELECT count(*) FROM report WHERE outcome IS NULL);

-- name: numbered
-- One report.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE number = ?;

-- name: open
-- All open reports, oldest first.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE outcome IS NULL ORDER BY number;

-- name: again
-- The report that was made under a request id.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE reporter = ? AND rid = ?;

-- name: recent
-- When a person made reports after a moment of board time, oldest first.
SELECT board_ms FROM report WHERE reporter = ? AND board_ms > ? ORDER BY board_ms;

-- name: mute
-- Until when a person's reports are not taken.
SELECT reporter, until_ms, until_at_ms, muted_by FROM report_mute WHERE reporter = ?;

-- name: mutes
-- Whose reports are not taken at a moment of board time.
SELECT reporter, until_ms, until_at_ms, muted_by FROM report_mute WHERE until_ms > ? ORDER BY until_ms DESC, reporter;

-- name: all_mutes
-- All who were ever muted.
SELECT reporter, until_ms, until_at_ms, muted_by FROM report_mute ORDER BY reporter;

-- name: add
-- A new report.
INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: update
-- What became of a report.
UPDATE report SET claimed_by = ?2, claimed_until_ms = ?3, outcome = ?4, decided_by = ?5, decided_at_ms = ?6,
       action = ?7, decision_rid = ?8 WHERE number = ?1;

-- name: set_mute
-- A person's reports are not taken until then.
INSERT OR REPLACE INTO report_mute VALUES (?, ?, ?, ?);

-- name: next_version
-- Something has changed.
UPDATE report_version SET version = version + 1;

-- name: queue_state
-- The version, and how many reports are open.
SELECT version, (SELECT count(*) FROM report WHERE outcome IS NULL) FROM report_version;

-- name: listed_open
-- Open reports, newest first.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE outcome IS NULL AND number < ? ORDER BY number DESC LIMIT ?;

-- name: listed_closed
-- Reports that were decided, newest first.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE outcome IS NOT NULL AND number < ? ORDER BY number DESC LIMIT ?;

-- name: listed
-- All reports, newest first.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid
  FROM report WHERE number < ? ORDER BY number DESC LIMIT ?;

-- name: found
-- One report, its picture, and what its epoch was.
SELECT r.number, r.at_ms, r.board_ms, r.epoch, r.seq, r.x, r.y, r.width, r.height, r.reason, r.reporter, r.rid, r.claimed_by, r.claimed_until_ms,
       r.outcome, r.decided_by, r.decided_at_ms, r.action, r.decision_rid, r.picture, e.first_seq, e.colors
  FROM report r JOIN epoch e ON e.name = r.epoch WHERE r.number = ?;

-- name: all
-- All reports with their pictures, for a backup.
SELECT number, at_ms, board_ms, epoch, seq, x, y, width, height, reason, reporter, rid, claimed_by, claimed_until_ms,
       outcome, decided_by, decided_at_ms, action, decision_rid, picture
  FROM report ORDER BY number;

-- name: has_reports
-- Whether this version of the schema has reports.
SELECT count(*) FROM sqlite_schema WHERE name = 'report';
