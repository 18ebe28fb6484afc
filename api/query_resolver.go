package api

import (
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// queryResolver turns what callers say into questions for the index.
type queryResolver struct {
	index  *search.Index
	places *geo.Gazetteer
}
