package main

import (
	"context"
	"log/slog"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// forgetAnswers removes the answers to requests with an Idempotency-Key that have
// counted long enough, now and every hour. Several nodes may do so at once.
func forgetAnswers(ctx context.Context, db *store.Store, log *slog.Logger) {
	repeat(ctx, 0, time.Hour, func() {
		n, err := db.ForgetAnswers(ctx, now().Add(-catalog.ResponseTTL))
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.WarnContext(ctx, "old answers not removed", slog.Any("error", err))
		case n > 0:
			log.DebugContext(ctx, "old answers removed", slog.Int("answers", n))
		}
	})
}
