-- What organisers take back, and what is found among millions of placements.
INSERT INTO kind VALUES (9, 'rewind'), (10, 'undo'), (11, 'clear');
CREATE INDEX log_other ON log (seq) WHERE kind <> 1;    -- all that is no placement: some hundreds of an evening
