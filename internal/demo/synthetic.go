package demo

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// Source is the source of synthetic cats.
const Source = "demo"

// batchSize is how many cats are written in one transaction.
const batchSize = 500

// Options says what data to generate.
type Options struct {
	Cats     int
	Shelters int
	Seed     uint64
	Today    time.Time // ages and dates count from this day
	// Describe returns a description of about the given length in bytes. It must be
	// safe for concurrent use. If it is nil, descriptions consist of real sentences.
	Describe func(r *rand.Rand, cat *catalog.Facts, shelter *Shelter, length int) string
}

// Set is a synthetic country of shelters and their cats. It holds no cats: each is
// generated when it is asked for and is always the same. A Set is safe for
// concurrent use.
type Set struct {
	options       Options
	places        *geo.Gazetteer
	distributions *distributions
	descriptions  *descriptions
	sizes         []int // the number of cats of each shelter
}

// Shelter is a synthetic shelter.
type Shelter struct {
	ExternalID string
	Profile    catalog.Profile
	Cats       int // the number of its cats

	index       int
	fosterCodes []string // postal codes of foster homes
	fosterShare float64  // the share of its cats in foster homes, from 0 to 1
}

// Synthetic returns a set. The same options give the same set. It returns an
// error unless there is at least one shelter and no negative number of cats.
func Synthetic(places *geo.Gazetteer, options Options) (*Set, error) {
	if options.Shelters < 1 || options.Cats < 0 {
		return nil, fmt.Errorf("expected at least 1 shelter and 0 cats, got %d and %d", options.Shelters, options.Cats)
	}
	texts, err := realDescriptions()
	if err != nil {
		return nil, err
	}
	values, err := realDistributions()
	if err != nil {
		return nil, err
	}
	if options.Describe == nil {
		options.Describe = texts.describe
	}
	options.Today = options.Today.UTC().Truncate(24 * time.Hour)
	return &Set{options: options, places: places, distributions: values, descriptions: texts, sizes: shelterSizes(options.Cats, options.Shelters)}, nil
}

// shelterSizes distributes cats among shelters as in reality: a few shelters have
// thousands, most a hundred or two.
func shelterSizes(cats, shelters int) []int {
	cumulative := make([]float64, shelters+1)
	for i := range shelters {
		cumulative[i+1] = cumulative[i] + math.Pow(float64(i+10), -0.9)
	}
	sizes := make([]int, shelters)
	for i := range sizes {
		share := func(n int) int { return int(math.Round(cumulative[n] / cumulative[shelters] * float64(cats))) }
		sizes[i] = share(i+1) - share(i)
	}
	return sizes
}

// Shelters returns all shelters, the largest first.
func (s *Set) Shelters() iter.Seq[Shelter] {
	return func(yield func(Shelter) bool) {
		for i := range s.sizes {
			if !yield(s.shelter(i)) {
				return
			}
		}
	}
}

// Cats returns all cats of a shelter.
func (s *Set) Cats(shelter Shelter) iter.Seq[catalog.CatUpdate] {
	return func(yield func(catalog.CatUpdate) bool) {
		for n := range shelter.Cats {
			if !yield(s.Cat(&shelter, n)) {
				return
			}
		}
	}
}

// rng returns the random numbers of one cat, or with cat -1 of one shelter. They
// do not depend on what else was generated.
func (s *Set) rng(shelter, cat int) *rand.Rand {
	return rand.New(rand.NewPCG(s.options.Seed, uint64(shelter+1)<<32|uint64(cat+1))) //nolint:gosec // both count up from 0
}

// Write writes the whole set into a catalog with a number of concurrent writers: 2
// saturate Postgres, SQLite takes one. Written again on the same day it changes
// nothing; after an interruption it resumes. Progress is called with the number of
// cats written so far and in total; it may be nil.
func (s *Set) Write(ctx context.Context, c *catalog.Catalog, writers int, progress func(done, total int)) error {
	w := setWriter{set: s, catalog: c, progress: progress, mu: sync.Mutex{}, done: 0}
	group, ctx := errgroup.WithContext(catalog.WithWorkload(ctx, catalog.JobWorkload))
	group.SetLimit(max(1, writers))
	for shelter := range s.Shelters() {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return w.writeShelter(ctx, shelter) })
	}
	return group.Wait()
}

// setWriter writes a set into a catalog.
type setWriter struct {
	set      *Set
	catalog  *catalog.Catalog
	progress func(done, total int)

	mu   sync.Mutex
	done int
}

func (w *setWriter) writeShelter(ctx context.Context, synthetic Shelter) error {
	shelter, _, err := w.catalog.PutShelter(ctx, w.set.places, synthetic.ExternalID, synthetic.Profile)
	if err != nil {
		return err
	}
	edits := make([]catalog.CatUpdate, 0, batchSize)
	for e := range w.set.Cats(synthetic) {
		edits = append(edits, e)
		if len(edits) == batchSize {
			if err := w.writeCats(ctx, shelter.ID, edits); err != nil {
				return err
			}
			edits = edits[:0]
		}
	}
	return w.writeCats(ctx, shelter.ID, edits)
}

func (w *setWriter) writeCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) error {
	if len(edits) == 0 {
		return nil
	}
	results, err := w.catalog.UpsertCats(ctx, shelterID, edits)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(results, func(r catalog.CatResult) bool { return r.Result == catalog.ResultRejected }); i >= 0 {
		return fmt.Errorf("write synthetic cat %s: %w", edits[i].ExternalID, results[i].Err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done += len(edits)
	if w.progress != nil {
		w.progress(w.done, w.set.options.Cats)
	}
	return nil
}
