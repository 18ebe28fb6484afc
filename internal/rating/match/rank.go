package match

import (
	"cmp"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// Candidate is a cat to rank.
type Candidate struct {
	Cat        catalog.Cat
	DistanceKm float64 // negative if unknown

	Outlook *rating.Outlook // of the latest rubric; nil if it has no rating and no restriction
	Hints   []hints.Hint    // of the listing
}

// Match is a ranked cat with the reasons for its rank.
type Match struct {
	Candidate
	Fit     float64 // 0 to 100, rounded to tenths: 50 and the points of all reasons
	For     []Reason
	Against []Reason
	Unknown []Reason // unknown components, highest weight first; their points are at most 0
}

// Reason is a stable code with a sentence for people, and the points that it adds
// to the fit.
type Reason struct {
	Code, Text string
	Points     float64
}

// Exclusion is the number of cats that one rule excluded. Several rules may
// exclude the same cat.
type Exclusion struct {
	Code, Text string
	Cats       int
}

// Rank returns up to limit matches, best first; equal fits are ordered by the
// cats' numbers. It also returns the rules that excluded cats. Today determines
// the cats' ages.
func Rank(p Profile, candidates []Candidate, today time.Time, limit int) ([]Match, []Exclusion) {
	kept, excluded := p.exclude(candidates)
	all := p.buildComponents(today)
	ranked := make([]rankedCandidate, len(kept))
	for i, c := range kept {
		ranked[i] = rankedCandidate{c, all.fit(c)}
	}
	slices.SortFunc(ranked, func(a, b rankedCandidate) int {
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(a.Cat.Number, b.Cat.Number))
	})
	ranked = ranked[:min(limit, len(ranked))]
	matches := make([]Match, len(ranked))
	for i, r := range ranked {
		matches[i] = all.explain(r.Candidate)
	}
	return matches, excluded
}

type rankedCandidate struct {
	*Candidate
	fit int // tenths
}

// exclude returns the candidates that no rule excludes, and the rules that
// excluded any.
func (p *Profile) exclude(candidates []Candidate) ([]*Candidate, []Exclusion) {
	var rules []exclusionRule
	var excluded []Exclusion
	for _, rule := range exclusionRules() {
		if rule.isActive(p) {
			rules, excluded = append(rules, rule), append(excluded, Exclusion{rule.code, rule.text, 0})
		}
	}
	var kept []*Candidate
	for i := range candidates {
		out := false
		for k := range rules {
			if rules[k].excludes(&candidates[i].Cat) {
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

// exclusionRule excludes cats for a reason that is known to apply. An unknown
// fact never excludes a cat.
type exclusionRule struct {
	code, text string
	isActive   func(*Profile) bool
	excludes   func(*catalog.Cat) bool
}

// exclusionRules returns the rules: only what endangers somebody or is impossible
// excludes a cat.
func exclusionRules() []exclusionRule {
	return []exclusionRule{
		{
			"not_good_with_children", "Known not to live well with children.",
			func(p *Profile) bool { return len(p.Children) > 0 },
			func(c *catalog.Cat) bool { return isKnown(c.GoodWith.Children, false) },
		},
		{
			"not_good_with_dogs", "Known not to live well with dogs.",
			func(p *Profile) bool { return isKnown(p.Dogs, true) },
			func(c *catalog.Cat) bool { return isKnown(c.GoodWith.Dogs, false) },
		},
		{
			"not_good_with_cats", "Known not to live well with other cats.",
			func(p *Profile) bool { return isKnown(p.Cats, true) },
			func(c *catalog.Cat) bool { return isKnown(c.GoodWith.Cats, false) },
		},
		{
			// The AAFP feline retrovirus guidelines recommend to separate infected cats from others.
			"felv_beside_cats", "Tested positive for feline leukaemia virus, which your cats could catch.",
			func(p *Profile) bool { return isKnown(p.Cats, true) },
			func(c *catalog.Cat) bool { return isKnown(c.FeLV, true) },
		},
		{
			"bonded", "Must leave together with another cat.",
			func(p *Profile) bool { return isKnown(p.Prefers.TakesPairs, false) },
			func(c *catalog.Cat) bool { return len(c.BondedWith) > 0 },
		},
	}
}

// isKnown reports whether an answer is known and equals want.
func isKnown(answer *bool, want bool) bool { return answer != nil && *answer == want }
