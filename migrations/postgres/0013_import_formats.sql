-- +goose Up

-- Formats of import files that belong to one shelter, in all their versions.
CREATE TABLE import_formats (
    shelter_id     text NOT NULL REFERENCES shelters (id),
    name           text NOT NULL,
    version        bigint NOT NULL,
    active_version bigint NOT NULL,
    revision       bigint NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (shelter_id, name)
);

CREATE TABLE import_format_versions (
    shelter_id text NOT NULL,
    name       text NOT NULL,
    version    bigint NOT NULL,
    text       text NOT NULL,
    hash       text NOT NULL,
    key_id     text NOT NULL,
    partner_id text NOT NULL,
    created_at timestamptz NOT NULL,
    tried_at   timestamptz,
    PRIMARY KEY (shelter_id, name, version),
    FOREIGN KEY (shelter_id, name) REFERENCES import_formats (shelter_id, name) ON DELETE CASCADE
);

-- The version of the shelter's own format; 0 for a built-in format.
ALTER TABLE imports ADD COLUMN format_version bigint NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE imports DROP COLUMN format_version;
DROP TABLE import_format_versions;
DROP TABLE import_formats;
