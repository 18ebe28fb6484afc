-- +goose Up

-- Assessments of cats by people. A row changes only when it is superseded or
-- withdrawn.
CREATE TABLE assessments (
    id            text PRIMARY KEY,
    cat_id        text NOT NULL REFERENCES cats (id),
    partner_id    text NOT NULL,
    assessor_id   text NOT NULL,
    key_id        text NOT NULL,
    role          text NOT NULL,
    context       text NOT NULL,
    observed_on   integer NOT NULL, -- in the form 20261117, as all dates
    days_in_place integer,
    levels        json NOT NULL, -- level by trait
    note          text NOT NULL,
    created_at    timestamptz NOT NULL,
    superseded_by text NOT NULL,
    withdrawn_at  timestamptz
);

CREATE INDEX assessments_cat ON assessments (cat_id);

-- The status of the health and safety gates of cats. No row means unknown.
CREATE TABLE health_items (
    cat_id      text NOT NULL REFERENCES cats (id),
    code        text NOT NULL,
    status      text NOT NULL,
    severity    text NOT NULL,
    happened_on integer NOT NULL,
    valid_until integer NOT NULL,
    verified_by text NOT NULL,
    verified_on integer NOT NULL,
    partner_id  text NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (cat_id, code)
);

-- The summary of a cat's rating, as a JSON document; empty if nothing was recorded.
ALTER TABLE cats ADD COLUMN rating text NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE cats DROP COLUMN rating;
DROP TABLE health_items;
DROP TABLE assessments;
