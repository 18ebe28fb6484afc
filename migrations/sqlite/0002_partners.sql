-- +goose Up

-- Partners: the organizations that manage shelters.
CREATE TABLE partners (
    id         text PRIMARY KEY NOT NULL,
    name       text NOT NULL,
    version    integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL
);

ALTER TABLE shelters ADD COLUMN partner_id text NOT NULL DEFAULT ''; -- empty: owned by the operator

ALTER TABLE cats ADD COLUMN stale boolean NOT NULL DEFAULT false;
ALTER TABLE cats ADD COLUMN microchip_hash text NOT NULL DEFAULT '';

-- Listings that may become stale, by their last confirmation.
CREATE INDEX cats_unconfirmed ON cats (confirmed_at) WHERE NOT stale AND status IN ('available', 'pending', 'on_hold');

-- Finds the same cat from two sources.
CREATE INDEX cats_microchip ON cats (microchip_hash) WHERE microchip_hash <> '';

-- API keys, without their secrets.
CREATE TABLE keys (
    id           text PRIMARY KEY NOT NULL,
    partner_id   text NOT NULL,
    name         text NOT NULL,
    test         boolean NOT NULL,
    hash         blob NOT NULL,
    scopes       text NOT NULL, -- separated by spaces
    created_at   datetime NOT NULL,
    expires_at   datetime,
    revoked_at   datetime,
    last_used_at datetime
);

CREATE INDEX keys_partner ON keys (partner_id);

-- The audit log of writes. Unlike the change log it is never truncated.
CREATE TABLE audit (
    id         integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    at         datetime NOT NULL,
    key_id     text NOT NULL,
    partner_id text NOT NULL,
    address    text NOT NULL,
    request_id text NOT NULL,
    what       text NOT NULL,
    changes    text NOT NULL -- resources, new versions and changed fields
);

-- Import jobs and their files.
CREATE TABLE imports (
    id          text PRIMARY KEY NOT NULL,
    shelter_id  text NOT NULL REFERENCES shelters (id),
    key_id      text NOT NULL,
    partner_id  text NOT NULL,
    address     text NOT NULL,
    request_id  text NOT NULL,
    format      text NOT NULL,
    mode        text NOT NULL,
    status      text NOT NULL,
    file_hash   text NOT NULL,
    file_size   integer NOT NULL,
    started_at  datetime NOT NULL,
    touched_at  datetime NOT NULL,
    finished_at datetime,
    report      text NOT NULL,
    file        blob NOT NULL
);

-- At most one running import per shelter.
CREATE UNIQUE INDEX imports_running ON imports (shelter_id) WHERE status = 'running';

CREATE INDEX imports_shelter ON imports (shelter_id, id);

-- Responses to requests with an Idempotency-Key; status 0 while a request runs.
CREATE TABLE requests (
    holder      text NOT NULL,
    name        text NOT NULL,
    fingerprint text NOT NULL,
    status      integer NOT NULL,
    header      text NOT NULL,
    body        blob NOT NULL,
    at          datetime NOT NULL,
    PRIMARY KEY (holder, name)
);

-- The quality of a shelter's listings per day.
CREATE TABLE quality (
    shelter_id text NOT NULL,
    day        text NOT NULL, -- in the form 2026-05-01
    counts     text NOT NULL,
    PRIMARY KEY (shelter_id, day)
);

-- +goose Down

DROP TABLE quality;
DROP TABLE requests;
DROP TABLE imports;
DROP TABLE audit;
DROP TABLE keys;
DROP INDEX cats_microchip;
DROP INDEX cats_unconfirmed;
ALTER TABLE cats DROP COLUMN microchip_hash;
ALTER TABLE cats DROP COLUMN stale;
ALTER TABLE shelters DROP COLUMN partner_id;
DROP TABLE partners;
