package match

import (
	"cmp"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// Candidate is a cat that might do.
type Candidate struct {
	Cat        catalog.Cat
	DistanceKm float64 // below 0: from nowhere in particular
}

// Match is a cat for a home, with its reasons.
type Match struct {
	Candidate
	Fit     float64 // 0 to 100, to tenths: 50 and the points of all reasons
	For     []Reason
	Against []Reason
	Unknown []Reason // what nobody has said, the most important first; their points are 0
}

// Reason is a code for programs, a sentence for people, and what it adds to the fit.
type Reason struct {
	Code, Text string
	Points     float64
}

// Exclusion says how many cats a limit left out. A cat may break several.
type Exclusion struct {
	Code, Text string
	Cats       int
}

// Rank is the best matches among some cats, limit of them at most, the best
// first; of two that fit alike the one that was numbered first. It also tells which limits
// left out how many. Today decides how old the cats are.
func Rank(p Profile, candidates []Candidate, today time.Time, limit int) ([]Match, []Exclusion) {
	kept, excluded := p.withinLimits(candidates)
	wishes := p.wishes(today)
	ranked := make([]ranking, len(kept))
	for i, c := range kept {
		ranked[i] = ranking{c, wishes.fit(c)}
	}
	slices.SortFunc(ranked, func(a, b ranking) int {
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(a.Cat.Number, b.Cat.Number))
	})
	ranked = ranked[:min(limit, len(ranked))]
	matches := make([]Match, len(ranked))
	for i, r := range ranked {
		matches[i] = wishes.explain(r.Candidate)
	}
	return matches, excluded
}

type ranking struct {
	*Candidate
	fit int
}

// withinLimits are the cats that no limit leaves out.
func (p *Profile) withinLimits(candidates []Candidate) ([]*Candidate, []Exclusion) {
	var set []exclusionRule
	var excluded []Exclusion
	for _, l := range limits() {
		if l.sets(p) {
			set, excluded = append(set, l), append(excluded, Exclusion{l.code, l.text, 0})
		}
	}
	var kept []*Candidate
	for i := range candidates {
		out := false
		for k := range set {
			if set[k].breaks(&candidates[i].Cat) {
				out = true
				excluded[k].Cats++
			}
		}
		if !out {
			kept = append(kept, &candidates[i])
		}
	}
	return kept, slices.DeleteFunc(excluded, func(e Exclusion) bool { return e.Cats == 0 })
}

// components are all that a home wishes for.
type components struct {
	all   []component
	total int // of all weights
}

// component is one thing that may speak for a cat or against it.
type component struct {
	code   string
	weight int
	judge  func(*Candidate) componentScore
}

// componentScore says how well a cat meets a wish: value is from -100 to 100, and 0 where
// it is not known. Say makes the sentence; it is called only for who is shown.
type componentScore struct {
	known bool
	value int
	say   func() string
}

// maxPoints is how far points reach to either side of the middle, in tenths of a point.
const maxPoints = 500

// points are the tenths of a point that a verdict gives. They are cut off towards
// 0, so that all of them together never leave the scale.
func (w components) points(of component, v componentScore) int {
	if !v.known {
		return 0
	}
	return maxPoints * of.weight * v.value / (100 * w.total)
}

// fit is 50 and all points, in tenths.
func (w components) fit(c *Candidate) int {
	fit := maxPoints
	for _, one := range w.all {
		fit += w.points(one, one.judge(c))
	}
	return fit
}

func (w components) explain(c *Candidate) Match {
	m := Match{Candidate: *c, Fit: float64(w.fit(c)) / 10, For: nil, Against: nil, Unknown: nil}
	for _, one := range w.byWeight() {
		v := one.judge(c)
		points := w.points(one, v)
		if v.known && points == 0 {
			continue // neither here nor there
		}
		reason := Reason{Code: one.code, Text: v.say(), Points: float64(points) / 10}
		switch {
		case !v.known:
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

// byWeight are the wishes, the weightiest first.
func (w components) byWeight() []component {
	return slices.SortedStableFunc(slices.Values(w.all), func(a, b component) int { return cmp.Compare(b.weight, a.weight) })
}
