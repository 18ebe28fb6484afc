package search

import (
	"math"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Matcher says of one cat whether it answers a Query, as the index would: what
// is listed, in which order and how much of it does not matter to it. Only a
// last word that is merely begun finds less here: the words that cats have in
// common are not known, so it must begin a word of this cat.
type Matcher struct {
	allowed valueMask
	near    radiusFilter
	reader  *catalog.Audience // nil: nobody from whom a shelter withholds
	more    *residualFilter   // nil: nothing else is asked
}

// residualFilter are what is asked beyond closed fields and distance.
type residualFilter struct {
	clauses                                 []Clause
	suits                                   [][]activityFilter
	ageMin, ageMax                          *int
	listedSince, listedBefore, updatedSince int64
	name                                    string // folded
	terms                                   []stemmedTerm
}

// NewMatcher finds the same fault with a Query as the index does.
func NewMatcher(q Query) (Matcher, error) {
	m := Matcher{allowed: fullMask(), near: radiusFilter{from: [3]float64{}, nearest: noRadius}, reader: nil, more: nil}
	if q.Reader != (catalog.Audience{}) {
		m.reader = &q.Reader
	}
	more := residualFilter{
		clauses: nil, suits: nil, ageMin: q.AgeMonthsMin, ageMax: q.AgeMonthsMax,
		listedSince: microsOf(q.ListedSince), listedBefore: math.MaxInt64, updatedSince: microsOf(q.UpdatedSince),
		name: vocab.Fold(q.Name), terms: nil,
	}
	if !q.ListedBefore.IsZero() {
		more.listedBefore = microsOf(q.ListedBefore)
	}
	switch {
	case q.Near != nil:
		m.near = *vicinityOf(*q.Near, q.RadiusKm)
	case q.RadiusKm != 0:
		return Matcher{}, badParameter("radius_km", "needs_near", "needs near")
	}
	for _, c := range q.Where {
		if err := m.askField(c, &more); err != nil {
			return Matcher{}, err
		}
	}
	for i := range q.Suits {
		if err := m.askSuit(&q.Suits[i], &more); err != nil {
			return Matcher{}, err
		}
	}
	terms, err := termsOf(q.Text)
	if err != nil {
		return Matcher{}, err
	}
	for _, t := range terms {
		more.terms = append(more.terms, newSought(t))
	}
	if more.any() {
		m.more = &more
	}
	return m, nil
}

// noRadius is the nearest of a vicinity without end.
const noRadius = -2

func (m *Matcher) askField(c Clause, more *residualFilter) error {
	if field := signedFields().of[c.Field]; field != nil {
		field.allow(&m.allowed, c.AnyOf)
		return nil
	}
	if !slices.ContainsFunc(fieldDefs(), func(def fieldDef) bool { return def.Field == c.Field }) {
		return badParameter(string(c.Field), "unknown_parameter", "is not a field of a cat")
	}
	if c.Field == FieldTag {
		c.AnyOf = slices.Clone(c.AnyOf)
		for i, tag := range c.AnyOf {
			c.AnyOf[i] = vocab.Fold(tag)
		}
	}
	more.clauses = append(more.clauses, c)
	return nil
}

func (d *residualFilter) any() bool {
	return len(d.clauses) > 0 || len(d.suits) > 0 || d.ageMin != nil || d.ageMax != nil || d.listedSince > math.MinInt64 || d.listedBefore < math.MaxInt64 ||
		d.updatedSince > math.MinInt64 || d.name != "" || len(d.terms) > 0
}

// Matches says that a cat is an answer. A removed one never is.
func (m *Matcher) Matches(s *MatchDocument) bool {
	return s.marks.subsetOf(&m.allowed) && (m.near.nearest == noRadius || m.near.contains(&s.unit)) &&
		s.cat.Status != catalog.Removed && (m.reader == nil || !s.shelter.HiddenFrom(*m.reader)) && (m.more == nil || m.more.matches(s))
}

func (d *residualFilter) matches(s *MatchDocument) bool {
	for _, c := range d.clauses {
		if !s.hasAny(c) {
			return false
		}
	}
	for _, anyOf := range d.suits {
		if !slices.ContainsFunc(anyOf, func(o activityFilter) bool { return o.suits(s) }) {
			return false
		}
	}
	if listed := s.cat.ListedAt.UnixMicro(); listed < d.listedSince || listed >= d.listedBefore || s.cat.UpdatedAt.UnixMicro() < d.updatedSince {
		return false
	}
	if !d.oldEnough(s) || !strings.Contains(s.foldedName(), d.name) {
		return false
	}
	for i := range d.terms {
		if !d.terms[i].matches(s.words()) {
			return false
		}
	}
	return true
}

// hasAny says that the cat has one of the values of a field that is not in signatures.
func (s *MatchDocument) hasAny(c Clause) bool {
	for _, said := range s.said {
		if said.field == c.Field && slices.Contains(c.AnyOf, said.value) {
			return true
		}
	}
	return false
}

func (d *residualFilter) oldEnough(s *MatchDocument) bool {
	if d.ageMin == nil && d.ageMax == nil {
		return true
	}
	months := s.cat.AgeMonths(s.on)
	return months != nil && (d.ageMin == nil || *d.ageMin <= *months) && (d.ageMax == nil || *months <= *d.ageMax)
}
