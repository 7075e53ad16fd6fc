-- What organisers take back.
INSERT INTO kind VALUES (9, 'rewind'), (10, 'undo'), (11, 'clear');
