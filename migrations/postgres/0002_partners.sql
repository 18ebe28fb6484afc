-- +goose Up

-- Partners: the organizations that manage shelters.
CREATE TABLE partners (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
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
    id           text PRIMARY KEY,
    partner_id   text NOT NULL,
    name         text NOT NULL,
    test         boolean NOT NULL,
    hash         bytea NOT NULL,
    scopes       text NOT NULL, -- separated by spaces
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);

CREATE INDEX keys_partner ON keys (partner_id);

-- The audit log of writes. Unlike the change log it is never truncated.
CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    key_id     text NOT NULL,
    partner_id text NOT NULL,
    address    text NOT NULL,
    request_id text NOT NULL,
    what       text NOT NULL,
    changes    json NOT NULL -- resources, new versions and changed fields
);

-- Import jobs and their files.
CREATE TABLE imports (
    id          text PRIMARY KEY,
    shelter_id  text NOT NULL REFERENCES shelters (id),
    key_id      text NOT NULL,
    partner_id  text NOT NULL,
    address     text NOT NULL,
    request_id  text NOT NULL,
    format      text NOT NULL,
    mode        text NOT NULL,
    status      text NOT NULL,
    file_hash   text NOT NULL,
    file_size   bigint NOT NULL,
    started_at  timestamptz NOT NULL,
    touched_at  timestamptz NOT NULL,
    finished_at timestamptz,
    report      text NOT NULL,
    file        bytea NOT NULL
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
    body        bytea NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (holder, name)
);

-- The quality of a shelter's listings per day.
CREATE TABLE quality (
    shelter_id text NOT NULL,
    day        text NOT NULL, -- in the form 2026-05-01
    counts     json NOT NULL,
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
