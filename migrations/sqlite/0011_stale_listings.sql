-- +goose Up

-- Listings that are marked stale, to find those that are not by today's clock.
CREATE INDEX cats_stale ON cats (shelter_id, confirmed_at) WHERE stale AND status IN ('available', 'pending', 'on_hold');

-- +goose Down

DROP INDEX cats_stale;
