-- A ban with what those people had drawn taken back, in one entry.
INSERT INTO kind VALUES (18, 'ban with rewind');
