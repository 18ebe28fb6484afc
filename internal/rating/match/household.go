package match

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// appendHousehold appends the people and animals of the home. Cats that are known
// not to live well with them are excluded before.
func (p *Profile) appendHousehold(add appendComponent) {
	children := companion{"children", goodWithChildren, func(c *catalog.Cat) *bool { return c.GoodWith.Children }, 0}
	weight := weightChildren
	if p.hasSmallChildren() {
		children.whom, children.unknown, weight = "small children", riskyUnknown, weightAtRisk
	}
	add(len(p.Children) > 0, "children", weight, children.score)
	dogs := companion{"dogs", goodWithDogs, func(c *catalog.Cat) *bool { return c.GoodWith.Dogs }, riskyUnknown}
	add(isKnown(p.Dogs, true), "dogs", weightAtRisk, dogs.score)
	cats := companion{"other cats", "good_with_cats", func(c *catalog.Cat) *bool { return c.GoodWith.Cats }, 0}
	add(isKnown(p.Cats, true), "cats", weightCats, cats.score)
	add(isKnown(p.Cats, true), "viruses", weightViruses, func(c *Candidate) componentScore {
		switch {
		case isKnown(c.Cat.FIV, true):
			return knownScore(c, -100, "{they} has FIV, which spreads by deep bites: ask a vet how {they} and your cats could live together.")
		case c.Cat.FIV != nil && c.Cat.FeLV == nil:
			return unknownScore(c, "{they} was tested negative for FIV, but nobody has said how for FeLV, which your cats could catch.")
		case c.Cat.FIV == nil && c.Cat.FeLV != nil:
			return unknownScore(c, "{they} was tested negative for FeLV, but nobody has said how for FIV, which your cats could catch.")
		case c.Cat.FIV == nil:
			return unknownScore(c, "Nobody has said how {they} was tested for FIV and FeLV, which your cats could catch.")
		default:
			return knownScore(c, 100, "{they} was tested negative for FIV and FeLV.")
		}
	})
	add(p.Home.IndoorOnly != nil, "going_out", weightGoingOut, p.scoreGoingOut)
	add(p.Home.Noise != "", "noise", weightNoise, p.scoreNoise)
}

// The values of what a listing makes likely or unlikely, and of what nobody has said
// where a mistake would endanger a small child or the cat. Known facts have 100 and -100.
const (
	likelyValue   = 40
	unlikelyValue = -80
	riskyUnknown  = -50
)

// The facts on companions at risk, by the names of their filters.
const (
	goodWithChildren = "good_with_children"
	goodWithDogs     = "good_with_dogs"
)

func (p *Profile) hasSmallChildren() bool {
	return slices.ContainsFunc(p.Children, func(age int) bool { return age < smallChildYears })
}

// RiskyFacts returns the facts on which a mistake would be dangerous in the home, by the
// names of their filters: living well with its dogs and with its children under 6.
func (p *Profile) RiskyFacts() []string {
	var out []string
	if p.hasSmallChildren() {
		out = append(out, goodWithChildren)
	}
	if isKnown(p.Dogs, true) {
		out = append(out, goodWithDogs)
	}
	return out
}

// companion is somebody in the home with whom the cat would live.
type companion struct {
	whom    string
	fact    string // by the name of its filter
	answer  func(*catalog.Cat) *bool
	unknown int // value if nobody has said
}

// score scores living with the companion.
func (w companion) score(c *Candidate) componentScore {
	known := w.answer(&c.Cat)
	if known != nil {
		if *known {
			return knownScore(c, 100, "{they} is known to live well with "+w.whom+".")
		}
		return knownScore(c, -100, "{they} is known not to live well with "+w.whom+".")
	}
	switch likely, quote := c.likely(w.fact); {
	case likely == nil:
		s := unknownScore(c, "Nobody has said whether {they} lives well with "+w.whom+".")
		s.value = w.unknown
		return s
	case *likely:
		return knownScore(c, likelyValue, fmt.Sprintf("The listing says %s; ask the shelter whether {they} lives well with %s.", quote, w.whom))
	default:
		return knownScore(c, unlikelyValue, fmt.Sprintf("The listing says %s; ask the shelter whether {they} could live with %s.", quote, w.whom))
	}
}

// likely returns whether the listing makes a fact likely or unlikely, and its words. It
// returns nil if it does neither.
func (c *Candidate) likely(fact string) (likely *bool, quote string) {
	i := slices.IndexFunc(c.Cat.Reading.Household, func(h catalog.HouseholdReading) bool { return h.Fact == fact })
	if i < 0 {
		return nil, ""
	}
	h := &c.Cat.Reading.Household[i]
	return &h.Likely, joinQuotes([]string{h.Quote})
}

// scoreNoise compares the noise of the home with how the cat takes sounds and how calm it
// is, as people observed or, if nobody did, as the listing says.
func (p *Profile) scoreNoise(c *Candidate) componentScore {
	mean, source := c.calm()
	if source == "" {
		return unknownScore(c, "Nobody has said how {they} takes noise.")
	}
	value := int(2*mean) - 100
	switch p.Home.Noise {
	case Busy:
		if value < 0 {
			return knownScore(c, value, source+"; your home is busy.")
		}
		return knownScore(c, value, source+", which helps in a busy home.")
	case Quiet:
		return knownScore(c, max(0, -value), source+"; a quiet home is what {they} needs.")
	default:
		return knownScore(c, value/2, source+".")
	}
}

// calm returns how well the cat takes sounds and how calm it is, from 0 to 100, and a
// clause that says so. The clause is empty if nothing is known.
func (c *Candidate) calm() (mean float64, clause string) {
	var observed []string
	if c.Outlook != nil {
		for _, t := range c.Outlook.Traits {
			if words := calmWords(t.Trait); words != nil && t.Mean != nil && t.Marks > c.hintsOn(t.Trait) {
				mean += *t.Mean
				observed = append(observed, words[min(2, int(*t.Mean/calmStep))])
			}
		}
	}
	if len(observed) > 0 {
		return mean / float64(len(observed)), "People observed that {they} " + strings.Join(observed, " and ")
	}
	said, quotes := 0, []string(nil)
	for _, h := range c.Hints {
		if calmWords(h.Trait) != nil && isQuotable(h) {
			mean, said, quotes = mean+25*float64(h.Level-1), said+1, append(quotes, h.Words)
		}
	}
	for _, r := range c.Cat.Reading.Temperament {
		switch r.Term {
		case "calm", "easygoing", "confident":
			mean, said = mean+likelyCalm, said+1
		case "shy":
			mean, said = mean+100-likelyCalm, said+1
		default:
			continue
		}
		if !slices.Contains(quotes, r.Quote) {
			quotes = append(quotes, r.Quote)
		}
	}
	if said == 0 {
		return 0, ""
	}
	return mean / float64(said), "The listing says " + joinQuotes(quotes)
}

const (
	likelyCalm = 70          // of 100, for a word of the listing
	calmStep   = 100.0/3 + 1 // from one wording to the next
)

// calmWords returns what a low, middle and high level of a trait of calm mean, or nil for
// another trait.
func calmWords(trait string) []string {
	switch trait {
	case "sound_recovery":
		return []string{"is frightened by sounds", "is startled by sounds for a minute or two", "recovers from sounds at once"}
	case "baseline_calm":
		return []string{"is tense at rest", "is somewhat tense at rest", "is relaxed at rest"}
	default:
		return nil
	}
}

// scoreGoingOut compares whether the cat may go out alone with its listing.
func (p *Profile) scoreGoingOut(c *Candidate) componentScore {
	indoors := *p.Home.IndoorOnly
	if c.Cat.IndoorOnly == nil {
		likely, quote := c.likely("indoor_only")
		switch {
		case likely == nil:
			return unknownScore(c, "Nobody has said whether {they} should live indoors only.")
		case *likely == indoors:
			return knownScore(c, likelyValue, fmt.Sprintf("The listing says %s, which fits how {they} would live with you.", quote))
		case *likely:
			return knownScore(c, unlikelyValue, fmt.Sprintf("The listing says %s, and with you {they} could go out by {themself}.", quote))
		default:
			return knownScore(c, -likelyValue, fmt.Sprintf("The listing says %s, and with you {they} would not go out by {themself}.", quote))
		}
	}
	switch {
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
	switch {
	case !known && *p.HoursAway > mostHoursAlone:
		return knownScore(c, int(25*(mostHoursAlone-*p.HoursAway)), fmt.Sprintf("No cat should be alone for more than about %s a day.", formatHours(mostHoursAlone)))
	case !known:
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
	case 0.25:
		return "a quarter of an hour"
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
	shyQuote := "" // of a cat that people have not assessed
	if i := slices.IndexFunc(c.Cat.Reading.Temperament, func(r catalog.TemperamentReading) bool { return r.Term == "shy" }); i >= 0 && c.Cat.Rating.Overall == nil {
		shyQuote = joinQuotes([]string{c.Cat.Reading.Temperament[i].Quote})
	}
	switch {
	case isKnown(c.Cat.SpecialNeeds, true):
		return knownScore(c, -50*severity, "{they} has special needs; talk with the shelter about what they ask of you.")
	case shy:
		return knownScore(c, -30*severity, "{they} needs people who know how to win a shy cat's trust.")
	case shyQuote != "":
		return knownScore(c, -20*severity, fmt.Sprintf("The listing says %s; {they} may need people who know how to win a shy cat's trust.", shyQuote))
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
	fee := catalog.Fee{Minor: &minor, Currency: currency, Waived: nil}
	amount, _ := fee.Amount()
	return fmt.Sprintf("%.*f %s", fee.Decimals(), amount, currency)
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
