-- Organisers' keys: their hashes, and what they may do. A row stays for good, so that the log can say who acted.
CREATE TABLE organiser_key (
    id         text   PRIMARY KEY,
    name       text   NOT NULL,
    role       text   NOT NULL,
    hash       bytea  NOT NULL UNIQUE,          -- SHA-256 of the key
    made_ms    bigint NOT NULL,                 -- wall clock, UTC, milliseconds since 1970; so are the next two
    until_ms   bigint,
    revoked_ms bigint
);
