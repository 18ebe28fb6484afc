package search

import (
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// shelter is a shelter with derived data.
type shelter struct {
	*catalog.Shelter          // replaced, never modified
	cats             []uint32 // slots of its listed cats, ascending
	name             string   // folded
	searchText       string   // folded name and city, with a space before each word
}

// shelters are all shelters that the index ever had, by number.
type shelters struct {
	all        []*shelter
	byID       map[string]uint32
	byCode     map[string]uint32
	restricted []uint32 // those that hide their cats from some audience
}

func newShelters() shelters {
	return shelters{byID: map[string]uint32{}, byCode: map[string]uint32{}}
}

// upsert adds or replaces a shelter and returns its number.
func (s *shelters) upsert(updated catalog.Shelter) uint32 {
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
	s.restricted = slices.DeleteFunc(s.restricted, func(n uint32) bool { return n == number })
	if updated.HiddenFrom.Any() {
		s.restricted = append(s.restricted, number)
	}
	return number
}

// placeholderShelter stands for a shelter that has cats but that the source does not
// return.
func placeholderShelter(id string) catalog.Shelter {
	var s catalog.Shelter
	s.ID = id
	return s
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

// Shelter returns a shelter by id or code, and the number of its cats that can be
// adopted now.
func (x *Index) Shelter(idOrCode string) (s catalog.Shelter, availableCats int, ok bool) {
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
	return *entry.Shelter, x.data.availableAt(entry), true
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

// HasRegion reports whether a shelter is in a region with this code.
func (x *Index) HasRegion(code string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.data != nil && slices.ContainsFunc(x.data.shelters.all, func(s *shelter) bool { return s.Address.Region == code })
}

// availableAt counts the cats of a shelter that can be adopted now.
func (d *indexData) availableAt(s *shelter) int {
	n := 0
	for _, slot := range s.cats {
		if d.available().Has(slot) {
			n++
		}
	}
	return n
}
