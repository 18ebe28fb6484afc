-- +goose Up

-- Addresses that are told of changes. How far each was told is the bookmark of
-- its lease.
CREATE TABLE webhooks (
    id              text PRIMARY KEY,
    partner_id      text NOT NULL, -- empty: an operator's own
    url             text NOT NULL,
    types           text NOT NULL, -- separated by commas; empty: all
    filters         text NOT NULL, -- as the query of a list; empty: everything
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

-- Attempts to hand a message to a webhook, the latest of them.
CREATE TABLE deliveries (
    id          text PRIMARY KEY,
    webhook_id  text NOT NULL,
    message_id  text NOT NULL,
    type        text NOT NULL,
    at          timestamptz NOT NULL,
    after       bigint NOT NULL, -- the message holds what follows on this number of the log
    upto        bigint NOT NULL, -- up to this one
    events      integer NOT NULL,
    attempt     integer NOT NULL,
    since       timestamptz NOT NULL, -- when the first attempt was
    status_code integer NOT NULL, -- 0: there was no answer
    latency_ms  bigint NOT NULL,
    failure     text NOT NULL, -- empty: it was taken
    answer      text NOT NULL
);

CREATE INDEX deliveries_webhook ON deliveries (webhook_id, id);
CREATE INDEX deliveries_at ON deliveries (at);

-- +goose Down

DROP TABLE deliveries;
DROP TABLE webhooks;
