package filters

import (
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// QueryResolver turns what callers say into questions for the index.
type QueryResolver struct {
	index  *search.Index
	places *geo.Gazetteer
}

// FindShelter finds a shelter by id or code, and how many cats it offers now.
func (a QueryResolver) FindShelter(idOrCode string) (catalog.Shelter, int, error) {
	shelter, count, ok := a.index.Shelter(idOrCode)
	switch {
	case ok:
		return shelter, count, nil
	case !a.index.State().Ready:
		return catalog.Shelter{}, 0, &catalog.Error{Kind: catalog.Unavailable, Code: "index_not_ready", Detail: "The listings are still being read. Try again in a few seconds.", Fields: nil}
	default:
		return catalog.Shelter{}, 0, catalog.NotFoundError("shelter", idOrCode)
	}
}

// NewQueryResolver returns a resolver that looks shelters up in the index and places in
// the gazetteer.
func NewQueryResolver(index *search.Index, places *geo.Gazetteer) QueryResolver {
	return QueryResolver{index: index, places: places}
}
