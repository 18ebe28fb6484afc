package search

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// ShelterQuery is a question for shelters. All that is said must hold.
type ShelterQuery struct {
	Near      *geo.Point
	RadiusKm  float64 // around Near; 0 is any distance
	Text      string  // words in the name or city, in any order; the last may be only begun
	Regions   []string
	Countries []string
	Kinds     []catalog.ShelterKind
	Order     ShelterOrder // empty is by distance where there is Near, else by name
	Reverse   bool         // the other way round
	Cursor    string
	Skip      int // so many from the beginning, where there is no cursor
	Limit     int
	Total     bool
	// Reader is who asks: cats that are withheld from them do not count as available.
	Reader catalog.Audience
}

// ShelterOrder says in which order shelters are listed.
type ShelterOrder string

// The orders of shelters.
const (
	SheltersByDistance ShelterOrder = "distance"
	SheltersByName     ShelterOrder = "name"
	SheltersByCode     ShelterOrder = "code"
	SheltersByRegion   ShelterOrder = "region"  // then by name
	SheltersByCountry  ShelterOrder = "country" // then by region and name
	SheltersByAge      ShelterOrder = "age"     // last come first
)

// ShelterOrders lists every order of shelters.
func ShelterOrders() []ShelterOrder {
	return []ShelterOrder{SheltersByDistance, SheltersByName, SheltersByCode, SheltersByRegion, SheltersByCountry, SheltersByAge}
}

// ShelterHit is a shelter that was found.
type ShelterHit struct {
	catalog.Shelter
	AvailableCats int
	DistanceKm    float64 // from Near, -1 without
}

// ShelterPage is a part of the answer.
type ShelterPage struct {
	Hits    []ShelterHit
	Next    string
	HasMore bool
	Total   *int
	Seq     int64 // the number of the log that the answer is as of
}

// findShelters is all shelters that match, in no order. They are few enough to
// look at each.
func (st *indexData) findShelters(q *ShelterQuery) []rankedShelter {
	var near *radiusFilter
	if q.Near != nil {
		near = vicinityOf(*q.Near, q.RadiusKm)
	}
	terms := strings.Fields(vocab.Fold(q.Text))
	var out []rankedShelter
	for _, s := range st.shelters.all {
		if !q.holds(s, terms) {
			continue
		}
		found := rankedShelter{at: s, key: key{name: []byte(s.Code + "\x00" + s.ID)}, km: -1}
		if near != nil {
			here := s.Point.UnitVector()
			if !near.contains(&here) {
				continue
			}
			found.km = near.km(&here)
			if q.order() == SheltersByDistance {
				found.key.a = distanceKey(near.dot(&here))
			}
		}
		byName := s.name + "\x00" + s.Code + "\x00" + s.ID
		switch q.order() {
		case SheltersByName:
			found.key.name = []byte(byName)
		case SheltersByRegion:
			found.key.name = []byte(s.Address.Region + "\x00" + byName)
		case SheltersByCountry:
			found.key.name = []byte(s.Address.Country + "\x00" + s.Address.Region + "\x00" + byName)
		case SheltersByAge:
			found.key.a = lateFirst(s.CreatedAt.UnixMicro())
		case SheltersByDistance, SheltersByCode:
		}
		out = append(out, found)
	}
	return out
}

// holds says that a shelter is what was asked, distance aside.
func (q *ShelterQuery) holds(s *shelter, terms []string) bool {
	for i, term := range terms {
		if i < len(terms)-1 {
			term += " "
		}
		if !strings.Contains(s.search+" ", " "+term) {
			return false
		}
	}
	return anyOf(q.Regions, s.Address.Region) && anyOf(q.Countries, s.Address.Country) && anyOf(q.Kinds, s.Kind)
}

// anyOf says that a value is one of those asked for; to ask for none is to ask for all.
func anyOf[T comparable](asked []T, value T) bool {
	return len(asked) == 0 || slices.Contains(asked, value)
}

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

func (q *ShelterQuery) hash() uint64 {
	b := []byte("shelters\x00")
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	list := func(all []string) {
		b = binary.AppendUvarint(b, uint64(len(all)))
		for _, s := range slices.Sorted(slices.Values(all)) {
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
