-- +goose Up

-- Webhooks. The checkpoint of its lease says up to which log entry a webhook was
-- notified.
CREATE TABLE webhooks (
    id              text PRIMARY KEY,
    partner_id      text NOT NULL, -- empty: owned by the operator
    url             text NOT NULL,
    types           text NOT NULL, -- separated by commas; empty: all
    filters         text NOT NULL, -- the query string of a list; empty: all changes
    expand          boolean NOT NULL,
    description     text NOT NULL,
    secret          text NOT NULL,
    previous_secret text NOT NULL,
    previous_until  timestamptz,
    status          text NOT NULL,
    status_reason   text NOT NULL,
    status_since    timestamptz NOT NULL,
    verified_at     timestamptz,
    version         bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);

CREATE INDEX webhooks_partner ON webhooks (partner_id, id);

-- The latest attempts to deliver messages to webhooks.
CREATE TABLE deliveries (
    id          text PRIMARY KEY,
    webhook_id  text NOT NULL,
    message_id  text NOT NULL,
    type        text NOT NULL,
    at          timestamptz NOT NULL,
    after       bigint NOT NULL, -- the message covers the log entries after this one
    upto        bigint NOT NULL, -- up to and including this one
    events      integer NOT NULL,
    attempt     integer NOT NULL,
    since       timestamptz NOT NULL, -- time of the first attempt
    status_code integer NOT NULL, -- 0: no response
    latency_ms  bigint NOT NULL,
    failure     text NOT NULL, -- empty: accepted
    answer      text NOT NULL
);

CREATE INDEX deliveries_webhook ON deliveries (webhook_id, id);
CREATE INDEX deliveries_at ON deliveries (at);

-- +goose Down

DROP TABLE deliveries;
DROP TABLE webhooks;
