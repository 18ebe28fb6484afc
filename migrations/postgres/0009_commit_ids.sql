-- +goose Up

-- Identifies the transaction that appended each log entry, so that a log that was set
-- back is noticed. Entries from before this migration share the id 0.
ALTER TABLE changes ADD COLUMN commit_id bigint NOT NULL DEFAULT 0;
ALTER TABLE log_head ADD COLUMN commit_id bigint NOT NULL DEFAULT 0;
ALTER TABLE log_head ADD COLUMN previous_commit_id bigint NOT NULL DEFAULT 0;
ALTER TABLE log_head ADD COLUMN floor_commit_id bigint NOT NULL DEFAULT 0;

-- The log that the checkpoint of a webhook, and a delivery, refer to.
ALTER TABLE leases ADD COLUMN epoch text NOT NULL DEFAULT '';
UPDATE leases SET epoch = (SELECT epoch FROM log_head) WHERE name LIKE 'webhook %';
ALTER TABLE deliveries ADD COLUMN epoch text NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE deliveries DROP COLUMN epoch;
ALTER TABLE leases DROP COLUMN epoch;
ALTER TABLE log_head DROP COLUMN floor_commit_id;
ALTER TABLE log_head DROP COLUMN previous_commit_id;
ALTER TABLE log_head DROP COLUMN commit_id;
ALTER TABLE changes DROP COLUMN commit_id;
