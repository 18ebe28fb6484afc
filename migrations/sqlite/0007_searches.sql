-- +goose Up

-- Saved searches: a webhook is notified when a cat starts or stops matching. They
-- are deleted with their webhook.
CREATE TABLE saved_searches (
    id         text PRIMARY KEY NOT NULL,
    partner_id text NOT NULL, -- empty: owned by the operator
    webhook_id text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    name       text NOT NULL,
    query      text NOT NULL, -- the filters as a query string, sorted
    version    integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL
);

CREATE INDEX saved_searches_partner ON saved_searches (partner_id, id);
CREATE INDEX saved_searches_webhook ON saved_searches (webhook_id, id);

-- The changes of one resource, in order.
CREATE INDEX changes_thing ON changes (resource, resource_id, seq);

-- +goose Down

DROP INDEX changes_thing;
DROP TABLE saved_searches;
