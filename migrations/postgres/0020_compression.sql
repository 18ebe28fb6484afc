-- +goose Up

-- Values too large for a page are compressed with lz4, which takes less processor time than the
-- default. Values that are stored already stay as they are. Before version 14, or if Postgres was
-- built without lz4, nothing changes.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
        EXECUTE 'ALTER TABLE cats ALTER COLUMN description SET COMPRESSION lz4, ALTER COLUMN facts SET COMPRESSION lz4, ALTER COLUMN rating SET COMPRESSION lz4';
        EXECUTE 'ALTER TABLE changes ALTER COLUMN before SET COMPRESSION lz4';
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression') THEN
        EXECUTE 'ALTER TABLE changes ALTER COLUMN before SET COMPRESSION default';
        EXECUTE 'ALTER TABLE cats ALTER COLUMN rating SET COMPRESSION default, ALTER COLUMN facts SET COMPRESSION default, ALTER COLUMN description SET COMPRESSION default';
    END IF;
END $$;
-- +goose StatementEnd
