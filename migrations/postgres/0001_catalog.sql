-- +goose Up

-- A shelter by the keys it is found by. All else that it says of itself is in
-- profile: one document is one value to send and to read, however many facts
-- there are.
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

-- Shelters that no importer knows have no external id, and there may be many.
CREATE UNIQUE INDEX shelters_external_id ON shelters (external_id) WHERE external_id <> '';

-- A cat by its keys, with the facts that people ask the database for by hand;
-- the other facts are in the document. It is json, not jsonb: it is written and
-- read whole, and lists are searched in memory.
CREATE TABLE cats (
    id                text PRIMARY KEY,
    number            bigint NOT NULL UNIQUE, -- also how the whole table is read, range by range
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

-- The log. It is read in order from a number on, and never otherwise.
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

-- The one row from which the log takes its numbers. Whoever updates it holds it
-- until commit, so that numbers become visible in their order and without a gap.
CREATE TABLE log_head (
    id    integer PRIMARY KEY CHECK (id = 1),
    seq   bigint NOT NULL,
    epoch text NOT NULL
);

INSERT INTO log_head (id, seq, epoch) VALUES (1, 0, gen_random_uuid()::text);

-- Numbers given away so far, by the name of the counter.
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
