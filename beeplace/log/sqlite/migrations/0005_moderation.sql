-- What organisers have in force to keep order, and the kinds of change that say so.
INSERT INTO kind VALUES (14, 'panic'), (16, 'safe picture');
CREATE TABLE moderation (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    told TEXT                                   -- JSON; NULL: nothing
) STRICT;
