-- +goose Up

-- Outcomes of activities with adopted cats, with the prediction.
CREATE TABLE outcomes (
    id               text PRIMARY KEY NOT NULL,
    cat_id           text NOT NULL REFERENCES cats (id),
    partner_id       text NOT NULL,
    key_id           text NOT NULL,
    activity         text NOT NULL,
    adopted_on       integer NOT NULL, -- in the form 20261117, 0 if unknown
    days             integer NOT NULL, -- after the adoption: 30, 60 or 90
    tried            boolean NOT NULL,
    why_not_tried    text NOT NULL,
    calm_outings     integer, -- null if not reported, as all counts
    stopped_for_fear integer,
    escapes          integer,
    injuries         integer,
    note             text NOT NULL,
    reported_on      integer NOT NULL,
    rubric           text NOT NULL, -- version that predicted the rest; empty without a prediction
    foretold_on      integer NOT NULL,
    score            real,
    low              real,
    high             real,
    band             text NOT NULL,
    readiness        text NOT NULL,
    grade            text NOT NULL,
    version          bigint NOT NULL,
    created_at       datetime NOT NULL,
    updated_at       datetime NOT NULL
);

-- A second report of the same adoption, activity and day replaces the first.
CREATE UNIQUE INDEX outcomes_report ON outcomes (cat_id, activity, adopted_on, days);
CREATE INDEX outcomes_rubric ON outcomes (rubric);

-- +goose Down

DROP TABLE outcomes;
