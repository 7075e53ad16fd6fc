-- Tickets by which somebody has come in: keyed hashes of the ticket and of its holder, and neither itself.
CREATE TABLE ticket_claim (
    ticket bytea   PRIMARY KEY,
    holder bytea   NOT NULL,
    listed boolean NOT NULL                     -- a code of a list, and no signed ticket
);
