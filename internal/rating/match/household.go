package match

import (
	"fmt"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// appendHousehold appends the people and animals of the home. Cats that are known
// not to live well with them are excluded before.
func (p *Profile) appendHousehold(add appendComponent) {
	weight, whom := weightChildren, "children"
	for _, age := range p.Children {
		if age < smallChildYears {
			weight, whom = weightSmallChild, "small children"
		}
	}
	add(len(p.Children) > 0, "children", weight, scoreCompatibility(whom, func(c *catalog.Cat) *bool { return c.GoodWith.Children }))
	add(isKnown(p.Dogs, true), "dogs", weightAnimals, scoreCompatibility("dogs", func(c *catalog.Cat) *bool { return c.GoodWith.Dogs }))
	add(isKnown(p.Cats, true), "cats", weightAnimals, scoreCompatibility("other cats", func(c *catalog.Cat) *bool { return c.GoodWith.Cats }))
	add(isKnown(p.Cats, true), "viruses", weightViruses, func(c *Candidate) componentScore {
		switch {
		case isKnown(c.Cat.FIV, true):
			return knownScore(c, -100, "{they} has FIV, which spreads by deep bites: ask a vet how {they} and your cats could live together.")
		case c.Cat.FIV == nil || c.Cat.FeLV == nil:
			return unknownScore(c, "Nobody has said how {they} was tested for FIV and FeLV, which your cats could catch.")
		default:
			return knownScore(c, 100, "{they} was tested negative for FIV and FeLV.")
		}
	})
	add(p.Home.IndoorOnly != nil, "going_out", weightGoingOut, p.scoreGoingOut)
}

// scoreCompatibility returns the score function for living with somebody.
func scoreCompatibility(whom string, answer func(*catalog.Cat) *bool) func(*Candidate) componentScore {
	return func(c *Candidate) componentScore {
		switch known := answer(&c.Cat); {
		case known == nil:
			return unknownScore(c, "Nobody has said whether {they} lives well with "+whom+".")
		case *known:
			return knownScore(c, 100, "{they} is known to live well with "+whom+".")
		default:
			return knownScore(c, -100, "{they} is known not to live well with "+whom+".")
		}
	}
}

// scoreGoingOut compares whether the cat may go out alone with its listing.
func (p *Profile) scoreGoingOut(c *Candidate) componentScore {
	indoors := *p.Home.IndoorOnly
	switch {
	case c.Cat.IndoorOnly == nil:
		return unknownScore(c, "Nobody has said whether {they} should live indoors only.")
	case *c.Cat.IndoorOnly && indoors:
		return knownScore(c, 100, "{they} is to live indoors, as {they} would with you.")
	case *c.Cat.IndoorOnly:
		return knownScore(c, -100, "The shelter says that {they} must live indoors, and with you {they} could go out by {themself}.")
	case !indoors:
		return knownScore(c, 100, "{they} may go out by {themself}, as {they} could with you.")
	case p.Home.Outdoors == NoOutdoors || p.Home.Outdoors == "":
		return knownScore(c, -60, "The listing says that {they} goes out, and with you {they} would stay in.")
	default:
		return knownScore(c, -20, fmt.Sprintf("The listing says that {they} goes out; with you it would be the %s.", p.Home.Outdoors))
	}
}

// appendCare appends the care that a cat needs.
func (p *Profile) appendCare(add appendComponent, today time.Time) {
	add(p.Experience == FirstTime || p.Experience == SomeExperience, "experience", weightExperience, p.scoreExperience)
	add(p.HoursAway != nil, "alone", weightHoursAlone, func(c *Candidate) componentScore { return p.scoreHoursAlone(c, today) })
	add(p.HoursForCat != nil, "time", weightPlayTime, func(c *Candidate) componentScore { return p.scorePlayTime(c, today) })
}

// careNeeds returns, for an age group, the maximum hours alone and the hours of
// play and training per day. Shelters commonly recommend at most four hours alone
// for kittens and a working day for adults; the rest is our own judgement.
func careNeeds(group string) (alone, together float64, known bool) {
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

// scoreHoursAlone compares the hours that the cat would be alone with the maximum for
// its age. A difference of four hours or more gives the extreme value.
func (p *Profile) scoreHoursAlone(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	maxHours, _, known := careNeeds(group)
	if !known {
		return unknownScore(c, "How long {they} can be alone depends on {their} age, which nobody has said.")
	}
	if *p.HoursAway > maxHours {
		return knownScore(c, int(25*(maxHours-*p.HoursAway)), fmt.Sprintf("%s should not be alone for more than about %s a day.", withArticle(group), formatHours(maxHours)))
	}
	return knownScore(c, int(25*(maxHours-*p.HoursAway)), fmt.Sprintf("%s alone a day is within the guideline of about %s for %s; ask the shelter how {they} takes being alone.",
		formatHours(*p.HoursAway), formatHours(maxHours), withArticle(group)))
}

// scorePlayTime compares the hours for the cat with the need of its age. A difference of
// one hour or more gives the extreme value.
func (p *Profile) scorePlayTime(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	_, want, known := careNeeds(group)
	if !known {
		return unknownScore(c, "How much play {they} wants depends on {their} age, which nobody has said.")
	}
	text := fmt.Sprintf("%s wants about %s of play and training a day; you have %s.", withArticle(group), formatHours(want), formatHours(*p.HoursForCat))
	return knownScore(c, int(100*(*p.HoursForCat-want)), text)
}

func formatHours(n float64) string {
	switch n {
	case 0.5:
		return "half an hour"
	case 1:
		return "an hour"
	default:
		return fmt.Sprintf("%g hours", n)
	}
}

// withArticle returns the name of an age group with its article.
func withArticle(group string) string {
	switch group {
	case "adult":
		return "an adult cat"
	case "young":
		return "a young cat"
	default:
		return "a " + group
	}
}

// scoreExperience scores cats with special needs, and cats that have to build confidence
// first, for adopters with little experience.
func (p *Profile) scoreExperience(c *Candidate) componentScore {
	severity := 1
	if p.Experience == FirstTime {
		severity = 2
	}
	shy := false
	for _, a := range c.Cat.Rating.Activities {
		shy = shy || a.Readiness == catalog.ReadinessConfidenceFirst
	}
	switch {
	case isKnown(c.Cat.SpecialNeeds, true):
		return knownScore(c, -50*severity, "{they} has special needs; talk with the shelter about what they ask of you.")
	case shy:
		return knownScore(c, -30*severity, "{they} needs people who know how to win a shy cat's trust.")
	case c.Cat.SpecialNeeds == nil:
		return unknownScore(c, "Nobody has said whether {they} has special needs.")
	default:
		return knownScore(c, 50, "{they} has no special needs that the shelter knows of.")
	}
}

// knownFee returns a fee in minor units, 0 if it is waived, and whether it is known.
func knownFee(f catalog.Fee) (int64, bool) {
	if isKnown(f.Waived, true) {
		return 0, true
	}
	if f.Minor == nil {
		return 0, false
	}
	return *f.Minor, true
}

// appendPreferences appends the adopter's preferences and the distance.
func (p *Profile) appendPreferences(add appendComponent, today time.Time) {
	add(len(p.Prefers.AgeGroups) > 0, "age_group", weightAgeGroup, func(c *Candidate) componentScore { return p.scoreAgeGroup(c, today) })
	add(p.Prefers.Sex != "", "sex", weightSex, p.scoreSex)
	add(p.Prefers.MaxFee.Minor != nil, "fee", weightFee, p.scoreFee)
	add(p.RadiusKm > 0, "distance", weightDistance, p.scoreDistance)
}

func (p *Profile) scoreAgeGroup(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	switch {
	case group == "":
		return unknownScore(c, "Nobody has said how old {they} is.")
	case slices.Contains(p.Prefers.AgeGroups, group):
		return knownScore(c, 100, "{they} is "+withArticle(group)+", as you wish.")
	default:
		return knownScore(c, -100, "{they} is "+withArticle(group)+".")
	}
}

func (p *Profile) scoreSex(c *Candidate) componentScore {
	switch sex := string(c.Cat.Sex); sex {
	case p.Prefers.Sex:
		return knownScore(c, 100, "{they} is "+sex+", as you wish.")
	case "female", "male":
		return knownScore(c, -100, "{they} is "+sex+".")
	default:
		return unknownScore(c, "Nobody has said whether {they} is female or male.")
	}
}

func (p *Profile) scoreFee(c *Candidate) componentScore {
	fee, known := knownFee(c.Cat.Fee)
	switch limit := p.Prefers.MaxFee; {
	case !known:
		return unknownScore(c, "Nobody has said what the adoption costs.")
	case fee > 0 && c.Cat.Fee.Currency != limit.Currency:
		return unknownScore(c, fmt.Sprintf("The adoption costs %s, which cannot be compared with %s.", formatMoney(fee, c.Cat.Fee.Currency), limit.Currency))
	case fee > *limit.Minor:
		return knownScore(c, -100, fmt.Sprintf("The adoption costs %s, more than you wish to pay.", formatMoney(fee, c.Cat.Fee.Currency)))
	default:
		return knownScore(c, 100, fmt.Sprintf("The adoption costs %s.", formatMoney(fee, limit.Currency)))
	}
}

// formatMoney formats an amount in minor units of a currency.
func formatMoney(minor int64, currency string) string {
	if minor == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d.%02d %s", minor/100, minor%100, currency)
}

// scoreDistance scores a near cat higher, and never counts against a cat within the
// radius.
func (p *Profile) scoreDistance(c *Candidate) componentScore {
	if c.DistanceKm < 0 {
		return unknownScore(c, "Nobody has said where {they} lives.")
	}
	away := "less than 1 km"
	if c.DistanceKm >= 1 {
		away = fmt.Sprintf("about %.0f km", c.DistanceKm)
	}
	return knownScore(c, int(100*(1-min(1, c.DistanceKm/p.RadiusKm))), "{they} lives "+away+" away.")
}
