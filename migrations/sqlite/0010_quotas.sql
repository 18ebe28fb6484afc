-- +goose Up

-- Limits of a partner that differ from those of the server, a document.
ALTER TABLE partners ADD COLUMN quotas text NOT NULL DEFAULT '{}';

-- When the file of an import was deleted; its report stays.
ALTER TABLE imports ADD COLUMN file_deleted_at datetime;
CREATE INDEX imports_with_file ON imports (partner_id, id) WHERE file_deleted_at IS NULL;
CREATE INDEX imports_address ON imports (started_at) WHERE address <> '';
CREATE INDEX audit_address ON audit (at) WHERE address <> '';

-- The number of cats of each shelter that are not removed. Triggers maintain it, so that
-- a write needs no further statement, and so that nodes of the previous version count.
CREATE TABLE cat_counts (
    shelter_id text PRIMARY KEY NOT NULL REFERENCES shelters (id),
    cats       integer NOT NULL
);
CREATE INDEX shelters_partner ON shelters (partner_id) WHERE partner_id <> '';

-- +goose StatementBegin
CREATE TRIGGER cats_created AFTER INSERT ON cats
BEGIN
    INSERT INTO cat_counts (shelter_id, cats) VALUES (NEW.shelter_id, NEW.status <> 'removed')
    ON CONFLICT (shelter_id) DO UPDATE SET cats = cats + excluded.cats;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER cats_removed AFTER UPDATE OF status ON cats
WHEN (OLD.status = 'removed') <> (NEW.status = 'removed')
BEGIN
    UPDATE cat_counts SET cats = cats + CASE WHEN NEW.status = 'removed' THEN -1 ELSE 1 END WHERE shelter_id = NEW.shelter_id;
END;
-- +goose StatementEnd

INSERT INTO cat_counts (shelter_id, cats)
SELECT shelter_id, count(*) FILTER (WHERE status <> 'removed') FROM cats GROUP BY shelter_id;

-- +goose Down

DROP TRIGGER cats_removed;
DROP TRIGGER cats_created;
DROP INDEX shelters_partner;
DROP TABLE cat_counts;
DROP INDEX audit_address;
DROP INDEX imports_address;
DROP INDEX imports_with_file;
ALTER TABLE imports DROP COLUMN file_deleted_at;
ALTER TABLE partners DROP COLUMN quotas;
