-- +goose Up

-- The key that owns a webhook or a saved search; empty: its partner or, without one, the
-- operator.
ALTER TABLE webhooks ADD COLUMN key_id text NOT NULL DEFAULT '';
ALTER TABLE saved_searches ADD COLUMN key_id text NOT NULL DEFAULT '';
CREATE INDEX webhooks_key ON webhooks (key_id, id);
CREATE INDEX saved_searches_key ON saved_searches (key_id, id);

ALTER TABLE keys ADD COLUMN successor_id text NOT NULL DEFAULT ''; -- the key that replaced it
ALTER TABLE keys ADD COLUMN version integer NOT NULL DEFAULT 1;
UPDATE keys SET version = coalesce((SELECT max(version) FROM changes WHERE resource = 'key' AND resource_id = keys.id), 1);

-- +goose Down

-- Without the column, what keys own would be the operator's, and be delivered although a key is
-- revoked.
DELETE FROM deliveries WHERE webhook_id IN (SELECT id FROM webhooks WHERE key_id <> '');
DELETE FROM leases WHERE name IN (SELECT 'webhook ' || id FROM webhooks WHERE key_id <> '');
DELETE FROM saved_searches WHERE key_id <> '';
DELETE FROM webhooks WHERE key_id <> '';

ALTER TABLE keys DROP COLUMN version;
ALTER TABLE keys DROP COLUMN successor_id;
DROP INDEX saved_searches_key;
DROP INDEX webhooks_key;
ALTER TABLE saved_searches DROP COLUMN key_id;
ALTER TABLE webhooks DROP COLUMN key_id;
