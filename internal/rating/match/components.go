package match

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// The weights of the components. Only their ratios matter. Activities together
// are the purpose of this service, so they weigh as much as the household. The
// common reasons for returning a cat, living together and being alone, come next;
// preferences and distance are last.
const (
	weightActivities    = 40 // shared by the wanted activities, the first most
	weightTraining      = 10
	weightOutdoorAccess = 5
	weightChildren      = 12
	weightCats          = 12
	weightAtRisk        = 28 // dogs, and children under smallChildYears: a known answer outweighs any activity
	weightNoise         = 6
	weightHikeAge       = 8
	weightViruses       = 5
	weightGoingOut      = 8
	weightExperience    = 8
	weightHoursAlone    = 8
	weightPlayTime      = 6
	weightAgeGroup      = 8
	weightSex           = 4
	weightFee           = 5
	weightDistance      = 5
)

const smallChildYears = 6

// maxPoints is the maximum of points to either side of the middle, in tenths.
const maxPoints = 500

// components holds the components that a profile asks for.
type components struct {
	all         []component
	totalWeight int
}

// component is one respect in which a cat may suit a home.
type component struct {
	code   string
	weight int
	score  func(*Candidate) componentScore
}

// componentScore says how well a cat suits a home in one respect. Value is between
// -100 and 100. If unknown, it is 0, or below 0 where a mistake would be dangerous. text returns the sentence; it is a function
// because only cats that are returned need it.
type componentScore struct {
	known bool
	value int
	text  func() string
}

func unknownScore(c *Candidate, sentence string) componentScore {
	return componentScore{known: false, value: 0, text: fillPronouns(&c.Cat, sentence)}
}

// knownScore limits value to -100 to 100.
func knownScore(c *Candidate, value int, sentence string) componentScore {
	return componentScore{known: true, value: max(-100, min(100, value)), text: fillPronouns(&c.Cat, sentence)}
}

// appendComponent appends a component if the profile asks for it.
type appendComponent func(asked bool, code string, weight int, score func(*Candidate) componentScore)

// buildComponents returns the components of a profile.
func (p *Profile) buildComponents(today time.Time) components {
	var out components
	add := func(asked bool, code string, weight int, score func(*Candidate) componentScore) {
		if asked {
			out.all, out.totalWeight = append(out.all, component{code, weight, score}), out.totalWeight+weight
		}
	}
	p.appendActivities(add, today)
	p.appendHousehold(add)
	p.appendCare(add, today)
	p.appendPreferences(add, today)
	out.totalWeight = max(out.totalWeight, 1) // without components every cat has the same fit
	return out
}

// points returns the points of a component in tenths. They are rounded towards 0,
// so that the fit never leaves its range.
func (cs components) points(c component, s componentScore) int {
	return maxPoints * c.weight * s.value / (100 * cs.totalWeight)
}

// fit returns 50 and all points, in tenths.
func (cs components) fit(candidate *Candidate) int {
	fit := maxPoints
	for _, c := range cs.all {
		fit += cs.points(c, c.score(candidate))
	}
	return fit
}

// explain returns a match with its reasons, those with the most points first.
// Known components of 0 points are left out.
func (cs components) explain(candidate *Candidate) Match {
	m := Match{Candidate: *candidate, Fit: float64(cs.fit(candidate)) / 10, For: nil, Against: nil, Unknown: nil}
	for _, c := range cs.byWeight() {
		s := c.score(candidate)
		points := cs.points(c, s)
		if s.known && points == 0 {
			continue
		}
		reason := Reason{Code: c.code, Text: s.text(), Points: float64(points) / 10}
		switch {
		case !s.known:
			m.Unknown = append(m.Unknown, reason)
		case points > 0:
			m.For = append(m.For, reason)
		default:
			m.Against = append(m.Against, reason)
		}
	}
	slices.SortStableFunc(m.For, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	slices.SortStableFunc(m.Against, func(a, b Reason) int { return cmp.Compare(a.Points, b.Points) })
	return m
}

// byWeight returns the components, highest weight first.
func (cs components) byWeight() []component {
	return slices.SortedStableFunc(slices.Values(cs.all), func(a, b component) int { return cmp.Compare(b.weight, a.weight) })
}

// pronouns returns the replacements for {they}, {them}, {their} and {themself}:
// she, he or this cat. All three take the same verb forms.
func pronouns(c *catalog.Cat) *strings.Replacer {
	switch c.Sex {
	case "female":
		return strings.NewReplacer("{they}", "she", "{them}", "her", "{their}", "her", "{themself}", "herself")
	case "male":
		return strings.NewReplacer("{they}", "he", "{them}", "him", "{their}", "his", "{themself}", "himself")
	default:
		return strings.NewReplacer("{they}", "this cat", "{them}", "this cat", "{their}", "its", "{themself}", "itself")
	}
}

// fillPronouns returns a function that fills a sentence's pronouns for a cat and
// capitalizes the first letter.
func fillPronouns(c *catalog.Cat, sentence string) func() string {
	return func() string {
		text := pronouns(c).Replace(sentence)
		return strings.ToUpper(text[:1]) + text[1:]
	}
}
