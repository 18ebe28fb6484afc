package api

import (
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// asking turns what callers say into questions for the index.
type asking struct {
	index  *search.Index
	places *geo.Gazetteer
}
