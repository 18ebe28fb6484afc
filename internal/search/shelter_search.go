package search

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// ShelterQuery is a query for shelters. All its conditions must hold.
type ShelterQuery struct {
	Near      *geo.Point
	RadiusKm  float64 // around Near; 0 is unlimited
	Text      string  // words of the name or city, in any order; the last may be a prefix
	Regions   []string
	Countries []string
	Kinds     []catalog.ShelterKind
	Order     ShelterOrder // default: by distance if Near is set, else by name
	Reverse   bool         // reverse the order
	Cursor    string       // Next of the previous page
	Offset    int          // number of shelters to skip; ignored if Cursor is set
	Limit     int          // shelters on a page, from 1 to 1000
	Total     bool         // return ShelterPage.Total
	// Reader is the audience of the answer: cats that are hidden from it do not count as
	// available.
	Audience catalog.Audience
}

// ShelterOrder is a sort order of shelters.
type ShelterOrder string

// The orders of shelters.
const (
	SheltersByDistance ShelterOrder = "distance"
	SheltersByName     ShelterOrder = "name"
	SheltersByCode     ShelterOrder = "code"
	SheltersByRegion   ShelterOrder = "region"  // then by name
	SheltersByCountry  ShelterOrder = "country" // then by region and name
	SheltersByAge      ShelterOrder = "age"     // last created first
)

// ShelterOrders lists every order of shelters.
func ShelterOrders() []ShelterOrder {
	return []ShelterOrder{SheltersByDistance, SheltersByName, SheltersByCode, SheltersByRegion, SheltersByCountry, SheltersByAge}
}

// ShelterHit is a shelter that matches.
type ShelterHit struct {
	catalog.Shelter
	AvailableCats int
	DistanceKm    float64 // from Near, or -1
}

// ShelterPage is a page of shelters.
type ShelterPage struct {
	Hits    []ShelterHit
	Next    string // the cursor of the next page, or empty
	HasMore bool
	Total   *int  // the number of matching shelters, if requested
	Seq     int64 // the log position that the page reflects
}

// Shelters answers a query. An error is a *catalog.Error if the query is invalid. A
// shelter whose sort key changes between pages may appear twice or not at all.
func (x *Index) Shelters(q ShelterQuery) (ShelterPage, error) {
	q.Limit = min(max(1, q.Limit), maxLimit)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return ShelterPage{}, errNotFilled()
	}
	return x.data.shelterPage(&q)
}

// rankedShelter is a shelter that matches, with its sort key.
type rankedShelter struct {
	shelter *shelter
	key     sortKey
	km      float64
}

func (d *indexData) shelterPage(q *ShelterQuery) (ShelterPage, error) {
	order := q.order()
	switch {
	case !slices.Contains(ShelterOrders(), order):
		return ShelterPage{}, unknownOrder(ShelterOrders())
	case order == SheltersByDistance && q.Near == nil:
		return ShelterPage{}, badParameter("sort", errcode.NeedsNear, "Sorting by distance requires near.")
	case q.Near == nil && q.RadiusKm != 0:
		return ShelterPage{}, radiusWithoutNear()
	}
	position := cursor{queryHash: q.hash(), seq: d.head.Seq}
	var err error
	if q.Cursor != "" {
		if position, err = decodeCursor(q.Cursor, d.secret, position.queryHash); err != nil {
			return ShelterPage{}, err
		}
	}
	found := d.findShelters(q)
	page := ShelterPage{Seq: d.head.Seq}
	if q.Total {
		page.Total = new(len(found))
	}
	compare := sortKey.compare
	if q.Reverse {
		compare = func(a, b sortKey) int { return b.compare(a) }
	}
	slices.SortFunc(found, func(a, b rankedShelter) int { return compare(a.key, b.key) })
	if q.Cursor != "" {
		found = slices.DeleteFunc(found, func(s rankedShelter) bool { return compare(s.key, position.last) <= 0 })
	} else {
		found = found[min(max(0, q.Offset), len(found)):]
	}
	if page.HasMore = len(found) > q.Limit; page.HasMore {
		found = found[:q.Limit]
		position.last = found[q.Limit-1].key
		page.Next = position.encode(d.secret)
	}
	page.Hits = make([]ShelterHit, len(found))
	for i, s := range found {
		page.Hits[i] = ShelterHit{Shelter: *s.shelter.Shelter, AvailableCats: d.availableAt(s.shelter, q.Audience), DistanceKm: s.km}
	}
	return page, nil
}

// findShelters returns all matching shelters, unsorted. There are few enough to
// examine each.
func (d *indexData) findShelters(q *ShelterQuery) []rankedShelter {
	var radius *radiusFilter
	if q.Near != nil {
		radius = newRadiusFilter(*q.Near, q.RadiusKm)
	}
	terms := strings.Fields(vocab.Fold(q.Text))
	var out []rankedShelter
	for _, s := range d.shelters.all {
		if !s.ErasedAt.IsZero() || !q.matches(s, terms) {
			continue
		}
		ranked := rankedShelter{shelter: s, key: sortKey{name: []byte(s.Code + "\x00" + s.ID)}, km: -1}
		if radius != nil {
			unit := s.Point.UnitVector()
			if !radius.contains(&unit) {
				continue
			}
			ranked.km = radius.km(&unit)
			if q.order() == SheltersByDistance {
				ranked.key.a = distanceKey(radius.dot(&unit))
			}
		}
		byName := s.name + "\x00" + s.Code + "\x00" + s.ID
		switch q.order() {
		case SheltersByName:
			ranked.key.name = []byte(byName)
		case SheltersByRegion:
			ranked.key.name = []byte(s.Address.Region + "\x00" + byName)
		case SheltersByCountry:
			ranked.key.name = []byte(s.Address.Country + "\x00" + s.Address.Region + "\x00" + byName)
		case SheltersByAge:
			ranked.key.a = latestFirst(s.CreatedAt.UnixMicro())
		case SheltersByDistance, SheltersByCode:
		}
		out = append(out, ranked)
	}
	return out
}

// matches reports whether a shelter matches, except for the distance.
func (q *ShelterQuery) matches(s *shelter, terms []string) bool {
	for i, term := range terms {
		if i < len(terms)-1 {
			term += " "
		}
		if !strings.Contains(s.searchText+" ", " "+term) {
			return false
		}
	}
	return containsOrEmpty(q.Regions, s.Address.Region) && containsOrEmpty(q.Countries, s.Address.Country) && containsOrEmpty(q.Kinds, s.Kind)
}

// containsOrEmpty reports whether values contains value or is empty, which is no
// condition.
func containsOrEmpty[T comparable](values []T, value T) bool {
	return len(values) == 0 || slices.Contains(values, value)
}

// order returns the order with its default.
func (q *ShelterQuery) order() ShelterOrder {
	switch {
	case q.Order != "":
		return q.Order
	case q.Near != nil:
		return SheltersByDistance
	default:
		return SheltersByName
	}
}

// hash returns a hash of the query without cursor, offset and limit.
func (q *ShelterQuery) hash() uint64 {
	b := []byte("shelters\x00")
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	list := func(values []string) {
		b = binary.AppendUvarint(b, uint64(len(values)))
		for _, s := range slices.Sorted(slices.Values(values)) {
			text(s)
		}
	}
	if q.Near != nil {
		for _, f := range []float64{q.Near.Lat, q.Near.Lng, q.RadiusKm} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
		}
	}
	text(q.Text)
	list(q.Regions)
	list(q.Countries)
	list(texts(q.Kinds))
	text(fmt.Sprint(q.order(), q.Reverse))
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}
