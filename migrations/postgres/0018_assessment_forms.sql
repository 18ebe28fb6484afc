-- +goose Up

ALTER TABLE assessments ADD COLUMN form text NOT NULL DEFAULT ''; -- short or full; empty: not recorded with the form
ALTER TABLE assessments ADD COLUMN duration_minutes bigint;

-- +goose Down

ALTER TABLE assessments DROP COLUMN duration_minutes;
ALTER TABLE assessments DROP COLUMN form;
