-- +goose Up

-- A shelter by the keys it is found by. All else that it says of itself is in
-- profile: one document is one value to send and to read, however many facts
-- there are. (The driver knows times by the type datetime, so the tables cannot
-- be strict.)
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

-- Shelters that no importer knows have no external id, and there may be many.
CREATE UNIQUE INDEX shelters_external_id ON shelters (external_id) WHERE external_id <> '';

-- A cat by its keys, with the facts that people ask the database for by hand;
-- the other facts are in the document. The number is the row's own number, so
-- that reading the whole table range by range follows the file.
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

-- The log. It is read in order from a number on, and never otherwise.
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

-- The one row from which the log takes its numbers. Whoever updates it holds it
-- until commit, so that numbers become visible in their order and without a gap.
CREATE TABLE log_head (
    id    integer PRIMARY KEY NOT NULL CHECK (id = 1),
    seq   integer NOT NULL,
    epoch text NOT NULL
);

INSERT INTO log_head (id, seq, epoch) VALUES (1, 0, lower(hex(randomblob(16))));

-- Numbers given away so far, by the name of the counter.
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
