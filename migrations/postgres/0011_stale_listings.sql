-- +goose Up

-- Listings that are marked stale, to find those that are no longer stale, for example
-- after they were marked by a wrong clock.
CREATE INDEX cats_stale ON cats (shelter_id, confirmed_at) WHERE stale AND status IN ('available', 'pending', 'on_hold');

-- +goose Down

DROP INDEX cats_stale;
