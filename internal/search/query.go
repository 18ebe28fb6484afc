package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/search/dictionary"
	"trailcat/internal/vocab"
)

// Query is a query for cats. All its conditions must hold; the zero Query matches
// every listed cat.
type Query struct {
	Where        []Clause
	Exclude      []Clause // a cat with one of the values of a clause does not match; one whose value is unknown does
	Suitability  []SuitabilityFilter
	AgeMonthsMin *int     // whole months; a cat with an unknown birth date does not match
	AgeMonthsMax *int     // whole months; a cat with an unknown birth date does not match
	FeeMin       *float64 // in the main unit of the cat's currency; a cat with an unknown fee does not match
	FeeMax       *float64 // in the main unit of the cat's currency; a cat with an unknown fee does not match
	ListedSince  time.Time
	ListedBefore time.Time // exclusive
	UpdatedSince time.Time
	// Text has words that must all occur, in any grammatical form. The last may be a
	// prefix unless a space follows. Words in quotation marks must follow each other.
	Text string
	// Name is a substring of the name; case and accents are ignored.
	Name string
	// Reader is the audience of the answer: cats that are hidden from it are
	// treated as if they did not exist. The zero Audience sees all.
	Audience     catalog.Audience
	Near         *geo.Point
	RadiusKm     float64 // around Near; 0 is unlimited
	Order        Order   // default: by distance if Near is set, else newest first
	OrderFor     string  // the activity of OrderSuitability; default: the cat's most suitable
	Seed         int64   // for OrderRandom
	Cursor       string  // Next of the previous page
	Offset       int     // number of cats to skip; ignored if Cursor is set
	Limit        int     // cats on a page, from 1 to 1000
	Total        bool    // return Page.Total
	WithoutCards bool    // omit the cards
	Facets       []Field
}

// Clause is the condition that a field has one of the values.
type Clause struct {
	Field Field
	AnyOf []string
}

// Page is a page of cats.
type Page struct {
	Hits    []Hit
	Next    string // the cursor of the next page, or empty
	HasMore bool
	Total   *int // the number of matching cats, if requested
	// Facets has, for each requested field, the values of matching cats, most frequent
	// first. A field is counted without the clause for the field itself. For shelters
	// and tags it has the 100 most frequent values.
	Facets map[Field][]Count
	Seq    int64 // the log position that the page reflects
}

// Count is the number of cats with a value.
type Count struct {
	Value string
	Count int
}

// Hit is a cat that matches.
type Hit struct {
	Card       dictionary.Text // as Options.Card encoded it; empty with Query.WithoutCards
	ID         string
	Number     int64
	Version    int64
	ShelterID  string
	Birth      time.Time      // a date; zero if unknown
	AgeGroup   vocab.AgeGroup // as the source reported it; valid only if Birth is unknown
	DistanceKm float64        // from Near, or -1
}

// hash returns a hash of the query without cursor, offset and limit. The order of
// clauses and values does not matter. It is the same on every node.
func (q *Query) hash() uint64 {
	h := fnv.New64a()
	b := make([]byte, 0, 256)
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	number := func(n int64) { b = binary.AppendVarint(b, n) }
	months := func(n *int) {
		if n == nil {
			text("")
			return
		}
		text("months")
		number(int64(*n))
	}
	clauses := func(list []Clause) {
		if !slices.IsSortedFunc(list, compareClauses) {
			list = slices.Clone(list)
			slices.SortStableFunc(list, compareClauses)
		}
		for _, c := range list {
			text(string(c.Field))
			values := c.AnyOf
			if !slices.IsSorted(values) {
				values = slices.Clone(values)
				slices.Sort(values)
			}
			number(int64(len(values)))
			for _, v := range values {
				text(v)
			}
		}
		text("")
	}
	clauses(q.Where)
	clauses(q.Exclude)
	for _, amount := range []*float64{q.FeeMin, q.FeeMax} {
		if text(""); amount != nil {
			number(int64(math.Float64bits(*amount)))
		}
	}
	for i := range q.Suitability {
		q.Suitability[i].hashInto(text)
	}
	months(q.AgeMonthsMin)
	months(q.AgeMonthsMax)
	number(microsOf(q.ListedSince))
	number(microsOf(q.ListedBefore))
	number(microsOf(q.UpdatedSince))
	text(q.Text)
	text(q.Name)
	if q.Near != nil {
		number(int64(math.Float64bits(q.Near.Lat)))
		number(int64(math.Float64bits(q.Near.Lng)))
		number(int64(math.Float64bits(q.RadiusKm)))
	}
	text(string(q.order()))
	number(q.Seed)
	h.Write(b)
	return h.Sum64()
}

func compareClauses(a, b Clause) int {
	return cmp.Or(cmp.Compare(a.Field, b.Field), strings.Compare(strings.Join(a.AnyOf, ","), strings.Join(b.AnyOf, ",")))
}

// order returns the order with its default and its activity.
func (q *Query) order() Order {
	switch {
	case q.Order == OrderSuitability && q.OrderFor != "":
		return OrderSuitability + "." + Order(q.OrderFor)
	case q.Order != "":
		return q.Order
	case q.Near != nil:
		return OrderDistance
	default:
		return OrderNewest
	}
}

// microsOf returns a time in microseconds since 1970, or the least number for the
// zero time.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}

// listedBefore returns ListedBefore in microseconds since 1970, or the greatest number if
// it is not set.
func (q *Query) listedBefore() int64 {
	if q.ListedBefore.IsZero() {
		return math.MaxInt64
	}
	return q.ListedBefore.UnixMicro()
}

// badCursor returns the error for a cursor that was not issued for this query.
func badCursor(detail string) error {
	return cursorError(errcode.BadCursor, detail)
}

func cursorError(code errcode.Code, detail string) error {
	return catalog.Errorf(catalog.Malformed, code, "%s", detail).WithFields(catalog.FieldError{Pointer: "", Parameter: "cursor", Code: code, Message: detail})
}

func badParameter(parameter string, code errcode.Code, message string) error {
	return catalog.FieldErrors{{Pointer: "", Parameter: parameter, Code: code, Message: message}}.Err(catalog.Malformed)
}

func radiusWithoutNear() error { return badParameter("radius_km", errcode.NeedsNear, "Requires near.") }

func unknownField(f Field) error {
	return badParameter(string(f), errcode.UnknownParameter, "Not a field of a cat.")
}

func unknownOrder[T ~string](orders []T) error {
	return badParameter("sort", errcode.UnknownValue, fmt.Sprintf("Must be one of %s.", strings.Join(texts(orders), ", ")))
}
