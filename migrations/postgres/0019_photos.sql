-- +goose Up

-- Kept photos. The files are elsewhere, by hash and size.
CREATE TABLE photos (
    hash text PRIMARY KEY,
    media_type text NOT NULL, -- of the file that came in
    bytes bigint NOT NULL, -- of all sizes together
    width bigint NOT NULL, -- of the largest size, as height
    height bigint NOT NULL,
    blur_hash text NOT NULL,
    color text NOT NULL,
    perceptual_hash bigint NOT NULL, -- 0: none
    created_at timestamptz NOT NULL,
    unused_since timestamptz, -- not exact; null: some cat shows it
    deleting boolean NOT NULL DEFAULT false -- it is being deleted, so that no cat may begin to show it
);
CREATE INDEX photos_unused ON photos (unused_since) WHERE unused_since IS NOT NULL;

-- Photos that look alike have nearly the same perceptual hash: if up to 3 of its 64 bits differ, one
-- of its quarters is the same.
CREATE INDEX photos_look_1 ON photos ((perceptual_hash & 65535)) WHERE perceptual_hash <> 0;
CREATE INDEX photos_look_2 ON photos (((perceptual_hash >> 16) & 65535)) WHERE perceptual_hash <> 0;
CREATE INDEX photos_look_3 ON photos (((perceptual_hash >> 32) & 65535)) WHERE perceptual_hash <> 0;
CREATE INDEX photos_look_4 ON photos (((perceptual_hash >> 48) & 65535)) WHERE perceptual_hash <> 0;

-- Addresses of photos, and when each is to be fetched.
CREATE TABLE photo_sources (
    url text PRIMARY KEY,
    host text NOT NULL,
    hash text NOT NULL DEFAULT '', -- of the kept photo; empty: none
    etag text NOT NULL DEFAULT '',
    last_modified text NOT NULL DEFAULT '',
    failures bigint NOT NULL DEFAULT 0, -- since the last success
    failing_since timestamptz,
    failure text NOT NULL DEFAULT '',
    missing boolean NOT NULL DEFAULT false, -- the source no longer has it
    checked_at timestamptz, -- the last attempt
    next_at timestamptz NOT NULL -- when it is due; a node that fetches it postpones it first, so that no other does
);
CREATE INDEX photo_sources_due ON photo_sources (next_at);
CREATE INDEX photo_sources_host ON photo_sources (host, next_at);
CREATE INDEX photo_sources_hash ON photo_sources (hash);

-- The photos of cats that are neither removed nor erased.
CREATE TABLE photo_uses (
    cat_id text NOT NULL,
    position bigint NOT NULL,
    url text NOT NULL, -- of the source; empty: it was sent as a file
    hash text NOT NULL, -- of the kept photo; empty: none
    missing boolean NOT NULL,
    PRIMARY KEY (cat_id, position)
);
CREATE INDEX photo_uses_url ON photo_uses (url);
CREATE INDEX photo_uses_hash ON photo_uses (hash);

-- +goose Down

DROP TABLE photo_uses;
DROP TABLE photo_sources;
DROP TABLE photos;
