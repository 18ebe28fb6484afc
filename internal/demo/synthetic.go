package demo

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// Source is what made cats name as theirs.
const Source = "demo"

// Options say what to make.
type Options struct {
	Cats     int
	Shelters int
	Seed     uint64
	Today    time.Time // what ages and dates are counted from
}

// Set is a made country of shelters and their cats. Nothing of it is kept: each
// cat is made anew when it is asked for, and is always the same.
type Set struct {
	options Options
	places  *geo.Gazetteer
	like    *distributions // of what is real
	book    *templates
	sizes   []int // how many cats a shelter has
}

// Shelter is a made shelter.
type Shelter struct {
	ExternalID string
	Profile    catalog.Profile
	Cats       int // how many it has

	index    int
	at       int      // its place in the gazetteer
	fosters  []string // postal codes of foster homes
	fostered float64  // how many of its cats live in them, of 1
	policy   string   // what it writes under its descriptions
}

// Synthetic makes a set. The same options make the same set.
func Synthetic(places *geo.Gazetteer, options Options) (*Set, error) {
	if options.Shelters < 1 || options.Cats < 0 {
		return nil, fmt.Errorf("a made set needs a shelter or more, and no less than 0 cats: not %d and %d", options.Shelters, options.Cats)
	}
	book, err := phrases()
	if err != nil {
		return nil, err
	}
	like, err := likenessOfReal()
	if err != nil {
		return nil, err
	}
	options.Today = options.Today.UTC().Truncate(24 * time.Hour)
	return &Set{options: options, places: places, like: like, book: book, sizes: skewed(options.Cats, options.Shelters)}, nil
}

// skewed parts cats among shelters as they are: a few hold thousands, most a hundred or two.
func skewed(cats, shelters int) []int {
	upTo := make([]float64, shelters+1)
	for i := range shelters {
		upTo[i+1] = upTo[i] + math.Pow(float64(i+10), -0.9)
	}
	sizes := make([]int, shelters)
	for i := range sizes {
		share := func(n int) int { return int(math.Round(upTo[n] / upTo[shelters] * float64(cats))) }
		sizes[i] = share(i+1) - share(i)
	}
	return sizes
}

// Shelters is every shelter, the largest first.
func (s *Set) Shelters() iter.Seq[Shelter] {
	return func(yield func(Shelter) bool) {
		for i := range s.sizes {
			if !yield(s.shelter(i)) {
				return
			}
		}
	}
}

// Cats is every cat of a shelter.
func (s *Set) Cats(of Shelter) iter.Seq[catalog.CatUpdate] {
	return func(yield func(catalog.CatUpdate) bool) {
		for n := range of.Cats {
			if !yield(s.Cat(&of, n)) {
				return
			}
		}
	}
}

// rng are the fortunes of one thing. They depend on nothing else that is made.
func (s *Set) rng(shelter, cat int) *rand.Rand {
	return rand.New(rand.NewPCG(s.options.Seed, uint64(shelter+1)<<32|uint64(cat+1))) //nolint:gosec // both count up from 0
}

// chance is true as often as share says, of 1.
func chance(r *rand.Rand, share float64) bool { return r.Float64() < share }
