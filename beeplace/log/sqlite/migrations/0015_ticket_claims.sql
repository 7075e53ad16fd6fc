-- Tickets by which somebody has come in: keyed hashes of the ticket and of its holder, and neither itself.
CREATE TABLE ticket_claim (
    ticket BLOB    PRIMARY KEY,
    holder BLOB    NOT NULL,
    listed INTEGER NOT NULL                     -- 1: a code of a list, 0: a signed ticket
) STRICT, WITHOUT ROWID;
