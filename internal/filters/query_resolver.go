package filters

import (
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// QueryResolver turns filters into index queries. It resolves shelters and places.
type QueryResolver struct {
	index  *search.Index
	places *geo.Gazetteer
}

// NewQueryResolver returns a resolver that looks up shelters in the index and places in
// the gazetteer.
func NewQueryResolver(index *search.Index, places *geo.Gazetteer) QueryResolver {
	return QueryResolver{index: index, places: places}
}

// FindShelter returns a shelter by id or code, and the number of its available cats that an
// audience may see.
func (r QueryResolver) FindShelter(idOrCode string, audience catalog.Audience) (catalog.Shelter, int, error) {
	shelter, count, ok := r.index.Shelter(idOrCode, audience)
	switch {
	case ok:
		return shelter, count, nil
	case !r.index.State().Ready:
		return catalog.Shelter{}, 0, errNotReady()
	default:
		return catalog.Shelter{}, 0, catalog.NotFoundError("shelter", idOrCode)
	}
}

func errNotReady() error {
	return catalog.Errorf(catalog.Unavailable, errcode.IndexNotReady, "The server is still loading the listings. Try again in a few seconds.")
}
