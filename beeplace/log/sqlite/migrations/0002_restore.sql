-- A board that comes from a backup goes on in a new epoch.
INSERT INTO kind VALUES (6, 'restore');
