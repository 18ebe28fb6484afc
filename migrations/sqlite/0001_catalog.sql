-- +goose Up

-- Shelters. Columns are the keys for lookups; profile holds all other facts as one
-- document, which is read and written as a whole. (The driver recognizes times by
-- the type datetime, so tables cannot be STRICT.)
CREATE TABLE shelters (
    id          text PRIMARY KEY NOT NULL,
    code        text NOT NULL UNIQUE,
    external_id text NOT NULL,
    name        text NOT NULL,
    version     integer NOT NULL,
    created_at  datetime NOT NULL,
    updated_at  datetime NOT NULL,
    profile     text NOT NULL
);

-- Any number of shelters may have no external ID.
CREATE UNIQUE INDEX shelters_external_id ON shelters (external_id) WHERE external_id <> '';

-- Cats. Columns are the keys and the facts that are useful in manual queries; the
-- document facts holds the others. number is the rowid, so that reading the table
-- by ranges of numbers is sequential.
CREATE TABLE cats (
    id                text NOT NULL UNIQUE,
    number            integer PRIMARY KEY NOT NULL,
    shelter_id        text NOT NULL REFERENCES shelters (id),
    external_id       text NOT NULL,
    source            text NOT NULL,
    status            text NOT NULL,
    name              text NOT NULL,
    description       text NOT NULL,
    listed_at         datetime,
    status_changed_at datetime,
    confirmed_at      datetime NOT NULL,
    version           integer NOT NULL,
    created_at        datetime NOT NULL,
    updated_at        datetime NOT NULL,
    facts             text NOT NULL,
    UNIQUE (shelter_id, external_id)
);

-- The change log. It is only read in order, from a sequence number on.
CREATE TABLE changes (
    seq         integer PRIMARY KEY NOT NULL,
    at          datetime NOT NULL,
    op          text NOT NULL,
    resource    text NOT NULL,
    resource_id text NOT NULL,
    shelter_id  text NOT NULL,
    version     integer NOT NULL,
    fields      text NOT NULL -- separated by commas
);

-- The last sequence number of the change log, a single row. A writer locks it until
-- it commits, so that numbers become visible in order and without gaps.
CREATE TABLE log_head (
    id    integer PRIMARY KEY NOT NULL CHECK (id = 1),
    seq   integer NOT NULL,
    epoch text NOT NULL
);

INSERT INTO log_head (id, seq, epoch) VALUES (1, 0, lower(hex(randomblob(16))));

-- The last number issued by each counter.
CREATE TABLE counters (
    name  text PRIMARY KEY NOT NULL,
    value integer NOT NULL
);

-- +goose Down

DROP TABLE counters;
DROP TABLE log_head;
DROP TABLE changes;
DROP TABLE cats;
DROP TABLE shelters;
