package filters

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// CatFilters are the filters by which cats are selected. A cat matches a filter if it
// matches any of its values; it must match all filters. The values of filters whose names
// end with _all must all match. Tri-state facts accept true, false and unknown, some of
// them also likely and unlikely. Most filters with other values have a counterpart with the
// prefix not_, which excludes the cats with any of its values.
type CatFilters struct {
	IDs      []string `form:"ids" validate:"optional" collectionFormat:"csv" maxItems:"100" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec" extensions:"x-excludable"` // IDs or numbers of up to 100 cats. Where `status` and `stale` have defaults, these do not apply with `ids`. `warnings` names those that were not found.
	Q        string   `form:"q" validate:"optional" maxLength:"200" example:"playful \"bird watching\""`                                                        // Words in name, breed, color, tags and description. All words must occur, the last one matches as a prefix, and quotes make a phrase.
	Near     string   `form:"near" validate:"optional" maxLength:"100" example:"20850"`                                                                         // A postal code, a city with or without its region or country, "lat,lng", or the ID of a place of `/v1/places` or of a shelter. Of several places the most populous, or that of the first country; `page.near` names it and the others, and `country` narrows the choice.
	RadiusKm float64  `form:"radius_km" validate:"optional" minimum:"0.1" maximum:"20040" example:"50"`                                                         // Maximum distance from `near` in kilometers.
	RadiusMi float64  `form:"radius_mi" validate:"optional" minimum:"0.1" maximum:"12450"`                                                                      // Maximum distance from `near` in miles.
	Sex      []string `form:"sex" validate:"optional" collectionFormat:"csv" enums:"female,male,unknown"`                                                       // Sex of the cat.
	AgeGroup []string `form:"age_group" validate:"optional" collectionFormat:"csv" enums:"kitten,young,adult,senior,unknown" extensions:"x-excludable"`         // `kitten`: under 1 year, `young`: under 3, `adult`: under 8, `senior`: 8 and more.
	Breed    []string `form:"breed" validate:"optional" collectionFormat:"csv" example:"Siamese,Maine Coon" extensions:"x-excludable"`                          // Primary or secondary breed, by the names of `/v1/vocabulary`.
	Color    []string `form:"color" validate:"optional" collectionFormat:"csv" example:"Black" extensions:"x-excludable"`                                       // Any of the cat's colors, by the names of `/v1/vocabulary`.
	ColorAll []string `form:"color_all" validate:"optional" collectionFormat:"csv" example:"Black,White"`                                                       // Colors of which the cat must have all.
	Pattern  []string `form:"pattern" validate:"optional" collectionFormat:"csv" example:"tabby" extensions:"x-excludable"`                                     // Coat pattern, by the names of `/v1/vocabulary`.
	Coat     []string `form:"coat" validate:"optional" collectionFormat:"csv" enums:"hairless,short,medium,long,unknown" extensions:"x-excludable"`             // Length of the coat.
	Size     []string `form:"size" validate:"optional" collectionFormat:"csv" enums:"small,medium,large,xlarge,unknown" extensions:"x-excludable"`              // Size of the cat.

	TriStateFilters

	Temperament    []string  `form:"temperament" validate:"optional" collectionFormat:"csv" example:"playful,lap_cat" extensions:"x-excludable"`                                 // Traits of character, by the names of `/v1/vocabulary`: those that the shelter states, and those read from the listing.
	TemperamentAll []string  `form:"temperament_all" validate:"optional" collectionFormat:"csv" example:"playful,lap_cat"`                                                       // Traits of character of which the cat must have all.
	Bonded         []string  `form:"bonded" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                       // Whether the cat must be adopted together with another cat.
	HasPhotos      []string  `form:"has_photos" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                   // Whether the cat has photos.
	HasVideos      []string  `form:"has_videos" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                   // Whether the cat has videos.
	Shelter        []string  `form:"shelter" validate:"optional" collectionFormat:"csv" example:"MD1" extensions:"x-excludable"`                                                 // IDs or codes of shelters.
	Tag            []string  `form:"tag" validate:"optional" collectionFormat:"csv" example:"Lap cat" extensions:"x-excludable"`                                                 // Words that the shelter tagged the cat with.
	TagAll         []string  `form:"tag_all" validate:"optional" collectionFormat:"csv" example:"Lap cat"`                                                                       // Tags of which the cat must have all.
	Source         []string  `form:"source" validate:"optional" collectionFormat:"csv" example:"montgomery" extensions:"x-excludable"`                                           // Source of the latest data: name of an import format, or `api`.
	Region         []string  `form:"region" validate:"optional" collectionFormat:"csv" example:"MD,VA" extensions:"x-excludable"`                                                // Codes or names of states or provinces. A code may belong to several countries; `country` narrows it.
	Country        []string  `form:"country" validate:"optional" collectionFormat:"csv" example:"US" extensions:"x-excludable"`                                                  // Codes or English names of countries. US includes its territories.
	Activity       []string  `form:"activity" validate:"optional" collectionFormat:"csv" enums:"leash_walk,backpack,hike,patio_visit"`                                           // Activity for `readiness`, `grade`, `score_min`, `impression` and `sort=suitability`. Without one of these, only cats that are ready for the activity now or with training.
	ActivityAll    []string  `form:"activity_all" validate:"optional" collectionFormat:"csv" enums:"leash_walk,backpack,hike,patio_visit"`                                       // Like `activity`; the cat must match for all of these.
	Readiness      []string  `form:"readiness" validate:"optional" collectionFormat:"csv" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now"` // Readiness for the activity; without `activity`, for the one for which the cat is most ready. Cats without an assessment are `not_yet_assessed`.
	Grade          []string  `form:"grade" validate:"optional" collectionFormat:"csv" enums:"A,B,C,D,listing,none"`                                                              // Quality of the evidence for the activity; without `activity`, the cat's best. `listing` for cats of which the listing gives hints and nobody has seen enough for a score.
	ScoreMin       *float64  `form:"score_min" validate:"optional" minimum:"0" maximum:"100" example:"55"`                                                                       // Minimum score for the activity; without `activity`, the overall score. Cats that are not yet assessed have no score and do not match.
	Impression     []string  `form:"impression" validate:"optional" collectionFormat:"csv" enums:"confident,mixed,shy,unknown"`                                                  // Impression that the listing gives for the activity; without `activity`, for activities outside in general. `unknown` if the listing says nothing that matters. Finds cats that nobody has assessed.
	BestFit        []string  `form:"best_fit" validate:"optional" collectionFormat:"csv" enums:"leash_walk,backpack,hike,patio_visit,indoor_enrichment,unknown"`                 // Activity to start with; `indoor_enrichment` if an assessed cat is ready for none, `unknown` if a cat is not assessed.
	FeeMin         *float64  `form:"fee_min" validate:"optional" minimum:"0" maximum:"1000000" example:"0"`                                                                      // Minimum adoption fee, like `fee_max`.
	FeeMax         *float64  `form:"fee_max" validate:"optional" minimum:"0" maximum:"1000000" example:"150"`                                                                    // Maximum adoption fee in the main unit of each cat's own currency, such as dollars: 150 is an `amount_minor` of 15000 cents. A waived fee is 0; cats of unknown fee do not match.
	ListedSince    time.Time `form:"listed_since" validate:"optional" format:"date-time"`                                                                                        // Only cats listed at or after this time.
	UpdatedSince   time.Time `form:"updated_since" validate:"optional" format:"date-time"`                                                                                       // Only cats changed at or after this time.

	Excluded binding.Exclusions `form:"not" swaggerignore:"true"` // by parameter, the values to exclude
}

// CatQuery is the query of the list of cats. Several values of a filter, separated by commas
// or in repeated parameters, mean any of them; in filters whose names end with _all they
// mean all of them. Tri-state facts take true, false and unknown, some of them also likely
// and unlikely.
type CatQuery struct {
	CatFilters

	Status       []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`, and all with `ids`.
	AgeMonthsMin *int     `form:"age_months_min" validate:"optional" minimum:"0" maximum:"480"`                                                                 // Minimum age in months; cats of unknown age do not match.
	AgeMonthsMax *int     `form:"age_months_max" validate:"optional" minimum:"0" maximum:"480"`                                                                 // Maximum age in months; cats of unknown age do not match.
	Stale        []string `form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                             // `true` for listings that their sources have not confirmed lately; default `false`, and both with `ids`.
	Sort         string   `form:"sort" validate:"optional" enums:"distance,farthest,newest,oldest,updated,name,suitability,random"`                             // Order of the list; default `distance` if `near` is set, otherwise `newest`. `suitability` sorts by the lower end of the likely range for the activity, or for each cat's most suitable one, then by `impression`; cats that are not yet assessed come last.
	Seed         int64    `form:"seed" validate:"optional"`                                                                                                     // For `sort=random`: the same seed gives the same order.
	Facets       []string `form:"facets" validate:"optional" collectionFormat:"csv" example:"breed,age_group"`                                                  // Filters by which to count matches, each counted as if it was not set itself; `all` for every filter.
	IncludeTotal bool     `form:"include_total" validate:"optional"`                                                                                            // Count the matches on all pages.
	Expand       []string `form:"expand" validate:"optional" collectionFormat:"csv" enums:"shelter"`                                                            // `shelter` adds the shelter to each cat.
	Fields       []string `form:"fields" validate:"optional" collectionFormat:"csv" example:"name,photo" extensions:"x-selects=CatCard"`                        // Return only `id` and these fields of each cat.
	Cursor       string   `form:"cursor" validate:"optional" maxLength:"500"`                                                                                   // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit        int      `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                             // Cats per page.
} //	@name	CatQuery

// CatRequest is a parsed CatQuery.
type CatRequest struct {
	search.Query
	Near          []geo.Place // the place that the query is near to, then others of its name; nil for none
	InMiles       bool        // the caller gave the radius in miles
	ExpandShelter bool
	Fields        []string // the fields of each cat to return; nil for all
	Warnings      []wire.FilterWarning
	activities    []string // by which the cats are filtered
}

// ParseCatRequest parses the query parameters of the list of cats. The result contains
// only cats that the audience may see.
func (r QueryResolver) ParseCatRequest(values url.Values, audience catalog.Audience) (CatRequest, error) {
	in := CatQuery{Limit: 20}
	errs := binding.BindValues(values, &in)
	in.SetDefaults(&in.Status, &in.Stale)
	query, near := r.BuildQuery(&in.CatFilters, &in, &errs)
	binding.AddErrorIf(&errs, (in.Sort == "distance" || in.Sort == "farthest") && in.Near == "", "sort", errcode.NeedsNear, "Requires the parameter near.")
	binding.AddErrorIf(&errs, in.Seed != 0 && in.Sort != "random", "seed", errcode.NeedsRandom, "Requires sort=random.")
	binding.AddErrorIf(&errs, in.AgeMonthsMin != nil && in.AgeMonthsMax != nil && *in.AgeMonthsMin > *in.AgeMonthsMax,
		"age_months_min", errcode.Conflict, "Must not be greater than age_months_max: no cat can match both.")
	query.Audience = audience
	query.AgeMonthsMin, query.AgeMonthsMax = in.AgeMonthsMin, in.AgeMonthsMax
	query.Order, query.Seed, query.Cursor, query.Limit = search.Order(in.Sort), in.Seed, in.Cursor, in.Limit
	query.Total, query.Facets = in.IncludeTotal, in.facetsForActivity(facetFields(in.Facets, &errs))
	if query.Order == search.OrderSuitability {
		in.orderBySuitability(&query, &errs)
	}
	fields := knownNames(in.Fields, wire.CardFields(), "fields", &errs)
	return CatRequest{Query: query, Near: near, InMiles: in.RadiusMi > 0, ExpandShelter: len(in.Expand) > 0, Fields: fields, Warnings: r.Warnings(&in, audience), activities: slices.Concat(in.Activity, in.ActivityAll)}, errs.Err(catalog.Malformed)
}

// Warnings returns warnings about the values in the query struct that in points to that no
// listed cat has: values of filters without a vocabulary, and cats that do not exist or that
// the audience may not see. They are no errors, because the last cat with a tag may have been
// adopted.
func (r QueryResolver) Warnings(in any, audience catalog.Audience) []wire.FilterWarning {
	var out []wire.FilterWarning
	v := reflect.ValueOf(in).Elem()
	filters := filtersOf(v.Type())
	for i := range filters {
		filter := &filters[i]
		if filter.field != search.FieldIDs && filter.field != search.FieldTag && filter.field != search.FieldSource {
			continue // its values are of a vocabulary, or unknown ones are errors
		}
		for _, value := range filter.Values(v) {
			if message := r.warning(filter.field, value, audience); message != "" {
				out = append(out, wire.FilterWarning{Parameter: filter.Name, Value: value, Code: errcode.UnknownValue, Message: message})
			}
		}
	}
	return out
}

// warning returns the message about a value that no listed cat has, or "".
func (r QueryResolver) warning(field search.Field, value string, audience catalog.Audience) string {
	switch {
	case field == search.FieldIDs && !r.index.Shows(value, audience):
		return "No cat with this ID or number was found, or you may not see it."
	case field != search.FieldIDs && !r.index.ShowsValue(field, value, audience):
		return fmt.Sprintf("No listed cat has this value. facets=%s lists the values in use and their number.", field)
	default:
		return ""
	}
}

// SetDefaults sets the status and staleness that a list has by default, unless the caller
// sent them or names the cats.
func (in *CatFilters) SetDefaults(status, stale *[]string) {
	if len(in.IDs) > 0 {
		return
	}
	if len(*status) == 0 {
		*status = []string{string(catalog.Available)}
	}
	if len(*stale) == 0 {
		*stale = []string{"false"}
	}
}

// DefaultClauses returns the clauses that the list of cats has by default: available
// cats whose listings are not stale.
func DefaultClauses() []search.Clause {
	return []search.Clause{
		{Field: search.FieldStatus, AnyOf: []string{string(catalog.Available)}},
		{Field: search.FieldStale, AnyOf: []string{"false"}},
	}
}

// BuildQuery returns the index query for filters, and the places that near names, the
// one to use first. whole points to the query struct that embeds the filters, whose other
// parameters with the name of a field of the index are filters, too.
func (r QueryResolver) BuildQuery(in *CatFilters, whole any, errs *catalog.FieldErrors) (search.Query, []geo.Place) {
	var q search.Query
	var near []geo.Place
	near, q.RadiusKm = r.ResolvePlace(in.Near, in.RadiusKm, in.RadiusMi, r.requestedCountries(in.Country), errs)
	if near != nil {
		q.Near = &near[0].Point
	}
	q.Text, q.ListedSince, q.UpdatedSince, q.Suitability = in.Q, in.ListedSince, in.UpdatedSince, suitabilityFilters(in)
	q.FeeMin, q.FeeMax = in.FeeMin, in.FeeMax
	binding.AddErrorIf(errs, in.FeeMin != nil && in.FeeMax != nil && *in.FeeMin > *in.FeeMax, "fee_min", errcode.Conflict,
		"Must not be greater than fee_max: no cat can match both.")
	q.Where, q.Exclude = r.clauses(whole, errs)
	return q, near
}

// ResolvePlace returns the places in one of the countries that near names, or nil if near
// is empty, and the radius in kilometers, 0 for none. The first place is the one to use; the
// others have the same name. No country means any. Near may be the ID of a shelter.
func (r QueryResolver) ResolvePlace(near string, km, miles float64, countries []string, errs *catalog.FieldErrors) ([]geo.Place, float64) {
	binding.AddErrorIf(errs, km > 0 && miles > 0, "radius_mi", errcode.Conflict, "Send radius_km or radius_mi, not both.")
	radius := km + miles*geo.KmPerMile
	if near == "" {
		for name, given := range map[string]bool{"radius_km": km > 0, "radius_mi": miles > 0} {
			binding.AddErrorIf(errs, given, name, errcode.NeedsNear, "Requires the parameter near.")
		}
		return nil, 0
	}
	if IsShelterID(near) {
		return r.shelterPlace(near, errs), radius
	}
	places, err := r.places.FindAll(near, countries...)
	if err != nil {
		binding.AddErrorIf(errs, true, "near", placeErrorCode(err), err.Error())
		return nil, 0
	}
	return places, radius
}

// IsShelterID reports whether the value of near is the ID of a shelter.
func IsShelterID(near string) bool { return strings.HasPrefix(near, catalog.ShelterPrefix+"_") }

// shelterPlace returns where a shelter is, or nil. While the index is loading it returns a
// place without a meaning: requests then get 503.
func (r QueryResolver) shelterPlace(id string, errs *catalog.FieldErrors) []geo.Place {
	shelter, _, err := r.FindShelter(id, catalog.Audience{})
	if catalog.KindOf(err) == catalog.Unavailable {
		return []geo.Place{{}}
	}
	if err != nil || !shelter.ErasedAt.IsZero() {
		binding.AddErrorIf(errs, true, "near", errcode.UnknownPlace, fmt.Sprintf("Unknown shelter %q. GET /v1/shelters lists ids and codes.", id))
		return nil
	}
	return []geo.Place{{City: shelter.Address.City, Region: shelter.Address.Region, Country: shelter.Address.Country, Point: shelter.Point}}
}

func placeErrorCode(err error) errcode.Code {
	if _, ok := errors.AsType[*geo.UnknownPlaceError](err); ok {
		return errcode.UnknownPlace
	}
	return errcode.Malformed
}

// clauses returns the clauses for the parameters of the query struct that in points to
// that have the name of a field of the index: those that cats must match, and those that they
// must not match.
func (r QueryResolver) clauses(in any, errs *catalog.FieldErrors) (where, exclude []search.Clause) {
	v := reflect.ValueOf(in).Elem()
	filters := filtersOf(v.Type())
	var countries []string
	for i := range filters {
		if filter := &filters[i]; filter.field == search.FieldCountry && filter.Excludes == "" {
			countries = r.requestedCountries(filter.Values(v))
		}
	}
	for i := range filters {
		filter := &filters[i]
		values := filter.Values(v)
		if len(values) == 0 {
			continue
		}
		to := &where
		if filter.Excludes != "" {
			to = &exclude
		}
		for anyOf := range slices.Chunk(values, filter.valuesPerClause(values)) {
			if filter.field == search.FieldRegion {
				*to = append(*to, r.regionClauses(filter, anyOf, countries, errs)...)
				continue
			}
			anyOf = slices.Clone(anyOf)
			for i, value := range anyOf {
				anyOf[i] = r.normalizeValue(filter, value, errs)
			}
			if filter.field == search.FieldCountry {
				anyOf = geo.WithTerritories(anyOf)
			}
			*to = append(*to, search.Clause{Field: filter.field, AnyOf: anyOf})
		}
	}
	checkExclusions(where, exclude, errs)
	return where, exclude
}

// checkExclusions adds an error for each clause that an exclusion makes impossible to match.
func checkExclusions(where, exclude []search.Clause, errs *catalog.FieldErrors) {
	for _, c := range where {
		for _, e := range exclude {
			impossible := c.Field == e.Field && !slices.ContainsFunc(c.AnyOf, func(value string) bool { return !slices.Contains(e.AnyOf, value) })
			binding.AddErrorIf(errs, impossible, "not_"+string(c.Field), errcode.Conflict,
				fmt.Sprintf("Excludes all values of %s: no cat can match both.", c.Field))
		}
	}
}

// filter represents a parameter of a query struct that filters by a field of the index.
type filter struct {
	binding.Parameter

	field search.Field
	all   bool // a cat must match all values, not any of them
}

// valuesPerClause returns how many of the values are alternatives.
func (f *filter) valuesPerClause(values []string) int {
	if f.all {
		return 1
	}
	return len(values)
}

// filtersByType caches the filters of each query struct.
var filtersByType sync.Map

// filtersOf returns the filters of a query struct. Readiness, grade and impression are not among
// them, because they depend on the activity; see suitabilityFilters.
func filtersOf(t reflect.Type) []filter {
	if known, ok := filtersByType.Load(t); ok {
		return known.([]filter)
	}
	var out []filter
	known := binding.Parameters(t)
	for _, info := range search.Fields() {
		if info.Field == search.FieldReadiness || info.Field == search.FieldGrade || info.Field == search.FieldImpression {
			continue
		}
		for _, p := range known {
			if name, all := strings.CutSuffix(cmp.Or(p.Excludes, p.Name), "_all"); name == string(info.Field) {
				out = append(out, filter{p, info.Field, all})
			}
		}
	}
	filtersByType.Store(t, out)
	return out
}

// normalizeValue returns a value as the index stores it: the full names of breeds and
// colours, the ids of shelters, the codes of countries.
func (r QueryResolver) normalizeValue(f *filter, value string, errs *catalog.FieldErrors) string {
	switch f.field {
	case search.FieldBreed:
		return f.term(value, vocab.Breeds(), errs)
	case search.FieldColor:
		return f.term(value, vocab.ColorNames(), errs)
	case search.FieldTemperament:
		return f.term(value, vocab.Temperaments(), errs)
	case search.FieldPattern:
		return f.term(value, append(vocab.Words(vocab.Patterns()), "unknown"), errs)
	case search.FieldShelter:
		shelter, _, err := r.FindShelter(value, catalog.Audience{})
		binding.AddErrorIf(errs, catalog.KindOf(err) == catalog.NotFound, f.Name, errcode.UnknownValue,
			fmt.Sprintf("Unknown shelter %q. GET /v1/shelters lists ids and codes.", value))
		return shelter.ID
	case search.FieldCountry:
		return resolveCountry(f.Name, value, errs)
	case search.FieldIDs:
		if number, err := strconv.ParseInt(value, 10, 64); err == nil && number > 0 {
			return strconv.FormatInt(number, 10)
		}
		binding.AddErrorIf(errs, catalog.CheckID(catalog.CatPrefix, value) != nil, f.Name, errcode.MalformedID,
			fmt.Sprintf("%q is neither the ID of a cat (cat_ followed by 26 letters and digits) nor its number.", value))
		return value
	case search.FieldSource:
		return r.index.FindValue(f.field, value)
	default:
		return value
	}
}

// term returns the term of a vocabulary that a value means in any of its words.
func (f *filter) term(value string, terms []string, errs *catalog.FieldErrors) string {
	term, err := binding.ParseTerm(string(f.field), value, terms)
	if err != nil {
		binding.AddErrorIf(errs, true, f.Name, err.Code, err.Message)
	}
	return term
}

// facetFields returns the fields to count, which the parameter facets names.
func facetFields(sent []string, errs *catalog.FieldErrors) []search.Field {
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
	for _, name := range knownNames(sent, known, "facets", errs) {
		out = append(out, search.Field(name))
	}
	return out
}

// knownNames returns the values of a list parameter, each of which must be known.
func knownNames(sent, known []string, parameter string, errs *catalog.FieldErrors) []string {
	var out []string
	for _, text := range sent {
		name, err := binding.ParseTerm(parameter, text, known)
		if err != nil {
			binding.AddErrorIf(errs, true, parameter, err.Code, err.Message)
		}
		out = append(out, name)
	}
	return slices.Compact(out)
}
