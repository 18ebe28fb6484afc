-- +goose Up

-- Shelters. Columns are the keys for lookups; profile holds all other facts as one
-- document, which is read and written as a whole.
CREATE TABLE shelters (
    id          text PRIMARY KEY,
    code        text NOT NULL UNIQUE,
    external_id text NOT NULL,
    name        text NOT NULL,
    version     bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    profile     json NOT NULL
);

-- Any number of shelters may have no external ID.
CREATE UNIQUE INDEX shelters_external_id ON shelters (external_id) WHERE external_id <> '';

-- Cats. Columns are the keys and the facts that are useful in manual queries; the
-- document facts holds the others. It is json, not jsonb, because it is read and
-- written as a whole and lists are searched in memory.
CREATE TABLE cats (
    id                text PRIMARY KEY,
    number            bigint NOT NULL UNIQUE, -- the whole table is read by ranges of it
    shelter_id        text NOT NULL REFERENCES shelters (id),
    external_id       text NOT NULL,
    source            text NOT NULL,
    status            text NOT NULL,
    name              text NOT NULL,
    description       text NOT NULL,
    listed_at         timestamptz,
    status_changed_at timestamptz,
    confirmed_at      timestamptz NOT NULL,
    version           bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    facts             json NOT NULL,
    UNIQUE (shelter_id, external_id)
);

-- The change log. It is only read in order, from a sequence number on.
CREATE TABLE changes (
    seq         bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    op          text NOT NULL,
    resource    text NOT NULL,
    resource_id text NOT NULL,
    shelter_id  text NOT NULL,
    version     bigint NOT NULL,
    fields      text NOT NULL -- separated by commas
);

-- The last sequence number of the change log, a single row. A writer locks it until
-- it commits, so that numbers become visible in order and without gaps.
CREATE TABLE log_head (
    id    integer PRIMARY KEY CHECK (id = 1),
    seq   bigint NOT NULL,
    epoch text NOT NULL
);

INSERT INTO log_head (id, seq, epoch) VALUES (1, 0, gen_random_uuid()::text);

-- The last number issued by each counter.
CREATE TABLE counters (
    name  text PRIMARY KEY,
    value bigint NOT NULL
);

-- +goose Down

DROP TABLE counters;
DROP TABLE log_head;
DROP TABLE changes;
DROP TABLE cats;
DROP TABLE shelters;
