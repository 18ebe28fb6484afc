package search

import (
	"encoding/binary"
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
	Cursor    string
	Limit     int
	Total     bool
}

// ShelterOrder says in which order shelters are listed.
type ShelterOrder string

// The orders of shelters.
const (
	SheltersByDistance ShelterOrder = "distance"
	SheltersByName     ShelterOrder = "name"
	SheltersByCode     ShelterOrder = "code"
)

// ShelterOrders lists every order of shelters.
func ShelterOrders() []ShelterOrder {
	return []ShelterOrder{SheltersByDistance, SheltersByName, SheltersByCode}
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

// Shelter is a shelter by its id or its code, and how many of its cats can be
// adopted now.
func (x *Index) Shelter(idOrCode string) (s catalog.Shelter, availableCats int, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return catalog.Shelter{}, 0, false
	}
	number, ok := x.stock.shelters.find(idOrCode)
	if !ok {
		return catalog.Shelter{}, 0, false
	}
	at := x.stock.shelters.all[number]
	return at.Shelter, x.stock.availableAt(at), true
}

func (st *stock) availableAt(s *shelter) int {
	n := 0
	for _, slot := range s.cats {
		if st.available().has(slot) {
			n++
		}
	}
	return n
}

// Shelters answers a question. An error is a *catalog.Error when the caller can
// mend the question. Shelters that change places during a walk may be met twice
// or not at all.
func (x *Index) Shelters(q ShelterQuery) (ShelterPage, error) {
	q.Limit = min(max(1, q.Limit), maxLimit)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return ShelterPage{}, errNotFilled()
	}
	return x.stock.shelterPage(&q)
}

// rankedShelter is a shelter that was found and where it stands.
type rankedShelter struct {
	at  *shelter
	key key
	km  float64
}

func (st *stock) shelterPage(q *ShelterQuery) (ShelterPage, error) {
	order := q.order()
	switch {
	case !slices.Contains(ShelterOrders(), order):
		return ShelterPage{}, badParameter("order", "unknown_value", "is none of distance, name, code")
	case order == SheltersByDistance && q.Near == nil:
		return ShelterPage{}, badParameter("order", "needs_near", "by distance needs near")
	case q.Near == nil && q.RadiusKm != 0:
		return ShelterPage{}, badParameter("radius_km", "needs_near", "needs near")
	}
	at := cursor{question: q.hash(), seq: st.head.Seq}
	var err error
	if q.Cursor != "" {
		if at, err = decodeCursor(q.Cursor, st.secret, at.question); err != nil {
			return ShelterPage{}, err
		}
	}
	all := st.findShelters(q)
	page := ShelterPage{Seq: st.head.Seq}
	if q.Total {
		page.Total = new(len(all))
	}
	if q.Cursor != "" {
		all = slices.DeleteFunc(all, func(s rankedShelter) bool { return s.key.compare(at.last) <= 0 })
	}
	slices.SortFunc(all, func(a, b rankedShelter) int { return a.key.compare(b.key) })
	if page.HasMore = len(all) > q.Limit; page.HasMore {
		all = all[:q.Limit]
		at.last = all[q.Limit-1].key
		page.Next = at.encode(st.secret)
	}
	page.Hits = make([]ShelterHit, len(all))
	for i, s := range all {
		page.Hits[i] = ShelterHit{Shelter: s.at.Shelter, AvailableCats: st.availableAt(s.at), DistanceKm: s.km}
	}
	return page, nil
}

// findShelters is all shelters that match, in no order. They are few enough to
// look at each.
func (st *stock) findShelters(q *ShelterQuery) []rankedShelter {
	var near *vicinity
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
			here := s.Point.Unit()
			if !near.holds(&here) {
				continue
			}
			found.km = near.km(&here)
			if q.order() == SheltersByDistance {
				found.key.a = rankOf(near.dot(&here))
			}
		}
		if q.order() == SheltersByName {
			found.key.name = []byte(s.name + "\x00" + s.Code + "\x00" + s.ID)
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
	text(string(q.order()))
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}
