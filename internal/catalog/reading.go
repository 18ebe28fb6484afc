package catalog

import "slices"

// ListingReading is what the text and the tags of a listing say about a cat beyond
// its facts. It is weaker than a fact: it never changes one, and says nothing about
// a fact that the shelter states.
type ListingReading struct {
	Temperament []TemperamentReading // at most one per trait, in the order of the vocabulary
	Household   []HouseholdReading   // at most one per fact, in the order of the table of facts
}

// TemperamentReading is a trait of character that a listing describes.
type TemperamentReading struct {
	Term  string // of vocab.Temperaments
	Quote string // the words of the listing
}

// HouseholdReading is a tri-state fact that a listing makes likely or unlikely.
type HouseholdReading struct {
	Fact   string // by the name of its filter, as in good_with_dogs
	Likely bool   // otherwise it is unlikely
	Quote  string // the words of the listing
}

// Equal reports whether two readings are the same.
func (r ListingReading) Equal(other ListingReading) bool {
	return slices.Equal(r.Temperament, other.Temperament) && slices.Equal(r.Household, other.Household)
}

// Likely returns whether the listing makes a fact likely or unlikely. It returns nil
// if it does neither. The fact is given by the name of its filter.
func (r *ListingReading) Likely(fact string) *bool {
	i := slices.IndexFunc(r.Household, func(h HouseholdReading) bool { return h.Fact == fact })
	if i < 0 {
		return nil
	}
	return &r.Household[i].Likely
}
