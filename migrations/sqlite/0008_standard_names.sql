-- +goose Up

-- Renames columns and stored values to the words that the API uses.
ALTER TABLE partners RENAME COLUMN reads_as TO audience;
ALTER TABLE outcomes RENAME COLUMN why_not_tried TO not_tried_reason;
ALTER TABLE outcomes RENAME COLUMN foretold_on TO predicted_on;
ALTER TABLE leases RENAME COLUMN bookmark TO checkpoint;
UPDATE imports SET status = 'rejected' WHERE status = 'refused';
UPDATE imports SET report = replace(replace(replace(replace(replace(report, '"took_for":', '"detected_format":'), '"set_aside_by":', '"skipped_by_reason":'), '"set_aside":', '"skipped":'), '"refused":', '"rejected":'), '"refusals":', '"errors":');
UPDATE changes SET fields = trim(replace(replace(replace(',' || fields || ',', ',withheld_from,', ',hidden_from,'), ',raw,', ',unparsed,'), ',reads_as,', ',audience,'), ',') WHERE fields <> '';
UPDATE audit SET changes = replace(replace(replace(changes, '"withheld_from"', '"hidden_from"'), '"raw"', '"unparsed"'), '"reads_as"', '"audience"') WHERE changes LIKE '%"withheld_from"%' OR changes LIKE '%"raw"%' OR changes LIKE '%"reads_as"%';

-- +goose Down

UPDATE audit SET changes = replace(replace(replace(changes, '"hidden_from"', '"withheld_from"'), '"unparsed"', '"raw"'), '"audience"', '"reads_as"') WHERE changes LIKE '%"hidden_from"%' OR changes LIKE '%"unparsed"%' OR changes LIKE '%"audience"%';
UPDATE changes SET fields = trim(replace(replace(replace(',' || fields || ',', ',hidden_from,', ',withheld_from,'), ',unparsed,', ',raw,'), ',audience,', ',reads_as,'), ',') WHERE fields <> '';
UPDATE imports SET report = replace(replace(replace(replace(replace(report, '"errors":', '"refusals":'), '"rejected":', '"refused":'), '"skipped":', '"set_aside":'), '"skipped_by_reason":', '"set_aside_by":'), '"detected_format":', '"took_for":');
UPDATE imports SET status = 'refused' WHERE status = 'rejected';
ALTER TABLE leases RENAME COLUMN checkpoint TO bookmark;
ALTER TABLE outcomes RENAME COLUMN predicted_on TO foretold_on;
ALTER TABLE outcomes RENAME COLUMN not_tried_reason TO why_not_tried;
ALTER TABLE partners RENAME COLUMN audience TO reads_as;
