-- +goose Up

-- What became of activities with cats that found a home, beside what was foretold.
CREATE TABLE outcomes (
    id               text PRIMARY KEY NOT NULL,
    cat_id           text NOT NULL REFERENCES cats (id),
    partner_id       text NOT NULL,
    key_id           text NOT NULL,
    activity         text NOT NULL,
    adopted_on       integer NOT NULL, -- as in 20261117, like all days; 0 if not known
    days             integer NOT NULL, -- after the adoption: 30, 60 or 90
    tried            boolean NOT NULL,
    why_not_tried    text NOT NULL,
    calm_outings     integer, -- as all counts, null if not asked
    stopped_for_fear integer,
    escapes          integer,
    injuries         integer,
    note             text NOT NULL,
    reported_on      integer NOT NULL,
    rubric           text NOT NULL, -- what foretold the rest; empty if nothing did
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

-- A report of the same adoption, activity and day takes the place of the first.
CREATE UNIQUE INDEX outcomes_report ON outcomes (cat_id, activity, adopted_on, days);
CREATE INDEX outcomes_rubric ON outcomes (rubric);

-- +goose Down

DROP TABLE outcomes;
