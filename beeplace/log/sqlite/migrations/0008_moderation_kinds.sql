-- Kinds of change that put something in force: a ban, a zone, an announcement.
INSERT INTO kind VALUES (12, 'ban'), (13, 'zone'), (15, 'announcement');
