package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// maintenance returns the services that keep the database in order. Each may run
// on several nodes at once.
func (s *server) maintenance() []service {
	services := []service{
		s.measureClock(),
		s.checkWrites(),
		pruneIdempotentResponses(s.db, s.clock.Now, s.log),
		endInterruptedImports(s.cats, s.log),
		pauseWebhooksOfExpiredKeys(s.cats, s.log),
		s.purge(),
		s.markStale(),
		recomputeDaily(s.db, s.cats, s.log),
	}
	if days := s.flags.LogRetention; days > 0 {
		// Clients whose cursor is older have to load a new export.
		services = append(services, s.deleteDaily("truncate_log", days, "change log truncated", "entries", s.db.Compact))
	}
	if days := s.flags.ImportRetention; days > 0 {
		// The reports of the imports stay.
		services = append(services, s.deleteDaily("delete_import_files", days, "import files deleted", "files", func(ctx context.Context, before time.Time) (int64, error) {
			return s.db.DeleteImportFilesBefore(ctx, before, s.clock.Now())
		}))
	}
	if days := s.flags.AddressRetention; days > 0 {
		services = append(services, s.deleteDaily("erase_addresses", days, "network addresses erased", "addresses", s.db.EraseAddressesBefore))
	}
	return services
}

// pruneIdempotentResponses removes the stored responses to requests with an
// Idempotency-Key that have expired, at the start and every hour.
func pruneIdempotentResponses(db *store.Store, now func() time.Time, log *slog.Logger) service {
	return periodic(log, "prune_idempotent_responses", 0, time.Hour, func(ctx context.Context) error {
		n, err := db.DeleteRequestsBefore(ctx, now().Add(-catalog.ResponseTTL))
		if n > 0 {
			log.DebugContext(ctx, "idempotent responses pruned", slog.Int("responses", n))
		}
		return err
	})
}

// endInterruptedImports ends the imports whose process has ended, at the start and every
// minute.
func endInterruptedImports(cats *catalog.Catalog, log *slog.Logger) service {
	return periodic(log, "end_interrupted_imports", 0, time.Minute, func(ctx context.Context) error {
		n, err := cats.InterruptImports(ctx)
		if n > 0 {
			log.WarnContext(ctx, "imports ended that made no progress; their files must be sent again", slog.Int("imports", n))
		}
		return err
	})
}

// pauseWebhooksOfExpiredKeys pauses the webhooks of keys without a partner that have
// expired, at the start and every minute.
func pauseWebhooksOfExpiredKeys(cats *catalog.Catalog, log *slog.Logger) service {
	return periodic(log, "pause_webhooks_of_expired_keys", 0, time.Minute, func(ctx context.Context) error {
		n, err := cats.PauseWebhooksOfExpiredKeys(ctx)
		if n > 0 {
			log.WarnContext(ctx, "webhooks paused, because the keys that own them have expired", slog.Int("webhooks", n))
		}
		return err
	})
}

// purge removes what erasures, of this process or another, have left in the files of the
// database, at the start and every 10 seconds.
func (s *server) purge() service {
	s.index.OnErased(func(catalog.Change) { s.db.RequestPurge() })
	return periodic(s.log, "purge_erased", 0, 10*time.Second, func(ctx context.Context) error {
		_, err := s.db.Purge(ctx)
		return err
	})
}

// markStale marks the listings that were not confirmed for as long as their
// shelters allow, and removes the mark of others, at the start and every hour.
func (s *server) markStale() service {
	return periodic(s.log, "mark_stale_listings", 0, time.Hour, func(ctx context.Context) error {
		counts, err := s.cats.MarkStale(ctx, false)
		s.refused.Store(int64(counts.Refused))
		if counts.Marked+counts.Unmarked > 0 {
			s.log.InfoContext(ctx, "stale listings marked", slog.Int("cats", counts.Marked), slog.Int("cats_unmarked", counts.Unmarked))
		}
		if counts.Refused > 0 {
			s.log.ErrorContext(ctx, "listings not marked stale, because they are more than half of all", slog.Int("cats", counts.Refused), slog.Any("error", err))
			return nil
		}
		return err
	})
}

// recomputeDaily recomputes ratings once a day, on one node. It checks every 10
// minutes whether today's ratings are complete: a new day may have begun, or
// another node may have stopped halfway. The first check leaves the minute after
// the start to requests.
func recomputeDaily(db *store.Store, cats *catalog.Catalog, log *slog.Logger) service {
	holder := rand.Text()
	return periodic(log, "recompute_ratings", time.Minute, 10*time.Minute, func(ctx context.Context) error {
		stats, _, err := cats.Rerate(ctx, catalog.RerateOptions{Leases: db, Holder: holder})
		if stats.Examined > 0 && err == nil {
			log.InfoContext(ctx, "ratings recomputed", slog.Int("cats", stats.Examined), slog.Int("ratings_changed", stats.Rated), slog.Int("age_groups_changed", stats.AgedUp))
		}
		return err
	})
}

// deleteDaily returns a service that deletes, once a day, what is older than a number of
// days. It logs the event with how much was deleted, which is called unit.
func (s *server) deleteDaily(task string, days int, event, unit string, deleteBefore func(context.Context, time.Time) (int64, error)) service {
	return daily(s.db, s.clock.Now, s.log, task, func(ctx context.Context) error {
		deleted, err := deleteBefore(ctx, s.clock.Now().AddDate(0, 0, -days))
		if deleted > 0 {
			s.log.InfoContext(ctx, event, slog.Int64(unit, deleted), slog.Int("retention_days", days))
		}
		return err
	})
}
