-- name: claim
-- A ticket is the holder's, unless it is somebody's.
INSERT INTO ticket_claim VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

-- name: holder
-- Whose a ticket is.
SELECT holder FROM ticket_claim WHERE ticket = ?;

-- name: release
-- A ticket is nobody's.
DELETE FROM ticket_claim WHERE ticket = ?;

-- name: listed
-- How many codes of lists are somebody's.
SELECT count(*) FROM ticket_claim WHERE listed;

-- name: all
-- All claims, for a backup.
SELECT ticket, holder, listed FROM ticket_claim ORDER BY ticket;

-- name: has_claims
-- Whether this version of the schema has claims.
SELECT count(*) FROM sqlite_schema WHERE name = 'ticket_claim';
