-- Which history of the log is which: one begins wherever the database is another instance than before.
CREATE TABLE term (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text    NOT NULL UNIQUE,
    first_seq bigint  NOT NULL,                 -- up to here the terms before it hold
    mark      text    NOT NULL,                 -- the instance in which it goes on
    xid       text    NOT NULL                  -- the transaction that wrote this row: a copied row has another xmin
);
