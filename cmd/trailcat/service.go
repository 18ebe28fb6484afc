package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"trailcat/internal/store"
)

// service is a part of the server that runs until the process stops. Everything
// that runs beside the command itself is a service.
type service struct {
	name string
	// run blocks until ctx ends and the work of the service is over. It returns
	// an error only for a failure that must stop the process.
	run func(ctx context.Context) error
}

// runServices runs services until ctx ends or one of them fails, waits for all of
// them to return, and then closes the store: no service ever sees it closed. It
// returns the error of the service that failed first, joined with that of closing.
func runServices(ctx context.Context, db io.Closer, services []service) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range services {
		group.Go(func() error {
			if err := s.run(ctx); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			return nil
		})
	}
	return errors.Join(group.Wait(), db.Close())
}

// periodic returns a service that runs task after the given delay, and again each
// interval after it returned. A task that fails is logged and runs again after
// the interval.
func periodic(log *slog.Logger, name string, delay, interval time.Duration, task func(context.Context) error) service {
	run := func(ctx context.Context) error {
		for wait := delay; ; wait = interval {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(wait):
			}
			if err := task(ctx); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "background task failed, will retry", slog.String("task", name), slog.Any("error", err))
			}
		}
	}
	return service{name: name, run: run}
}

const (
	// dailyDelay is when a node first checks whether a daily task is due. It leaves
	// the time after the start to requests.
	dailyDelay = 2 * time.Minute
	// dailyInterval is how often a node checks from then on, and how long the lease
	// of a task lasts.
	dailyInterval = time.Hour
)

// daily returns a service that runs task once a day (UTC) on one node: the first
// to acquire the lease of that name. A task that fails runs again an hour later.
func daily(db *store.Store, now func() time.Time, log *slog.Logger, name string, task func(context.Context) error) service {
	holder := rand.Text()
	return periodic(log, name, dailyDelay, dailyInterval, func(ctx context.Context) error {
		return runIfDue(ctx, db, now, name, holder, task)
	})
}

// runIfDue runs task unless a node has completed it today or is running it now.
// The checkpoint of the lease is the last day on which the task was completed, in
// days since 1970.
func runIfDue(ctx context.Context, db *store.Store, now func() time.Time, name, holder string, task func(context.Context) error) (err error) {
	today := now().Unix() / (24 * 60 * 60)
	lease, ok, err := db.TakeLease(ctx, name, holder, now(), dailyInterval)
	if err != nil || !ok {
		return err
	}
	defer func() { err = errors.Join(err, db.DropLease(context.WithoutCancel(ctx), name, holder)) }()
	if lease.Checkpoint == today { // one in the future was stored by a node with a wrong clock
		return nil
	}
	if err := task(ctx); err != nil {
		return err
	}
	_, err = db.KeepLease(ctx, name, holder, today, now(), dailyInterval)
	return err
}
