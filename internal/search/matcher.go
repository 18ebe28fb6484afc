package search

import (
	"math"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/search/analysis"
	"trailcat/internal/vocab"
)

// Matcher decides for one cat whether it matches a Query, with the same result as an
// Index. It ignores the order, cursor, limit, total and facets of the query. It
// differs from an Index in one case: a prefix at the end of the text must be the start
// of a word of the cat itself, because the terms of other cats are not known.
type Matcher struct {
	allowed  valueMask
	radius   radiusFilter
	audience *catalog.Audience // nil: no cat is hidden
	residual *residualFilter   // nil: no other condition
}

// residualFilter has the conditions that are not on closed fields or the distance.
type residualFilter struct {
	clauses, excluded                       []Clause
	suitability                             [][]activityFilter // of each, one must match
	ageMin, ageMax                          *int               // months
	feeFrom, feeTo                          int32              // as feeOf returns them; both included
	listedSince, listedBefore, updatedSince int64
	name                                    string // folded
	terms                                   []analysis.StemmedTerm
}

// NewMatcher compiles a query. It returns the same error for an invalid query as an
// Index.
func NewMatcher(q Query) (Matcher, error) {
	m := Matcher{allowed: fullMask(), radius: radiusFilter{center: [3]float64{}, minDot: noRadius}, audience: nil, residual: nil}
	if q.Audience != (catalog.Audience{}) {
		m.audience = &q.Audience
	}
	residual := residualFilter{
		clauses: nil, excluded: nil, suitability: nil, ageMin: q.AgeMonthsMin, ageMax: q.AgeMonthsMax, feeFrom: math.MinInt32, feeTo: math.MaxInt32,
		listedSince: microsOf(q.ListedSince), listedBefore: q.listedBefore(), updatedSince: microsOf(q.UpdatedSince),
		name: vocab.Fold(q.Name), terms: nil,
	}
	if q.FeeMin != nil || q.FeeMax != nil {
		residual.feeFrom, residual.feeTo = feeRange(q.FeeMin, q.FeeMax)
	}
	switch {
	case q.Near != nil:
		m.radius = *newRadiusFilter(*q.Near, q.RadiusKm)
	case q.RadiusKm != 0:
		return Matcher{}, radiusWithoutNear()
	}
	for _, c := range q.Where {
		if err := addClause(c, &m.allowed, (*maskedField).restrict, &residual.clauses); err != nil {
			return Matcher{}, err
		}
	}
	for _, c := range q.Exclude {
		if err := addClause(c, &m.allowed, (*maskedField).exclude, &residual.excluded); err != nil {
			return Matcher{}, err
		}
	}
	for i := range q.Suitability {
		if err := m.addSuitabilityFilter(&q.Suitability[i], &residual); err != nil {
			return Matcher{}, err
		}
	}
	terms, err := parseQueryText(q.Text)
	if err != nil {
		return Matcher{}, err
	}
	for _, t := range terms {
		residual.terms = append(residual.terms, analysis.NewStemmedTerm(t.words, t.isPrefix))
	}
	if !residual.isEmpty() {
		m.residual = &residual
	}
	return m, nil
}

// addClause applies a clause on a closed field to a mask, and adds any other to residual.
func addClause(c Clause, mask *valueMask, apply func(f *maskedField, mask *valueMask, values []string), residual *[]Clause) error {
	if field := maskedFields().byField[c.Field]; field != nil {
		apply(field, mask, field.def.withIncluded(c.AnyOf))
		return nil
	}
	if !slices.ContainsFunc(fieldDefs(), func(def fieldDef) bool { return def.Field == c.Field }) {
		return unknownField(c.Field)
	}
	if c.Field == FieldTag {
		c.AnyOf = slices.Clone(c.AnyOf)
		for i, tag := range c.AnyOf {
			c.AnyOf[i] = vocab.Fold(tag)
		}
	}
	*residual = append(*residual, c)
	return nil
}

func (r *residualFilter) isEmpty() bool {
	return len(r.clauses) == 0 && len(r.excluded) == 0 && r.feeFrom == math.MinInt32 && r.feeTo == math.MaxInt32 && len(r.suitability) == 0 && r.ageMin == nil && r.ageMax == nil && r.listedSince == math.MinInt64 &&
		r.listedBefore == math.MaxInt64 && r.updatedSince == math.MinInt64 && r.name == "" && len(r.terms) == 0
}

// Matches reports whether a cat matches the query. A removed cat never does.
func (m *Matcher) Matches(d *MatchDocument) bool {
	return d.mask.subsetOf(&m.allowed) && (m.radius.minDot == noRadius || m.radius.contains(&d.unit)) &&
		d.cat.Status != catalog.Removed && (m.audience == nil || !d.shelter.HidesCat(d.cat.HiddenFrom, *m.audience)) && (m.residual == nil || m.residual.matches(d))
}

func (r *residualFilter) matches(d *MatchDocument) bool {
	for _, c := range r.clauses {
		if !d.hasAny(c) {
			return false
		}
	}
	if slices.ContainsFunc(r.excluded, d.hasAny) {
		return false
	}
	if fee := feeOf(d.cat.Fee); fee < r.feeFrom || fee > r.feeTo {
		return false
	}
	for _, anyOf := range r.suitability {
		if !slices.ContainsFunc(anyOf, func(f activityFilter) bool { return f.matches(d) }) {
			return false
		}
	}
	if listed := d.cat.ListedAt.UnixMicro(); listed < r.listedSince || listed >= r.listedBefore || d.cat.UpdatedAt.UnixMicro() < r.updatedSince {
		return false
	}
	if !r.matchesAge(d) || !strings.Contains(d.foldedName(), r.name) {
		return false
	}
	for i := range r.terms {
		if !r.terms[i].Matches(d.tokenStream()) {
			return false
		}
	}
	return true
}

// hasAny reports whether the cat has one of the values of a field that is not in the
// mask.
func (d *MatchDocument) hasAny(c Clause) bool {
	for _, v := range d.values {
		if v.field == c.Field && slices.Contains(c.AnyOf, v.value) {
			return true
		}
	}
	return false
}

func (r *residualFilter) matchesAge(d *MatchDocument) bool {
	if r.ageMin == nil && r.ageMax == nil {
		return true
	}
	months := d.cat.AgeMonths(d.day)
	return months != nil && (r.ageMin == nil || *r.ageMin <= *months) && (r.ageMax == nil || *months <= *r.ageMax)
}
