package match

import (
	"fmt"
	"slices"
)

// Advice is a stable code with a sentence for the people of a home, whichever cat they
// choose.
type Advice struct{ Code, Text string }

// The limits of what suits any cat.
const (
	mostHoursAlone  = 10  // for an adult; see careNeeds
	leastPlayHours  = 0.5 // for a senior
	settlingWeeks   = 4   // by the rubric, indoors only
	kittenHourLimit = 4
)

// Advice returns what would make the home unsuitable for every cat, or for those that it
// prefers. It is empty for a suitable home.
func (p *Profile) Advice() []Advice {
	var out []Advice
	add := func(applies bool, code, text string) {
		if applies {
			out = append(out, Advice{code, text})
		}
	}
	if away := p.HoursAway; away != nil {
		add(*away > mostHoursAlone, "alone_too_long", fmt.Sprintf("%g hours alone a day is too long for any cat; even an adult cat should not be alone for more than about %d. Have somebody look after the cat in between, or adopt when you are home more.", *away, mostHoursAlone))
		add(*away > kittenHourLimit && *away <= mostHoursAlone && slices.Equal(p.Prefers.AgeGroups, []string{"kitten"}),
			"kitten_alone", fmt.Sprintf("A kitten should not be alone for more than about %d hours a day. Have somebody look after it in between, or choose an adult cat.", kittenHourLimit))
	}
	add(p.HoursForCat != nil && *p.HoursForCat < leastPlayHours, "too_little_time", "Every cat needs at least half an hour of play a day, and training takes more.")
	add(p.TrainingWeeks != nil && *p.TrainingWeeks < settlingWeeks && len(p.Activities) > 0,
		"settling_first", fmt.Sprintf("A cat stays indoors for the first %d weeks in a new home, also one that is ready for activities now.", settlingWeeks))
	add(isKnown(p.Home.IndoorOnly, false) && p.Home.Type == Apartment && (p.Home.Outdoors == "" || p.Home.Outdoors == NoOutdoors),
		"roaming_from_apartment", "From an apartment without outdoor space of its own a cat cannot go out by itself safely.")
	return out
}
