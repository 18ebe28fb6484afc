-- +goose Up

-- Limits of a partner that differ from those of the server, a document.
ALTER TABLE partners ADD COLUMN quotas text NOT NULL DEFAULT '{}';

-- When the file of an import was deleted; its report stays.
ALTER TABLE imports ADD COLUMN file_deleted_at timestamptz;
CREATE INDEX imports_with_file ON imports (partner_id, id) WHERE file_deleted_at IS NULL;
CREATE INDEX imports_address ON imports (started_at) WHERE address <> '';
CREATE INDEX audit_address ON audit (at) WHERE address <> '';

-- The number of cats of each shelter that are not removed. Triggers maintain it, so that
-- a write needs no further statement, and so that nodes of the previous version count.
CREATE TABLE cat_counts (
    shelter_id text PRIMARY KEY REFERENCES shelters (id),
    cats       bigint NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX shelters_partner ON shelters (partner_id) WHERE partner_id <> '';

-- +goose StatementBegin
CREATE FUNCTION count_created_cats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cat_counts (shelter_id, cats)
    SELECT shelter_id, count(*) FILTER (WHERE status <> 'removed') FROM created GROUP BY shelter_id ORDER BY shelter_id
    ON CONFLICT (shelter_id) DO UPDATE SET cats = cat_counts.cats + excluded.cats;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER cats_created AFTER INSERT ON cats
    REFERENCING NEW TABLE AS created FOR EACH STATEMENT EXECUTE FUNCTION count_created_cats();

-- +goose StatementBegin
CREATE FUNCTION count_removed_cats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cat_counts SET cats = cats + CASE WHEN NEW.status = 'removed' THEN -1 ELSE 1 END WHERE shelter_id = NEW.shelter_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER cats_removed AFTER UPDATE OF status ON cats
    FOR EACH ROW WHEN ((OLD.status = 'removed') <> (NEW.status = 'removed')) EXECUTE FUNCTION count_removed_cats();

INSERT INTO cat_counts (shelter_id, cats)
SELECT shelter_id, count(*) FILTER (WHERE status <> 'removed') FROM cats GROUP BY shelter_id;

-- +goose Down

DROP TRIGGER cats_removed ON cats;
DROP TRIGGER cats_created ON cats;
DROP FUNCTION count_removed_cats();
DROP FUNCTION count_created_cats();
DROP INDEX shelters_partner;
DROP TABLE cat_counts;
DROP INDEX audit_address;
DROP INDEX imports_address;
DROP INDEX imports_with_file;
ALTER TABLE imports DROP COLUMN file_deleted_at;
ALTER TABLE partners DROP COLUMN quotas;
