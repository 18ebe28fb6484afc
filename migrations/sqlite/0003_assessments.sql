-- +goose Up

-- What people saw of cats. A row is never written over but for being superseded
-- or withdrawn.
CREATE TABLE assessments (
    id            text PRIMARY KEY NOT NULL,
    cat_id        text NOT NULL REFERENCES cats (id),
    partner_id    text NOT NULL,
    assessor_id   text NOT NULL,
    key_id        text NOT NULL,
    role          text NOT NULL,
    context       text NOT NULL,
    observed_on   integer NOT NULL, -- as in 20261117, like all days
    days_in_place integer,
    levels        text NOT NULL, -- by trait
    note          text NOT NULL,
    created_at    datetime NOT NULL,
    superseded_by text NOT NULL,
    withdrawn_at  datetime
);

CREATE INDEX assessments_cat ON assessments (cat_id);

-- How the health and safety gates of cats stand; what has no row is unknown.
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
    updated_at  datetime NOT NULL,
    PRIMARY KEY (cat_id, code)
);

-- The short of a cat's rating, as a document; empty while nothing was recorded.
ALTER TABLE cats ADD COLUMN rating text NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE cats DROP COLUMN rating;
DROP TABLE health_items;
DROP TABLE assessments;
