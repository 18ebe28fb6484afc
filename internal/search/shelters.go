package search

import (
	"iter"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// shelter is a shelter with derived data.
type shelter struct {
	*catalog.Shelter          // replaced, never modified
	cats             []uint32 // slots of its listed cats, ascending
	restrictions     []catRestriction
	name             string // folded
	searchText       string // folded name and city, with a space before each word
}

// catRestriction has the listed cats of a shelter with one restriction of their own.
type catRestriction struct {
	catalog.Restriction
	slots []uint32 // ascending, at least one
}

// shelters are all shelters that the index ever had, by number.
type shelters struct {
	all        []*shelter
	byID       map[string]uint32
	byCode     map[string]uint32
	restricted []uint32 // those that hide some of their cats from some audience
}

func newShelters() shelters {
	return shelters{byID: map[string]uint32{}, byCode: map[string]uint32{}}
}

// upsert adds or replaces a shelter.
func (s *shelters) upsert(updated catalog.Shelter) {
	number, known := s.byID[updated.ID]
	if !known {
		number = uint32(len(s.all))
		s.all = append(s.all, &shelter{Shelter: &updated})
		s.byID[updated.ID] = number
	}
	if old := s.all[number]; old.Code != updated.Code {
		delete(s.byCode, old.Code)
	}
	if updated.Code != "" {
		s.byCode[updated.Code] = number
	}
	entry := s.all[number]
	entry.Shelter, entry.name = &updated, vocab.Fold(updated.Name)
	entry.searchText = " " + entry.name + "  " + vocab.Fold(updated.Address.City)
	s.noteRestriction(number)
}

// noteRestriction updates restricted after a shelter or its cats changed.
func (s *shelters) noteRestriction(number uint32) {
	at, known := slices.BinarySearch(s.restricted, number)
	switch restricted := s.all[number].HiddenFrom.Any() || len(s.all[number].restrictions) > 0; {
	case restricted && !known:
		s.restricted = slices.Insert(s.restricted, at, number)
	case !restricted && known:
		s.restricted = slices.Delete(s.restricted, at, at+1)
	}
}

// placeholderShelter stands for a shelter that has cats but that the source does not
// return.
func placeholderShelter(id string) catalog.Shelter {
	var s catalog.Shelter
	s.ID = id
	return s
}

// addPlaceholder adds a shelter that stands for one that the source does not return, unless
// the shelter is known.
func (s *shelters) addPlaceholder(id string) {
	if _, known := s.byID[id]; !known {
		s.upsert(placeholderShelter(id))
	}
}

// find returns the number of a shelter by id or code.
func (s *shelters) find(idOrCode string) (number uint32, ok bool) {
	if number, ok := s.byID[idOrCode]; ok {
		return number, true
	}
	number, ok = s.byCode[idOrCode]
	return number, ok
}

func (s *shelter) addCat(slot uint32) {
	if at, found := slices.BinarySearch(s.cats, slot); !found {
		s.cats = slices.Insert(s.cats, at, slot)
	}
}

func (s *shelter) removeCat(slot uint32) {
	if at, found := slices.BinarySearch(s.cats, slot); found {
		s.cats = slices.Delete(s.cats, at, at+1)
	}
}

// restrictCat adds the restriction of a cat.
func (s *shelter) restrictCat(slot uint32, own catalog.Restriction) {
	i := slices.IndexFunc(s.restrictions, func(r catRestriction) bool {
		return slices.Equal(r.Classes, own.Classes) && slices.Equal(r.Partners, own.Partners)
	})
	if i < 0 {
		i = len(s.restrictions)
		s.restrictions = append(s.restrictions, catRestriction{Restriction: own})
	}
	r := &s.restrictions[i]
	if at, found := slices.BinarySearch(r.slots, slot); !found {
		r.slots = slices.Insert(r.slots, at, slot)
	}
}

// unrestrictCat removes the restriction of a cat, if it has one.
func (s *shelter) unrestrictCat(slot uint32) {
	for i := range s.restrictions {
		r := &s.restrictions[i]
		if at, found := slices.BinarySearch(r.slots, slot); found {
			if r.slots = slices.Delete(r.slots, at, at+1); len(r.slots) == 0 {
				s.restrictions = slices.Delete(s.restrictions, i, i+1)
			}
			return
		}
	}
}

// restrictionOf returns the restriction of a cat, without that of the shelter.
func (s *shelter) restrictionOf(slot uint32) catalog.Restriction {
	for _, r := range s.restrictions {
		if _, found := slices.BinarySearch(r.slots, slot); found {
			return r.Restriction
		}
	}
	return catalog.Restriction{}
}

// hiddenSlots returns the slots of the cats that are hidden from an audience, as lists
// without a common slot.
func (s *shelter) hiddenSlots(audience catalog.Audience) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		if s.HidesFrom(audience) {
			yield(s.cats)
			return
		}
		for _, r := range s.restrictions {
			if s.HidesCat(r.Restriction, audience) && !yield(r.slots) {
				return
			}
		}
	}
}

// Shelter returns a shelter by id or code, and the number of its cats that can be
// adopted now and that an audience may see.
func (x *Index) Shelter(idOrCode string, audience catalog.Audience) (s catalog.Shelter, availableCats int, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return catalog.Shelter{}, 0, false
	}
	number, ok := x.data.shelters.find(idOrCode)
	if !ok {
		return catalog.Shelter{}, 0, false
	}
	entry := x.data.shelters.all[number]
	return *entry.Shelter, x.data.availableAt(entry, audience), true
}

// ShelterInfo returns a shelter by id or code. It is cheaper than Shelter, because it
// does not count cats.
func (x *Index) ShelterInfo(idOrCode string) (s catalog.Shelter, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return catalog.Shelter{}, false
	}
	number, ok := x.data.shelters.find(idOrCode)
	if !ok {
		return catalog.Shelter{}, false
	}
	return *x.data.shelters.all[number].Shelter, true
}

// HasRegion reports whether a shelter is in a region with this code, in one of the
// countries. No country means any.
func (x *Index) HasRegion(code string, countries ...string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.data != nil && slices.ContainsFunc(x.data.shelters.all, func(s *shelter) bool {
		return s.Address.Region == code && containsOrEmpty(countries, s.Address.Country)
	})
}

// FindValue returns the value of a field that a listed cat has and that equals a name except
// for case and accents. If there is none, it returns the name.
func (x *Index) FindValue(field Field, name string) string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return name
	}
	if v := x.data.fields[field].matching(name); v != nil {
		return v.name
	}
	return name
}

// availableAt counts the cats of a shelter that can be adopted now and that an audience
// may see.
func (d *indexData) availableAt(s *shelter, audience catalog.Audience) int {
	n := d.countAvailable(s.cats)
	for slots := range s.hiddenSlots(audience) {
		n -= d.countAvailable(slots)
	}
	return n
}

func (d *indexData) countAvailable(slots []uint32) int {
	n, available := 0, d.available()
	for _, slot := range slots {
		if available.Has(slot) {
			n++
		}
	}
	return n
}
