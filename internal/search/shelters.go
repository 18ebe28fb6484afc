package search

import (
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// shelter is a shelter with what the index keeps beside it.
type shelter struct {
	*catalog.Shelter          // never changed, only replaced
	cats             []uint32 // the slots of its listed cats, in order
	name             string   // folded
	search           string   // its folded name and city with a blank before each word
}

// shelters are all shelters that were ever heard of, numbered as they came.
type shelters struct {
	all         []*shelter
	byID        map[string]uint32
	byCode      map[string]uint32
	withholding []uint32 // those that withhold their cats from some readers
}

func newShelters() shelters {
	return shelters{byID: map[string]uint32{}, byCode: map[string]uint32{}}
}

// put takes a shelter up or brings it up to date.
func (s *shelters) put(now catalog.Shelter) uint32 {
	number, known := s.byID[now.ID]
	if !known {
		number = uint32(len(s.all))
		s.all = append(s.all, &shelter{Shelter: &now})
		s.byID[now.ID] = number
	}
	if old := s.all[number]; old.Code != now.Code {
		delete(s.byCode, old.Code)
	}
	if now.Code != "" {
		s.byCode[now.Code] = number
	}
	at := s.all[number]
	at.Shelter, at.name = &now, vocab.Fold(now.Name)
	at.search = " " + at.name + "  " + vocab.Fold(now.Address.City)
	s.withholding = slices.DeleteFunc(s.withholding, func(n uint32) bool { return n == number })
	if now.WithheldFrom.Any() {
		s.withholding = append(s.withholding, number)
	}
	return number
}

// placeholderShelter stands for a shelter that the source does not have, though it has
// a cat of it.
func placeholderShelter(id string) catalog.Shelter {
	var s catalog.Shelter
	s.ID = id
	return s
}

// find is a shelter by its id or its code.
func (s *shelters) find(idOrCode string) (uint32, bool) {
	if number, ok := s.byID[idOrCode]; ok {
		return number, true
	}
	number, ok := s.byCode[idOrCode]
	return number, ok
}

func (s *shelter) put(slot uint32) {
	if at, found := slices.BinarySearch(s.cats, slot); !found {
		s.cats = slices.Insert(s.cats, at, slot)
	}
}

func (s *shelter) take(slot uint32) {
	if at, found := slices.BinarySearch(s.cats, slot); found {
		s.cats = slices.Delete(s.cats, at, at+1)
	}
}
