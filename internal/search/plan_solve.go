package search

import (
	"bytes"
	"math"
	"slices"
)

// mostly is how many slots can be an answer at the most.
func (p *plan) mostly() int { return p.tests[0].most }

// solve turns all that is asked of columns and places into a test, so that the
// rest is set algebra.
func (p *plan) solve() {
	if p.near != nil && p.near.nearest > -2 && p.order == OrderDistance {
		p.askPlaces()
	}
	if !p.asksColumns {
		return
	}
	kept := p.among(func(t test) bool { return t.field == "" })
	if p.bornFrom > math.MinInt32 || p.bornTo < math.MaxInt32 {
		keepBetween(kept, p.st.born, p.bornFrom, p.bornTo)
	}
	if p.listedSince > math.MinInt64 || p.listedBefore < math.MaxInt64 {
		keepBetween(kept, p.st.listed, p.listedSince, p.listedBefore-1)
	}
	if p.updatedSince > math.MinInt64 {
		keepBetween(kept, p.st.updated, p.updatedSince, math.MaxInt64)
	}
	if len(p.phrases) > 0 || len(p.name) > 0 {
		for slot := range kept.all() {
			if !bytes.Contains(p.st.name(slot), p.name) || len(p.phrases) > 0 && !p.hasPhrases(slot) {
				kept.remove(slot)
			}
		}
	}
	p.asksColumns = false
	p.tests = append(p.tests, test{field: "", anyOf: []*set{kept}, most: kept.count()})
}

// answers are all slots that pass every test but those of a field. The plan must
// be solved, else they are all that may be answers.
func (p *plan) answers(except Field) *set {
	return p.among(func(t test) bool { return t.field == "" || t.field != except })
}

// among is the listed slots that pass some of the tests, and how many.
func (p *plan) among(asked func(t test) bool) *set {
	out := p.scratch.set(p.st.blocks())
	out.copyOf(&p.st.live)
	for _, t := range p.tests {
		if asked(t) {
			out.andAny(t.anyOf)
		}
	}
	out.n = out.count()
	return out
}

// asks says that there is a clause of the field.
func (p *plan) asks(f Field) bool {
	return slices.ContainsFunc(p.tests, func(t test) bool { return t.field == f })
}
