package filters

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// CatFilters say which cats are meant. In a list parameter a comma means any of,
// and repeating the parameter means all of. Yes-or-no facts take true, false and
// unknown.
type CatFilters struct {
	Q        string   `query:"q" form:"q" validate:"optional" maxLength:"200" example:"playful \"bird watching\""`                              // Words in name, breed, color, tags and description. All words must occur, the last one matches as a prefix, and quotes make a phrase.
	Near     string   `query:"near" form:"near" validate:"optional" maxLength:"100" example:"20850"`                                            // A postal code, "city, ST", or "lat,lng".
	RadiusKm float64  `query:"radius_km" form:"radius_km" validate:"optional" minimum:"0.1" maximum:"20040" example:"50"`                       // Maximum distance from `near` in kilometers.
	RadiusMi float64  `query:"radius_mi" form:"radius_mi" validate:"optional" minimum:"0.1" maximum:"12450"`                                    // Maximum distance from `near` in miles.
	Sex      []string `query:"sex" form:"sex" validate:"optional" collectionFormat:"csv" enums:"female,male,unknown"`                           // Sex of the cat.
	AgeGroup []string `query:"age_group" form:"age_group" validate:"optional" collectionFormat:"csv" enums:"kitten,young,adult,senior,unknown"` // `kitten`: under 1 year, `young`: under 3, `adult`: under 8, `senior`: 8 and more.
	Breed    []string `query:"breed" form:"breed" validate:"optional" collectionFormat:"csv" example:"Siamese,Maine Coon"`                      // Primary or secondary breed, by the names of `/v1/vocabulary`.
	Color    []string `query:"color" form:"color" validate:"optional" collectionFormat:"csv" example:"Black"`                                   // Any of the cat's colors, by the names of `/v1/vocabulary`.
	Pattern  []string `query:"pattern" form:"pattern" validate:"optional" collectionFormat:"csv" example:"tabby"`                               // Coat pattern, by the names of `/v1/vocabulary`.
	Coat     []string `query:"coat" form:"coat" validate:"optional" collectionFormat:"csv" enums:"hairless,short,medium,long,unknown"`          // Length of the coat.
	Size     []string `query:"size" form:"size" validate:"optional" collectionFormat:"csv" enums:"small,medium,large,xlarge,unknown"`           // Size of the cat.

	TriStateFilters

	Bonded       []string  `query:"bonded" form:"bonded" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                          // Whether the cat must be adopted together with another cat.
	HasPhotos    []string  `query:"has_photos" form:"has_photos" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                  // Whether the cat has photos.
	Shelter      []string  `query:"shelter" form:"shelter" validate:"optional" collectionFormat:"csv" example:"MD1"`                                                                             // IDs or codes of shelters.
	Tag          []string  `query:"tag" form:"tag" validate:"optional" collectionFormat:"csv" example:"Lap cat"`                                                                                 // Words that the shelter tagged the cat with.
	Source       []string  `query:"source" form:"source" validate:"optional" collectionFormat:"csv" example:"montgomery"`                                                                        // Source of the latest data: name of an import format, or `api`.
	Region       []string  `query:"region" form:"region" validate:"optional" collectionFormat:"csv" example:"MD,VA"`                                                                             // Codes of states or provinces.
	Country      []string  `query:"country" form:"country" validate:"optional" collectionFormat:"csv" example:"US"`                                                                              // Codes of countries.
	Activity     []string  `query:"activity" form:"activity" validate:"optional" collectionFormat:"csv" enums:"leash_walk,backpack,hike,patio_visit"`                                            // Activity for `readiness`, `grade`, `score_min` and `sort=suitability`. Without one of these, only cats that are ready for the activity now or with training.
	Readiness    []string  `query:"readiness" form:"readiness" validate:"optional" collectionFormat:"csv" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now"` // Readiness for the activity; without `activity`, for the one for which the cat is most ready. Cats without an assessment are `not_yet_assessed`.
	Grade        []string  `query:"grade" form:"grade" validate:"optional" collectionFormat:"csv" enums:"A,B,C,D,none"`                                                                          // Quality of the evidence for the activity; without `activity`, the cat's best.
	ScoreMin     *float64  `query:"score_min" form:"score_min" validate:"optional" minimum:"0" maximum:"100" example:"55"`                                                                       // Minimum score for the activity; without `activity`, the overall score. Cats that are not yet assessed have no score and do not match.
	BestFit      []string  `query:"best_fit" form:"best_fit" validate:"optional" collectionFormat:"csv" enums:"leash_walk,backpack,hike,patio_visit,indoor_enrichment"`                          // Activity to start with; `indoor_enrichment` if a cat is ready for no activity or not yet assessed.
	ListedSince  time.Time `query:"listed_since" form:"listed_since" validate:"optional" format:"date-time"`                                                                                     // Only cats listed at or after this time.
	UpdatedSince time.Time `query:"updated_since" form:"updated_since" validate:"optional" format:"date-time"`                                                                                   // Only cats changed at or after this time.
}

// CatQuery is the query of the list of cats. In a list parameter a comma means any
// of, and repeating the parameter means all of. Tri-state facts take true, false and
// unknown.
type CatQuery struct {
	CatFilters

	Status       []string `query:"status" form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`.
	AgeMonthsMin *int     `query:"age_months_min" form:"age_months_min" validate:"optional" minimum:"0" maximum:"480"`                                                         // Minimum age in months; cats of unknown age do not match.
	AgeMonthsMax *int     `query:"age_months_max" form:"age_months_max" validate:"optional" minimum:"0" maximum:"480"`                                                         // Maximum age in months; cats of unknown age do not match.
	Stale        []string `query:"stale" form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                              // `true` for listings that their sources have not confirmed lately; default `false`.
	Sort         string   `query:"sort" form:"sort" validate:"optional" enums:"distance,farthest,newest,oldest,updated,name,suitability,random"`                               // Order of the list; default `distance` if `near` is set, otherwise `newest`. `suitability` sorts by the lower end of the likely range for the activity, or for each cat's most suitable one; cats that are not yet assessed come last.
	Seed         int64    `query:"seed" form:"seed" validate:"optional"`                                                                                                       // For `sort=random`: the same seed gives the same order.
	Facets       []string `query:"facets" form:"facets" validate:"optional" collectionFormat:"csv" example:"breed,age_group"`                                                  // Filters by which to count matches, each counted as if it was not set itself; `all` for every filter.
	IncludeTotal bool     `query:"include_total" form:"include_total" validate:"optional"`                                                                                     // Count the matches on all pages.
	Expand       []string `query:"expand" form:"expand" validate:"optional" collectionFormat:"csv" enums:"shelter"`                                                            // `shelter` adds the shelter to each cat.
	Fields       []string `query:"fields" form:"fields" validate:"optional" collectionFormat:"csv" example:"id,name,photo"`                                                    // Return only these fields of each cat, including fields that the schema requires.
	Cursor       string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"500"`                                                                                   // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit        int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                              // Cats per page.
} //	@name	CatQuery

// CatRequest is a parsed CatQuery.
type CatRequest struct {
	search.Query
	ExpandShelter bool
	Fields        []string
}

// ParseCatRequest returns what the values of a query ask for on behalf of a reader.
func (a QueryResolver) ParseCatRequest(values url.Values, reader catalog.Audience) (CatRequest, error) {
	in := CatQuery{Status: []string{string(catalog.Available)}, Stale: []string{"false"}, Limit: 20}
	bad := binding.BindValues(values, &in)
	query := a.BuildQuery(&in.CatFilters, &bad)
	binding.AddErrorIf(&bad, (in.Sort == "distance" || in.Sort == "farthest") && in.Near == "", "sort", "needs_near", "Distance needs near: from where?")
	binding.AddErrorIf(&bad, in.Seed != 0 && in.Sort != "random", "seed", "needs_random", "Means something only with sort=random.")
	query.Where, query.Audience = a.Clauses(&in, &bad), reader
	query.AgeMonthsMin, query.AgeMonthsMax = in.AgeMonthsMin, in.AgeMonthsMax
	query.Order, query.Seed, query.Cursor, query.Limit = search.Order(in.Sort), in.Seed, in.Cursor, in.Limit
	query.Total, query.Facets = in.IncludeTotal, in.facetsForActivity(facetFields(in.Facets, &bad))
	if query.Order == search.OrderSuitability {
		in.orderBySuitability(&query, &bad)
	}
	fields := knownNames(in.Fields, wire.CardFields, "fields", &bad)
	return CatRequest{Query: query, ExpandShelter: len(in.Expand) > 0, Fields: fields}, bad.Err(catalog.Malformed)
}

// DefaultClauses are the clauses for cats that can be adopted now, as the list has
// them where nothing else is said.
func DefaultClauses() []search.Clause {
	return []search.Clause{
		{Field: search.FieldStatus, AnyOf: []string{string(catalog.Available)}},
		{Field: search.FieldStale, AnyOf: []string{"false"}},
	}
}

// BuildQuery is what filters ask for, but for the clauses: those depend on the
// whole query that the filters are part of.
func (a QueryResolver) BuildQuery(in *CatFilters, bad *catalog.FieldErrors) search.Query {
	var q search.Query
	q.Near, q.RadiusKm = a.ResolvePlace(in.Near, in.RadiusKm, in.RadiusMi, bad)
	q.Text, q.ListedSince, q.UpdatedSince, q.Suitability = in.Q, in.ListedSince, in.UpdatedSince, suitabilityFilters(in)
	return q
}

// ResolvePlace finds what near means, and the radius in kilometres.
func (a QueryResolver) ResolvePlace(near string, km, miles float64, bad *catalog.FieldErrors) (*geo.Point, float64) {
	binding.AddErrorIf(bad, km > 0 && miles > 0, "radius_mi", "conflict", "Send radius_km or radius_mi, not both.")
	radius := km + miles*geo.KmPerMile
	if near == "" {
		for name, given := range map[string]bool{"radius_km": km > 0, "radius_mi": miles > 0} {
			binding.AddErrorIf(bad, given, name, "needs_near", "A radius needs near: around what?")
		}
		return nil, 0
	}
	found, err := a.places.Find(near)
	if err != nil {
		binding.AddErrorIf(bad, true, "near", placeCode(err), err.Error())
		return nil, 0
	}
	return &found.Point, radius
}

func placeCode(err error) string {
	if _, ok := errors.AsType[*geo.UnknownPlaceError](err); ok {
		return "unknown_place"
	}
	return "malformed"
}

// Clauses are the filters of the query that in points to. Their parameters are
// named as the fields of the index are.
func (a QueryResolver) Clauses(in any, bad *catalog.FieldErrors) []search.Clause {
	var out []search.Clause
	v := reflect.ValueOf(in).Elem()
	for _, filter := range filtersOf(v.Type()) {
		for _, entry := range *v.FieldByIndex(filter.index).Addr().Interface().(*[]string) {
			anyOf := strings.Split(entry, ",")
			for i, value := range anyOf {
				anyOf[i] = a.normalizeValue(filter.field, value, bad)
			}
			out = append(out, search.Clause{Field: filter.field, AnyOf: anyOf})
		}
	}
	return out
}

// filtersByType remembers the filters of each query struct.
var filtersByType sync.Map

// filtersOf says which parameter of a query struct filters by which field of the index.
func filtersOf(t reflect.Type) []filter {
	if known, ok := filtersByType.Load(t); ok {
		return known.([]filter)
	}
	var out []filter
	known := binding.Parameters(t)
	for _, info := range search.Fields() {
		if info.Field == search.FieldReadiness || info.Field == search.FieldGrade {
			continue // these are asked of activities
		}
		if i := slices.IndexFunc(known, func(p binding.Parameter) bool { return p.Name == string(info.Field) }); i >= 0 {
			out = append(out, filter{known[i].Index, info.Field})
		}
	}
	filtersByType.Store(t, out)
	return out
}

type filter struct {
	index []int // in the struct
	field search.Field
}

// normalizeValue is a value of an open field as the index has it: breeds and
// colours by their full names, shelters by id.
func (a QueryResolver) normalizeValue(field search.Field, value string, bad *catalog.FieldErrors) string {
	switch field {
	case search.FieldBreed:
		return vocabularyTerm(value, vocab.Breeds(), "breed", bad)
	case search.FieldColor:
		return vocabularyTerm(value, vocab.ColorNames(), "color", bad)
	case search.FieldPattern:
		return vocabularyTerm(value, append(vocab.Words(vocab.Patterns()), "unknown"), "pattern", bad)
	case search.FieldShelter:
		shelter, _, err := a.FindShelter(value)
		binding.AddErrorIf(bad, catalog.KindOf(err) == catalog.NotFound, "shelter", "unknown_value", fmt.Sprintf("There is no shelter %q; /v1/shelters finds their ids and codes.", value))
		return shelter.ID
	case search.FieldRegion, search.FieldCountry:
		return strings.ToUpper(value)
	default:
		return value
	}
}

// vocabularyTerm is the term that value means, whatever its case and accents.
func vocabularyTerm(value string, terms []string, parameter string, bad *catalog.FieldErrors) string {
	if slices.Contains(terms, value) {
		return value
	}
	folded := vocab.Fold(value)
	if i := slices.IndexFunc(terms, func(t string) bool { return vocab.Fold(t) == folded }); i >= 0 {
		return terms[i]
	}
	fault := binding.UnknownValue(value, terms)
	binding.AddErrorIf(bad, true, parameter, fault.Code, fault.Message)
	return value
}

func facetFields(sent []string, bad *catalog.FieldErrors) []search.Field {
	if len(sent) == 0 {
		return nil
	}
	var known []string
	for _, info := range search.Fields() {
		if info.Facet {
			known = append(known, string(info.Field))
		}
	}
	if slices.Equal(sent, []string{"all"}) {
		sent = known
	}
	var out []search.Field
	for _, name := range knownNames(sent, known, "facets", bad) {
		out = append(out, search.Field(name))
	}
	return out
}

// knownNames are the entries of a list parameter, each of which must be known.
func knownNames(sent, known []string, parameter string, bad *catalog.FieldErrors) []string {
	var out []string
	for _, entry := range sent {
		for name := range strings.SplitSeq(entry, ",") {
			if !slices.Contains(known, name) {
				fault := binding.UnknownValue(name, known)
				binding.AddErrorIf(bad, true, parameter, fault.Code, fault.Message)
			}
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
