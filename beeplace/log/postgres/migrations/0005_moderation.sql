-- What organisers have in force to keep order, and the kinds of change that say so.
INSERT INTO kind VALUES (14, 'panic'), (16, 'safe picture');
CREATE TABLE moderation (
    id   smallint PRIMARY KEY CHECK (id = 1),
    told text                                   -- JSON; NULL: nothing
);
