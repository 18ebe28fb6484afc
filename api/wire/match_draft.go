package wire

import (
	"fmt"
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/rating/match"
)

// Profile is what a draft says, with what cannot be true of it.
func (d MatchDraft) Profile() (match.Profile, catalog.FieldErrors) {
	p := match.Profile{
		Home: match.Home{Type: match.HomeType(StringOrEmpty(d.Home.Type)), Outdoors: match.Outdoors(StringOrEmpty(d.Home.Outdoors)), IndoorOnly: d.Home.IndoorOnly},
		Dogs: d.OtherAnimals.Dogs, Cats: d.OtherAnimals.Cats, Children: d.Children, Experience: match.Experience(StringOrEmpty(d.Experience)),
		Activities: d.Activities, HoursAway: d.HoursAway, HoursForCat: d.HoursForCat, TrainingWeeks: d.TrainingWeeks,
		Prefers: match.Preferences{AgeGroups: d.Prefers.AgeGroups, Sex: StringOrEmpty(d.Prefers.Sex), MaxFee: catalog.Fee{}, TakesPairs: d.Prefers.TakesPairs},
	}
	if most := d.Prefers.MaxFee; most != nil {
		p.Prefers.MaxFee = catalog.Fee{Minor: &most.AmountMinor, Currency: strings.ToUpper(most.Currency), Waived: nil}
	}
	return p, d.validate()
}

func (d MatchDraft) validate() catalog.FieldErrors {
	var bad catalog.FieldErrors
	bad.Check(len(d.Children) <= 20, "/children", "too_many", "Has more than 20 entries.")
	for i, age := range d.Children {
		bad.Check(0 <= age && age <= 17, fmt.Sprintf("/children/%d", i), "out_of_range", "Is not between 0 and 17: these are ages of children.")
	}
	if most := d.Prefers.MaxFee; most != nil {
		bad.Check(len(most.Currency) == 3, "/prefers/max_fee/currency", "malformed", "Is no ISO 4217 code such as USD.")
	}
	bad = append(bad, checkTerms("/activities", d.Activities, catalog.Activities())...)
	bad = append(bad, checkTerms("/prefers/age_groups", d.Prefers.AgeGroups, []string{"kitten", "young", "adult", "senior"})...)
	return bad
}

// checkTerms finds fault with what is not one of some terms, or is said twice.
func checkTerms(at string, said, terms []string) catalog.FieldErrors {
	var bad catalog.FieldErrors
	for i, value := range said {
		here := fmt.Sprintf("%s/%d", at, i)
		if !slices.Contains(terms, value) {
			f := binding.UnknownValue(value, terms)
			f.Pointer = here
			bad = append(bad, *f)
		}
		bad.Check(!slices.Contains(said[:i], value), here, "duplicate", fmt.Sprintf("%q is said twice.", value))
	}
	return bad
}
