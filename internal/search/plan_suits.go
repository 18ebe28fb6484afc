package search

import (
	"fmt"
	"iter"
	"strings"

	"trailcat/internal/catalog"
)

// askSuits adds what is asked of outings.
func (p *plan) askSuits(asked []SuitabilityFilter) error {
	for i := range asked {
		s := &asked[i]
		places, err := s.places()
		if err != nil {
			return err
		}
		counted := FieldReadiness
		if len(asked) == 1 && len(places) == 1 {
			counted = readinessAt(places[0])
		}
		// What is asked besides readiness is a test of its own as well, so that
		// readiness can be counted as if nothing were asked of it.
		rest := SuitabilityFilter{Activities: s.Activities, Readiness: nil, Grades: s.Grades, ScoreMin: s.ScoreMin}
		p.askSuit("", places, &rest)
		if s.Readiness != nil {
			p.askSuit(counted, places, s)
		}
	}
	return nil
}

func unknownActivity(activity string) error {
	return badParameter("activity", "unknown_value", fmt.Sprintf("%q is none of %s", activity, strings.Join(catalog.Activities(), ", ")))
}

// askSuit adds that at one of the places all holds.
func (p *plan) askSuit(field Field, places []int, s *SuitabilityFilter) {
	if s.Readiness == nil && s.Grades == nil && s.ScoreMin == nil {
		return
	}
	t := filter{field: field}
	for _, at := range places {
		t.anyOf = append(t.anyOf, p.suitabilityMatches(at, s)...)
	}
	for _, some := range t.anyOf {
		t.most += some.n
	}
	p.tests = append(p.tests, t)
}

// suitabilityMatches are the cats of which all holds at a place: those in any of the sets.
func (p *plan) suitabilityMatches(at int, s *SuitabilityFilter) []*bitset {
	var all [][]*bitset
	if s.Readiness != nil {
		all = append(all, p.st.fields[readinessAt(at)].anyOf(s.Readiness))
	}
	if s.Grades != nil {
		all = append(all, p.st.fields[gradeAt(at)].anyOf(s.Grades))
	}
	if s.ScoreMin != nil {
		all = append(all, []*bitset{p.scored(at, *s.ScoreMin)})
	}
	if len(all) == 1 {
		return all[0]
	}
	out := p.scratch.set(p.st.blocks())
	out.copyFrom(&p.st.live)
	for _, anyOf := range all {
		out.intersectUnion(anyOf)
	}
	out.n = out.count()
	return []*bitset{out}
}

// scored are the cats with a score of at least so much. Only those in the kept
// order have one.
func (p *plan) scored(at int, least float64) *bitset {
	s := p.scratch.set(p.st.blocks())
	for _, slot := range p.st.orders[suitOrder(at)].slots {
		if p.st.suits[slot].score[at].atLeast(least) {
			s.add(slot)
		}
	}
	return s
}

func readinessAt(place int) Field {
	if place == overallIndex {
		return FieldReadiness
	}
	return ReadinessFor(catalog.Activities()[place-1])
}

func gradeAt(place int) Field {
	if place == overallIndex {
		return FieldGrade
	}
	return GradeFor(catalog.Activities()[place-1])
}

// bySuitability goes through the cats that have a range, which stand in a kept order,
// and then through all others by number: most cats were never rated.
func (p *plan) bySuitability(after *key, at int) iter.Seq[uint32] {
	st := p.st
	ranked, number := st.orders[p.order].slots, st.leastNumber
	if after != nil {
		ranked = ranked[st.after(p.order, *after):]
		if after.a == suitKey(0, 0).a {
			number = after.n + 1
		}
	}
	return func(yield func(uint32) bool) {
		for _, slot := range ranked {
			if !yield(slot) {
				return
			}
		}
		for ; number <= st.greatestNumber; number++ {
			slot, ok := st.slotOfNumber(number)
			if ok && st.live.has(slot) && st.suits[slot].low[at] == 0 && !yield(slot) {
				return
			}
		}
	}
}
