package search

import (
	"bytes"
	"math"
	"slices"
)

// maxMatches is how many slots can be an answer at the most.
func (p *plan) maxMatches() int { return p.tests[0].most }

// materialize turns all that is asked of columns and places into a test, so that the
// rest is set algebra.
func (p *plan) materialize() {
	if p.near != nil && p.near.nearest > -2 && p.order == OrderDistance {
		p.addRadiusFilter()
	}
	if !p.asksColumns {
		return
	}
	kept := p.intersect(func(t filter) bool { return t.field == "" })
	if p.bornFrom > math.MinInt32 || p.bornTo < math.MaxInt32 {
		filterRange(kept, p.st.born, p.bornFrom, p.bornTo)
	}
	if p.listedSince > math.MinInt64 || p.listedBefore < math.MaxInt64 {
		filterRange(kept, p.st.listed, p.listedSince, p.listedBefore-1)
	}
	if p.updatedSince > math.MinInt64 {
		filterRange(kept, p.st.updated, p.updatedSince, math.MaxInt64)
	}
	if len(p.phrases) > 0 || len(p.name) > 0 {
		for slot := range kept.all() {
			if !bytes.Contains(p.st.name(slot), p.name) || len(p.phrases) > 0 && !p.hasPhrases(slot) {
				kept.remove(slot)
			}
		}
	}
	p.asksColumns = false
	p.tests = append(p.tests, filter{field: "", anyOf: []*bitset{kept}, most: kept.count()})
}

// matches are all slots that pass every test but those of a field. The plan must
// be solved, else they are all that may be answers.
func (p *plan) matches(except Field) *bitset {
	return p.intersect(func(t filter) bool { return t.field == "" || t.field != except })
}

// intersect is the listed slots that pass some of the tests, and how many.
func (p *plan) intersect(asked func(t filter) bool) *bitset {
	out := p.scratch.set(p.st.blocks())
	out.copyFrom(&p.st.live)
	for _, t := range p.tests {
		if asked(t) {
			out.intersectUnion(t.anyOf)
		}
	}
	out.n = out.count()
	return out
}

// hasClause says that there is a clause of the field.
func (p *plan) hasClause(f Field) bool {
	return slices.ContainsFunc(p.tests, func(t filter) bool { return t.field == f })
}
