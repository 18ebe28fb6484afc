package main

import (
	"context"
	"log/slog"
	"time"

	"trailcat/internal/catalog"
)

// staleEvery is how often listings are looked over that nobody confirmed.
const staleEvery = time.Hour

// markStale marks listings that were not confirmed for as long as their shelters
// allow, now and every hour. Several nodes may do it; each cat is marked once.
func markStale(ctx context.Context, cats *catalog.Catalog, log *slog.Logger) {
	repeat(ctx, 0, staleEvery, func() {
		switch n, err := cats.MarkStale(ctx); {
		case ctx.Err() != nil:
		case err != nil:
			log.WarnContext(ctx, "stale listings not marked; trying again later", slog.Any("error", err))
		case n > 0:
			log.InfoContext(ctx, "listings went stale", slog.Int("cats", n))
		}
	})
}
