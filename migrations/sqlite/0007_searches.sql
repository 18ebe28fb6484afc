-- +goose Up

-- Saved searches: a webhook is told when a cat comes to match one, and when it no
-- longer does. They go with their webhook.
CREATE TABLE saved_searches (
    id         text PRIMARY KEY NOT NULL,
    partner_id text NOT NULL, -- empty: an operator's own
    webhook_id text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    name       text NOT NULL,
    query      text NOT NULL, -- the filters of a list, in order
    version    integer NOT NULL,
    created_at datetime NOT NULL,
    updated_at datetime NOT NULL
);

CREATE INDEX saved_searches_partner ON saved_searches (partner_id, id);
CREATE INDEX saved_searches_webhook ON saved_searches (webhook_id, id);

-- What happened to one thing, in order.
CREATE INDEX changes_thing ON changes (resource, resource_id, seq);

-- +goose Down

DROP INDEX changes_thing;
DROP TABLE saved_searches;
