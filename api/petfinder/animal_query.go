package petfinder

import (
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

const (
	defaultLimit = 20
	maxLimit     = 100
	maxPage      = 1_000_000

	defaultMiles = 100 // around a location
	maxMiles     = 500
)

// animalQuery is a search for animals.
type animalQuery struct {
	search.Query
	page
	noListings bool // the requested type of animal is not listed here
}

// readAnimalQuery reads the parameters of a list of animals.
func (s *server) readAnimalQuery(rawQuery string) (animalQuery, error) {
	p := readParams(rawQuery)
	query := animalQuery{Query: search.Query{}, page: readPage(p, rawQuery), noListings: false}
	cats := true
	if text := p.raw("type"); text != "" {
		name, ok := findType(text)
		if !ok {
			p.reject("type", text+" is not a valid animal type.")
		}
		cats, query.noListings = name == catType || !ok, ok && name != catType
	}
	query.Where = s.readFilters(p, cats)
	query.Near, query.RadiusKm = s.readLocation(p)
	query.Order = readSort(p, query.Near != nil)
	query.Name = p.raw("name")
	query.ListedSince, query.ListedBefore = p.publishedBetween()
	query.Limit, query.Total, query.WithoutCards = query.limit, true, true
	return query, p.err()
}

// readFilters reads the filters. Breeds and colors are checked only if the request is for
// cats, because the server knows no others.
func (s *server) readFilters(p *params, cats bool) []search.Clause {
	where := []search.Clause{{Field: search.FieldStale, AnyOf: []string{"false"}}}
	filter := func(field search.Field, name, noun string, terms map[string][]string) {
		if terms := p.terms(name, noun, terms); terms != nil {
			where = append(where, search.Clause{Field: field, AnyOf: terms})
		}
	}
	if len(p.values["status"]) == 0 {
		p.values["status"] = []string{"adoptable"}
	}
	// No cat has the status found, but the value is valid.
	filter(search.FieldStatus, "status", "status", map[string][]string{"adoptable": {string(catalog.Available)}, "adopted": {string(catalog.Adopted)}, "found": {"found"}})
	filter(search.FieldSex, "gender", "gender", map[string][]string{"male": {"male"}, "female": {"female"}, "unknown": {"unknown"}})
	filter(search.FieldAgeGroup, "age", "age", map[string][]string{"baby": {"kitten"}, "young": {"young"}, "adult": {"adult", "unknown"}, "senior": {"senior"}})
	large := []string{"xlarge"}
	filter(search.FieldSize, "size", "size", map[string][]string{"small": {"small"}, "medium": {"medium", "unknown"}, "large": {"large"}, "xlarge": large, "extra large": large})
	filter(search.FieldCoat, "coat", "coat", map[string][]string{"short": {"short"}, "medium": {"medium"}, "long": {"long"}, "hairless": {"hairless"}, "wire": {"wire"}, "curly": {"curly"}})
	if cats {
		filter(search.FieldBreed, "breed", "breed", breedTerms())
		filter(search.FieldColor, "color", "color", colorTerms())
	}
	boolean := map[string][]string{"true": {"true"}, "1": {"true"}, "false": {"false"}, "0": {"false"}}
	filter(search.FieldGoodWithChildren, "good_with_children", "boolean", boolean)
	filter(search.FieldGoodWithDogs, "good_with_dogs", "boolean", boolean)
	filter(search.FieldGoodWithCats, "good_with_cats", "boolean", boolean)
	onlyTrue := map[string][]string{"true": {"true"}, "1": {"true"}}
	filter("house_trained", "house_trained", "value; expected true or 1", onlyTrue)
	filter("declawed", "declawed", "value; expected true or 1", onlyTrue)
	filter("special_needs", "special_needs", "value; expected true or 1", onlyTrue)
	if ids := s.readOrganizations(p); ids != nil {
		where = append(where, search.Clause{Field: search.FieldShelter, AnyOf: ids})
	}
	return where
}

var (
	breedTerms = sync.OnceValue(func() map[string][]string { return identityTerms(vocab.Breeds()) })
	colorTerms = sync.OnceValue(func() map[string][]string { return identityTerms(vocab.ColorNames()) })
)

// identityTerms returns a map from each folded term to the term itself.
func identityTerms(terms []string) map[string][]string {
	out := make(map[string][]string, len(terms))
	for _, t := range terms {
		out[vocab.Fold(t)] = []string{t}
	}
	return out
}

// readOrganizations reads the IDs of the requested shelters.
func (s *server) readOrganizations(p *params) []string {
	var out []string
	for _, code := range p.values["organization"] {
		shelter, err := s.findShelter(code)
		if catalog.KindOf(err) == catalog.NotFound {
			p.reject("organization", code+" is not a valid organization; /v2/organizations lists them.")
		}
		out = append(out, shelter.ID)
	}
	return out
}

// readLocation reads the location and the radius in kilometers. The location is nil if
// none was sent.
func (s *server) readLocation(p *params) (*geo.Point, float64) {
	miles := p.integer("distance", defaultMiles, 1, maxMiles)
	text := p.raw("location")
	if text == "" {
		if len(p.values["distance"]) > 0 {
			p.reject("distance", "distance requires location.")
		}
		return nil, 0
	}
	place, err := s.Places.Find(text)
	if err != nil {
		p.reject("location", err.Error())
		return nil, 0
	}
	return &place.Point, float64(miles) * geo.KmPerMile
}

// readSort reads the sort order of animals. The default is newest first.
func readSort(p *params, hasLocation bool) search.Order {
	orders := map[string]search.Order{
		"": search.OrderNewest, "recent": search.OrderNewest, "-recent": search.OrderOldest,
		"distance": search.OrderDistance, "-distance": search.OrderFarthest, "random": search.OrderRandom,
	}
	text := p.raw("sort")
	order, ok := orders[text]
	switch {
	case !ok:
		p.reject("sort", text+" is not a valid sort.")
	case !hasLocation && (order == search.OrderDistance || order == search.OrderFarthest):
		p.reject("sort", text+" requires location.")
	}
	return order
}

// publishedBetween reads before and after as the bounds of the index: since is inclusive
// and before exclusive. Responses show times in whole seconds, so both are rounded such
// that a client that sends a time it received does not receive the same animal again.
func (p *params) publishedBetween() (since, before time.Time) {
	after, before := p.dateTime("after"), p.dateTime("before")
	if !before.IsZero() && after.After(before) {
		p.reject("after", "after must not be later than before.")
	}
	if !after.IsZero() {
		since = after.Truncate(time.Second).Add(time.Second)
	}
	if !before.Equal(before.Truncate(time.Second)) {
		before = before.Truncate(time.Second).Add(time.Second)
	}
	return since, before
}
