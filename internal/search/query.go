package search

import (
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// Query is a question for cats. All that is said must hold; the zero Query asks
// for every listed cat.
type Query struct {
	Where        []Clause
	Suits        []SuitabilityFilter
	AgeMonthsMin *int // whole months; a cat whose birth is not known has no such age
	AgeMonthsMax *int
	ListedSince  time.Time
	ListedBefore time.Time // without this moment itself
	UpdatedSince time.Time
	// Text holds words that must all occur, in any form; the last may be only
	// begun, unless a space follows. Words in quotes must follow each other.
	Text string
	// Name is a part of the name, whatever its case and accents.
	Name string
	// Reader is who asks: cats that their shelter withholds from them are not
	// there. The zero Reader sees all.
	Reader   catalog.Audience
	Near     *geo.Point
	RadiusKm float64 // around Near; 0 is any distance
	Order    Order   // empty is by distance where there is Near, else newest first
	OrderFor string  // for OrderSuitability the activity; empty is each cat's most suitable
	Seed     int64   // for OrderRandom
	Cursor   string  // Next of the page before
	Skip     int     // so many cats from the beginning, where there is no cursor
	Limit    int     // cats on a page; at least 1
	Total    bool
	Bare     bool // hits without cards, for who shows cats in another form
	Facets   []Field
}

// Clause says that a field has any of the values.
type Clause struct {
	Field Field
	AnyOf []string
}

// Page is a part of the answer.
type Page struct {
	Hits    []Hit
	Next    string // the cursor of the next page, empty at the end
	HasMore bool
	Total   *int // of cats that match now, if asked for
	// Facets are the values of the fields asked for that some cat has, the most
	// frequent first. Each respects all that is asked except its own field. Of
	// shelters and tags only the 100 most frequent are told.
	Facets map[Field][]Count
	Seq    int64 // the number of the log that the answer is as of
}

// Count is how many cats have a value.
type Count struct {
	Value string
	Count int
}

// Hit is a cat that was found.
type Hit struct {
	Card       []byte // as it was encoded; nil if the question was Bare
	ID         string
	Number     int64
	Version    int64
	ShelterID  string
	Birth      time.Time      // a date; zero if not known
	AgeGroup   vocab.AgeGroup // as the source put it; counts only where Birth is not known
	DistanceKm float64        // from Near, -1 without
}

// badCursor is the error for a cursor that we did not give for this question.
func badCursor(detail string) error {
	return cursorError("bad_cursor", detail)
}

func cursorError(code, detail string) error {
	return &catalog.Error{
		Kind: catalog.Malformed, Code: code, Detail: detail,
		Faults: []catalog.FieldError{{Pointer: "", Parameter: "cursor", Code: code, Message: detail}},
	}
}

func badParameter(parameter, code, message string) error {
	return &catalog.Error{
		Kind: catalog.Malformed, Code: "", Detail: "One thing is wrong with the request.",
		Faults: []catalog.FieldError{{Pointer: "", Parameter: parameter, Code: code, Message: message}},
	}
}
