-- +goose Up

-- Whether a listing is hidden from some readers by a restriction of its own, to find the few
-- that are.
ALTER TABLE cats ADD COLUMN restricted boolean NOT NULL DEFAULT false;

-- Cats that were restricted before this migration was rolled back.
UPDATE cats SET restricted = true WHERE CAST(facts AS text) LIKE '%"hidden_from.%';
CREATE INDEX cats_restricted ON cats (shelter_id) WHERE restricted;

-- +goose Down

DROP INDEX cats_restricted;
ALTER TABLE cats DROP COLUMN restricted;
