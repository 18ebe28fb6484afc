-- +goose Up

-- When a cat or shelter was erased: only the row with its ids remains.
ALTER TABLE cats ADD COLUMN erased_at timestamptz;
ALTER TABLE shelters ADD COLUMN erased_at timestamptz;

-- +goose Down

ALTER TABLE shelters DROP COLUMN erased_at;
ALTER TABLE cats DROP COLUMN erased_at;
