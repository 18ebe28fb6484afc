-- +goose Up

-- Whether the shelter's own software reported the status, and nobody verified it.
ALTER TABLE health_items ADD COLUMN reported boolean NOT NULL DEFAULT false;

-- +goose Down

ALTER TABLE health_items DROP COLUMN reported;
