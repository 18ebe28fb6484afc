package match

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// addCare adds what a cat needs of its people.
func (p *Profile) addCare(add adding, today time.Time) {
	add(p.Experience == FirstTime || p.Experience == SomeExperience, "experience", weighsExperience, p.experience)
	add(p.HoursAway != nil, "alone", weighsAlone, func(c *Candidate) componentScore { return p.hoursAlone(c, today) })
	add(p.HoursForCat != nil, "time", weighsTime, func(c *Candidate) componentScore { return p.time(c, today) })
}

// needs are what cats of an age group need, in hours a day: how long they may be
// alone, and how much play and training they want. Shelters commonly advise four
// hours alone at most for kittens and a working day for grown cats; the rest is
// our own judgement.
func needs(group string) (alone, together float64, known bool) {
	switch group {
	case "kitten":
		return 4, 2, true
	case "young":
		return 8, 1.5, true
	case "adult":
		return 10, 1, true
	case "senior":
		return 8, 0.5, true
	default:
		return 0, 0, false
	}
}

// hoursAlone compares the hours that the cat would be alone with those that one of its
// age can be. Four hours to either side is as good or as bad as it gets.
func (p *Profile) hoursAlone(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	most, _, known := needs(group)
	if !known {
		return unknownThat(c, "How long {they} can be alone depends on {their} age, which nobody has said.")
	}
	if *p.HoursAway > most {
		return knownThat(c, int(25*(most-*p.HoursAway)), fmt.Sprintf("%s should not be alone for more than about %s a day.", oneOf(group), hours(most)))
	}
	return knownThat(c, int(25*(most-*p.HoursAway)), fmt.Sprintf("%s can be alone for %s a day.", oneOf(group), hours(*p.HoursAway)))
}

// time compares the hours that there are for the cat with those that one of its
// age wants. An hour to either side is as good or as bad as it gets.
func (p *Profile) time(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	_, want, known := needs(group)
	if !known {
		return unknownThat(c, "How much play {they} wants depends on {their} age, which nobody has said.")
	}
	said := fmt.Sprintf("%s wants about %s of play and training a day; you have %s.", oneOf(group), hours(want), hours(*p.HoursForCat))
	return knownThat(c, int(100*(*p.HoursForCat-want)), said)
}

func hours(n float64) string {
	switch n {
	case 0.5:
		return "half an hour"
	case 1:
		return "an hour"
	default:
		return fmt.Sprintf("%g hours", n)
	}
}

func oneOf(group string) string {
	switch group {
	case "adult":
		return "an adult cat"
	case "young":
		return "a young cat"
	default:
		return "a " + group
	}
}

// experience is asked for by special needs, and by cats that are to build
// confidence first.
func (p *Profile) experience(c *Candidate) componentScore {
	harsh := 1
	if p.Experience == FirstTime {
		harsh = 2
	}
	shy := false
	for _, a := range c.Cat.Rating.Activities {
		shy = shy || a.Readiness == catalog.ReadinessConfidenceFirst
	}
	switch {
	case is(c.Cat.SpecialNeeds, true):
		return knownThat(c, -50*harsh, "{they} has special needs; talk with the shelter about what they ask of you.")
	case shy:
		return knownThat(c, -30*harsh, "{they} needs people who know how to win a shy cat's trust.")
	case c.Cat.SpecialNeeds == nil:
		return unknownThat(c, "Nobody has said whether {they} has special needs.")
	default:
		return knownThat(c, 50, "{they} has no special needs that the shelter knows of.")
	}
}

// hasFee says what a fee is: in minor units, and whether it is known. What is
// waived is 0.
func hasFee(f catalog.Fee) (int64, bool) {
	if is(f.Waived, true) {
		return 0, true
	}
	if f.Minor == nil {
		return 0, false
	}
	return *f.Minor, true
}
