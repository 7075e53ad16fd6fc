-- Organisers give a board another size, as an entry of the log.
INSERT INTO kind VALUES (17, 'size');
