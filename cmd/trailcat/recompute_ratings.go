package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/store"
	"trailcat/internal/suitability"
)

// recomputeRatingsCommand recomputes all ratings.
type recomputeRatingsCommand struct {
	databaseFlags
}

// Run recomputes the rating of every cat as of today with the latest rubric. A
// server does so once a day.
func (c *recomputeRatingsCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		cats, err := ratingCatalog(db, p.now)
		if err != nil {
			return err
		}
		options := catalog.RerateOptions{Leases: db, Holder: rand.Text(), All: true}
		if draw := progress(p, "recomputing ratings"); draw != nil {
			options.Progress = func(stats catalog.RerateStats) { draw(stats.Examined, unknownTotal) }
		}
		stats, ok, err := cats.Rerate(p.ctx, options)
		if err == nil && !ok {
			err = errors.New("another process is recomputing ratings; try again later")
		}
		if stats.Examined == 0 && err != nil {
			return err
		}
		_, printErr := fmt.Fprintf(p.stdout, "%d cats: %d ratings changed, %d age groups changed\n", stats.Examined, stats.Rated, stats.AgedUp)
		return errors.Join(err, printErr)
	})
}

// unknownTotal makes a progress bar count without a known end.
const unknownTotal = -1

// ratingCatalog returns a catalog that rates cats with the latest rubric.
func ratingCatalog(db *store.Store, now func() time.Time) (*catalog.Catalog, error) {
	rubrics, err := rating.Open()
	if err != nil {
		return nil, err
	}
	return catalog.New(db, now, newUUID).WithRater(suitability.NewRater(rubrics)), nil
}
