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

	defaultMiles = 100
	maxMiles     = 500
)

// animalQuery is a question for animals in the terms of the index.
type animalQuery struct {
	search.Query
	page
	nobody bool // asks for a type of animal that nobody lists here
}

// readAnimalQuery reads the parameters of a list of animals.
func (s *server) readAnimalQuery(rawQuery string) (animalQuery, error) {
	p := readParams(rawQuery)
	in := animalQuery{Query: search.Query{}, page: readPage(p, rawQuery), nobody: false}
	ofCats := true
	if text := p.raw("type"); text != "" {
		name, ok := findType(text)
		if !ok {
			p.refuse("type", text+" is not a valid animal type.")
		}
		ofCats, in.nobody = name == catType || !ok, ok && name != catType
	}
	in.Where = s.clauses(p, ofCats)
	in.Near, in.RadiusKm = s.readLocation(p)
	in.Order = readSort(p, in.Near != nil)
	in.Name = p.raw("name")
	in.ListedSince, in.ListedBefore = p.publishedBetween()
	in.Limit, in.Total, in.WithoutCards = in.limit, true, true
	return in, p.err()
}

// clauses are the filters. Breeds are those of cats, so they are looked at only if cats are asked for.
func (s *server) clauses(p *params, ofCats bool) []search.Clause {
	where := []search.Clause{{Field: search.FieldStale, AnyOf: []string{"false"}}}
	add := func(field search.Field, name, thing string, meaning map[string][]string) {
		if terms := p.terms(name, thing, meaning); terms != nil {
			where = append(where, search.Clause{Field: field, AnyOf: terms})
		}
	}
	if len(p.sent["status"]) == 0 {
		p.sent["status"] = []string{"adoptable"}
	}
	// Nobody lists what was found; that there is a word for it must do.
	add(search.FieldStatus, "status", "status", map[string][]string{"adoptable": {string(catalog.Available)}, "adopted": {string(catalog.Adopted)}, "found": {"found"}})
	add(search.FieldSex, "gender", "gender", map[string][]string{"male": {"male"}, "female": {"female"}, "unknown": {"unknown"}})
	add(search.FieldAgeGroup, "age", "age", map[string][]string{"baby": {"kitten"}, "young": {"young"}, "adult": {"adult", "unknown"}, "senior": {"senior"}})
	large := []string{"xlarge"}
	add(search.FieldSize, "size", "size", map[string][]string{"small": {"small"}, "medium": {"medium", "unknown"}, "large": {"large"}, "xlarge": large, "extra large": large})
	add(search.FieldCoat, "coat", "coat", map[string][]string{"short": {"short"}, "medium": {"medium"}, "long": {"long"}, "hairless": {"hairless"}, "wire": {"wire"}, "curly": {"curly"}})
	if ofCats {
		add(search.FieldBreed, "breed", "breed", breedTerms())
		add(search.FieldColor, "color", "color", colorTerms())
	}
	either := map[string][]string{"true": {"true"}, "1": {"true"}, "false": {"false"}, "0": {"false"}}
	add(search.FieldGoodWithChildren, "good_with_children", "boolean", either)
	add(search.FieldGoodWithDogs, "good_with_dogs", "boolean", either)
	add(search.FieldGoodWithCats, "good_with_cats", "boolean", either)
	onlyTrue := map[string][]string{"true": {"true"}, "1": {"true"}}
	add("house_trained", "house_trained", "value, only true or 1 is", onlyTrue)
	add("declawed", "declawed", "value, only true or 1 is", onlyTrue)
	add("special_needs", "special_needs", "value, only true or 1 is", onlyTrue)
	if homes := s.readOrganizations(p); homes != nil {
		where = append(where, search.Clause{Field: search.FieldShelter, AnyOf: homes})
	}
	return where
}

var (
	breedTerms = sync.OnceValue(func() map[string][]string { return identityTerms(vocab.Breeds()) })
	colorTerms = sync.OnceValue(func() map[string][]string { return identityTerms(vocab.ColorNames()) })
)

// identityTerms are terms that are found by their own folded names.
func identityTerms(terms []string) map[string][]string {
	out := make(map[string][]string, len(terms))
	for _, t := range terms {
		out[vocab.Fold(t)] = []string{t}
	}
	return out
}

// readOrganizations finds the shelters that are asked for.
func (s *server) readOrganizations(p *params) []string {
	var out []string
	for _, code := range p.sent["organization"] {
		home, err := s.shelter(code)
		if catalog.KindOf(err) == catalog.NotFound {
			p.refuse("organization", code+" is not a valid organization; /v2/organizations lists them.")
		}
		out = append(out, home.ID)
	}
	return out
}

// readLocation finds the place and the kilometres around it.
func (s *server) readLocation(p *params) (*geo.Point, float64) {
	miles := p.number("distance", defaultMiles, 1, maxMiles)
	text := p.raw("location")
	if text == "" {
		if len(p.sent["distance"]) > 0 {
			p.refuse("distance", "distance requires location.")
		}
		return nil, 0
	}
	found, err := s.Places.Find(text)
	if err != nil {
		p.refuse("location", err.Error())
		return nil, 0
	}
	return &found.Point, float64(miles) * geo.KmPerMile
}

// readSort is in which order cats are listed: the newest first unless it says otherwise.
func readSort(p *params, near bool) search.Order {
	orders := map[string]search.Order{
		"": search.OrderNewest, "recent": search.OrderNewest, "-recent": search.OrderOldest,
		"distance": search.OrderDistance, "-distance": search.OrderFarthest, "random": search.OrderRandom,
	}
	text := p.raw("sort")
	order, ok := orders[text]
	switch {
	case !ok:
		p.refuse("sort", text+" is not a valid sort.")
	case !near && (order == search.OrderDistance || order == search.OrderFarthest):
		p.refuse("sort", text+" requires location.")
	}
	return order
}

// publishedBetween turns before and after into the bounds of the index: from the
// first and up to, without, the second. Moments are shown in whole seconds, so
// who asks for what comes after a moment that they saw does not see it again.
func (p *params) publishedBetween() (since, before time.Time) {
	if after := p.moment("after"); !after.IsZero() {
		since = after.Truncate(time.Second).Add(time.Second)
	}
	if before = p.moment("before"); !before.Equal(before.Truncate(time.Second)) {
		before = before.Truncate(time.Second).Add(time.Second)
	}
	return since, before
}
