package catalog

import "slices"

// ListingReading is what the text and the tags of a listing say about a cat beyond
// its facts. It is weaker than a fact: it never changes one, and says nothing about
// a fact that the shelter states.
type ListingReading struct {
	Temperament []TemperamentReading // at most one per trait, in the order of the vocabulary
	Household   []HouseholdReading   // at most one per fact, in the order of the table of facts
	Impression  Impression
}

// Impression is the impression that a listing gives of a cat: for activities outside, one
// of Impressions or empty if the listing says nothing that matters. Nobody observed the
// cat, so it is no score and no readiness.
type Impression struct {
	Overall    string
	Activities [4]string // in the order of Activities
	Phrases    int       // number of phrases of the listing that it is read from
}

// The impressions of a listing.
const (
	ImpressionShy       = "shy"
	ImpressionMixed     = "mixed"
	ImpressionConfident = "confident"
)

// Impressions lists the impressions in descending order.
func Impressions() []string {
	return []string{ImpressionConfident, ImpressionMixed, ImpressionShy}
}

// Any reports whether there is an impression overall or of an activity.
func (i *Impression) Any() bool {
	return i.Overall != "" || i.Activities != [4]string{}
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

// SaysTheSame reports whether two readings have the same statements. It does not compare
// the impressions.
func (r ListingReading) SaysTheSame(other ListingReading) bool {
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
