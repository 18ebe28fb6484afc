-- +goose Up

-- What a cat was before a change, as far as it can be found by, for readers who
-- asked for some cats only: they are told when one of theirs is no longer among
-- them. Empty for what was created.
ALTER TABLE changes ADD COLUMN before text NOT NULL DEFAULT '';

-- Up to this number the log was shortened: of each thing at most one line is left.
ALTER TABLE log_head ADD COLUMN floor integer NOT NULL DEFAULT 0;

-- What only one node may do at a time: who does it, until when, and how far it got.
CREATE TABLE leases (
    name       text PRIMARY KEY NOT NULL,
    holder     text NOT NULL,
    held_until datetime NOT NULL,
    bookmark   integer NOT NULL
);

-- What sort of reader a partner is: public or aggregator.
ALTER TABLE partners ADD COLUMN reads_as text NOT NULL DEFAULT 'public';

-- +goose Down

ALTER TABLE partners DROP COLUMN reads_as;
DROP TABLE leases;
ALTER TABLE log_head DROP COLUMN floor;
ALTER TABLE changes DROP COLUMN before;
