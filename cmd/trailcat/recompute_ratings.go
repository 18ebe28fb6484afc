package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/store"
)

type recomputeRatingsCommand struct {
	databaseFlags
}

// Run rates every cat as of today, by the newest rubric. A server does so once a
// day by itself.
func (c *recomputeRatingsCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		cats, err := ratingCatalog(db)
		if err != nil {
			return err
		}
		var tell func(catalog.RerateStats)
		if draw := progress(p, "rating"); draw != nil {
			tell = func(so catalog.RerateStats) { draw(so.Looked, unknownTotal) }
		}
		done, ok, err := cats.Rerate(p.ctx, catalog.RerateOptions{Leases: db, Holder: rand.Text(), All: true, Progress: tell})
		if err == nil && !ok {
			err = errors.New("a server rates cats just now; try again when it is done")
		}
		if done.Looked == 0 && err != nil {
			return err
		}
		_, said := fmt.Fprintf(p.stdout, "%d cats looked at: %d rated otherwise, %d in another age group\n", done.Looked, done.Rated, done.Turned)
		return errors.Join(err, said)
	})
}

// unknownTotal makes a progress bar count without an end.
const unknownTotal = -1

// ratingCatalog is the catalog that rates cats by the newest rubric.
func ratingCatalog(db *store.Store) (*catalog.Catalog, error) {
	rubrics, err := rating.Open()
	if err != nil {
		return nil, err
	}
	return catalog.New(db, now, newUUID).WithRater(api.Rater(rubrics)), nil
}

const (
	// rerateFirst is when a server looks first: a start has better things to do.
	rerateFirst = time.Minute
	// rerateInterval is how often it looks whether today's cats are done, since a new
	// day began or another node stopped halfway.
	rerateInterval = 10 * time.Minute
)

// rerateDaily rates cats anew once a day, on one node of many.
func rerateDaily(ctx context.Context, db *store.Store, log *slog.Logger) {
	cats, err := ratingCatalog(db)
	if err != nil {
		log.ErrorContext(ctx, "cats are not rated daily", slog.Any("error", err))
		return
	}
	holder := rand.Text()
	repeat(ctx, rerateFirst, rerateInterval, func() {
		done, _, err := cats.Rerate(ctx, catalog.RerateOptions{Leases: db, Holder: holder, All: false, Progress: nil})
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.WarnContext(ctx, "cats not rated anew; going on later", slog.Any("error", err))
		case done.Looked > 0:
			log.InfoContext(ctx, "cats rated anew", slog.Int("looked_at", done.Looked), slog.Int("rated_otherwise", done.Rated), slog.Int("in_another_age_group", done.Turned))
		}
	})
}
