-- +goose Up

-- The files of imports in parts, each compressed, and encrypted if there is a key. Files that
-- an earlier version received remain in imports.file until they are deleted.
CREATE TABLE import_files (
    import_id text NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    part      integer NOT NULL,
    content   blob NOT NULL,
    PRIMARY KEY (import_id, part)
);

-- +goose Down

-- Earlier versions do not find these files.
UPDATE imports SET file_deleted_at = strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00' WHERE file_deleted_at IS NULL AND id IN (SELECT import_id FROM import_files);
DROP TABLE import_files;
