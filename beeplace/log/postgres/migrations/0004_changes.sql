-- Kinds of change that columns alone do not hold, and live settings as state of the board.
INSERT INTO kind VALUES (7, 'paste'), (8, 'settings');
ALTER TABLE log ADD COLUMN payload bytea;           -- what the columns do not say; each kind has its own form
ALTER TABLE board ADD COLUMN settings text;         -- JSON; NULL: a board of a version that did not keep them
ALTER TABLE board ADD COLUMN first_settings text;   -- those that the board began with; the log has what came after
