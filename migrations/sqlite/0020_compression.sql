-- +goose Up

-- SQLite compresses nothing. The number is that of a migration of Postgres.
SELECT 1;

-- +goose Down

SELECT 1;
