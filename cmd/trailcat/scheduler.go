package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"trailcat/internal/store"
)

const (
	// initialDelay is when a node sees first whether a daily task is due: a start has
	// better things to do.
	initialDelay = 2 * time.Minute
	// lookEvery is how often it does so from then on, and how long it may take.
	lookEvery = time.Hour
)

// daily does a task once a day, on one node of many: whoever takes the lease of
// its name first. A task that fails is done again an hour later.
func daily(ctx context.Context, db *store.Store, log *slog.Logger, name string, task func(context.Context) error) {
	holder := rand.Text()
	repeat(ctx, initialDelay, lookEvery, func() {
		if err := runIfDue(ctx, db, name, holder, task); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "daily task failed; trying again later", slog.String("task", name), slog.Any("error", err))
		}
	})
}

// repeat does something after a while, and again after each pause, until ctx ends.
func repeat(ctx context.Context, first, pause time.Duration, do func()) {
	for wait := first; ; wait = pause {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			do()
		}
	}
}

// runIfDue does a task if nobody has done it today. The bookmark of the lease is
// the day on which it was done last.
func runIfDue(ctx context.Context, db *store.Store, name, holder string, task func(context.Context) error) (err error) {
	today := now().Unix() / (24 * 60 * 60)
	done, ok, err := db.TakeLease(ctx, name, holder, now(), lookEvery)
	if err != nil || !ok {
		return err
	}
	defer func() { err = errors.Join(err, db.DropLease(context.WithoutCancel(ctx), name, holder)) }()
	if done >= today {
		return nil
	}
	if err := task(ctx); err != nil {
		return err
	}
	_, err = db.KeepLease(ctx, name, holder, today, now(), lookEvery)
	return err
}

// truncateLog takes from the log what is older than so many days and was
// superseded since. Readers whose cursor is older than that have to begin again.
func truncateLog(ctx context.Context, db *store.Store, log *slog.Logger, days int) {
	if days == 0 {
		return
	}
	daily(ctx, db, log, "shorten the log", func(ctx context.Context) error {
		lines, err := db.Compact(ctx, now().AddDate(0, 0, -days))
		if err == nil && lines > 0 {
			log.InfoContext(ctx, "log shortened", slog.Int64("lines", lines), slog.Int("older_than_days", days))
		}
		return err
	})
}
