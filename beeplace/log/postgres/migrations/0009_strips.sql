-- The placements by where they are; see `log/strips/strip.py`. It follows from the log, and can be made anew.
CREATE TABLE strip (
    key    bigint PRIMARY KEY,                  -- stretch * 256 + band
    packed bytea  NOT NULL
);
ALTER TABLE strip ALTER COLUMN packed SET STORAGE EXTERNAL;  -- it hardly gets smaller, and is read often
