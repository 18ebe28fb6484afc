-- +goose Up

-- When a cat or shelter was erased: only the row with its ids remains.
ALTER TABLE cats ADD COLUMN erased_at datetime;
ALTER TABLE shelters ADD COLUMN erased_at datetime;

-- Rows that were erased before this migration was rolled back.
UPDATE cats SET erased_at = updated_at WHERE external_id LIKE 'erased/cat%' AND name = '' AND status = 'removed';
UPDATE shelters SET erased_at = updated_at WHERE name = '';

-- +goose Down

ALTER TABLE shelters DROP COLUMN erased_at;
ALTER TABLE cats DROP COLUMN erased_at;
