-- name: claim
-- A ticket is the holder's, unless it is somebody's; whose it is. What is so already is written again, since it is
-- confirmed with this transaction only then.
INSERT INTO ticket_claim VALUES ($1, $2, $3)
ON CONFLICT (ticket) DO UPDATE SET holder = ticket_claim.holder RETURNING holder;

-- name: holder
-- Whose a ticket is.
SELECT holder FROM ticket_claim WHERE ticket = $1;

-- name: release
-- A ticket is nobody's.
DELETE FROM ticket_claim WHERE ticket = $1 RETURNING 1;

-- name: listed
-- How many codes of lists are somebody's.
SELECT count(*) FROM ticket_claim WHERE listed;

-- name: all
-- All claims, for a backup.
SELECT ticket, holder, listed FROM ticket_claim ORDER BY ticket;
