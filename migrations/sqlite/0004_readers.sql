-- +goose Up

-- The searchable facts of a cat before a change. Clients with filters are notified
-- with them when a cat no longer matches. Empty for created cats.
ALTER TABLE changes ADD COLUMN before text NOT NULL DEFAULT '';

-- The sequence number up to which the log was truncated: at most one entry per
-- resource remains.
ALTER TABLE log_head ADD COLUMN floor integer NOT NULL DEFAULT 0;

-- Leases for tasks of a single node: holder, expiry and checkpoint.
CREATE TABLE leases (
    name       text PRIMARY KEY NOT NULL,
    holder     text NOT NULL,
    held_until datetime NOT NULL,
    bookmark   integer NOT NULL
);

-- The audience class of a partner: public or aggregator.
ALTER TABLE partners ADD COLUMN reads_as text NOT NULL DEFAULT 'public';

-- +goose Down

ALTER TABLE partners DROP COLUMN reads_as;
DROP TABLE leases;
ALTER TABLE log_head DROP COLUMN floor;
ALTER TABLE changes DROP COLUMN before;
