package search

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"trailcat/internal/errcode"
	"trailcat/internal/search/bitset"
	"trailcat/internal/search/hashing"
	"trailcat/internal/vocab"
)

// filter is a predicate of a query that set algebra can evaluate: a slot must be in
// one of the sets.
type filter struct {
	field      Field // of the clause; empty for text, place and visibility
	second     Field // another field of the clause; empty for most
	anyOf      []*bitset.Set
	maxMatches int // an upper bound for the number of slots that pass
}

func (f *filter) has(slot uint32) bool {
	for _, s := range f.anyOf {
		if s.Has(slot) {
			return true
		}
	}
	return false
}

// plan is a query prepared for the current data. It is valid while the lock is held.
type plan struct {
	data    *indexData
	buffers *queryBuffers
	order   Order
	filters []filter // most selective first

	// Column filters, which are evaluated slot by slot.
	bornFrom, bornTo int32 // both included
	feeFrom, feeTo   int32 // both included, as feeOf returns them
	listedSince      int64
	listedBefore     int64
	updatedSince     int64
	name             []byte // folded; a substring of the cat's name
	phrases          [][]byte
	hasColumnFilters bool

	radius     *radiusFilter
	random     hashing.Permutation
	movedSlots *bitset.Set // slots whose sort key changed, or that were listed, since the scan started
	displaced  []candidate // those of movedSlots that match and come later in the scan, by their old key

	within       *bitset.Set // a superset of the matches, for scans
	examined     int         // slots of the scan so far
	mostExamined int
}

// newPlan prepares a query. An error is a *catalog.Error that says what is wrong with
// the query.
func (d *indexData) newPlan(q *Query, b *queryBuffers) (*plan, error) {
	p := &plan{
		data: d, buffers: b, order: q.order(),
		bornFrom: math.MinInt32, bornTo: math.MaxInt32, feeFrom: math.MinInt32, feeTo: math.MaxInt32,
		listedSince: microsOf(q.ListedSince), listedBefore: q.listedBefore(), updatedSince: microsOf(q.UpdatedSince),
		name: []byte(vocab.Fold(q.Name)),
	}
	p.hasColumnFilters = p.listedSince > math.MinInt64 || p.listedBefore < math.MaxInt64 || p.updatedSince > math.MinInt64 || len(p.name) > 0
	p.addAgeFilter(q)
	if q.FeeMin != nil || q.FeeMax != nil {
		p.hasColumnFilters = true
		p.feeFrom, p.feeTo = feeRange(q.FeeMin, q.FeeMax)
	}
	if q.Near != nil {
		p.radius = newRadiusFilter(*q.Near, q.RadiusKm)
	}
	_, bySuitability := activityOfOrder(p.order)
	switch {
	case q.Order == OrderSuitability && !bySuitability:
		return nil, unknownActivity(q.OrderFor)
	case !bySuitability && !slices.Contains(Orders(), p.order):
		return nil, unknownOrder(Orders())
	case p.radius == nil && (p.order == OrderDistance || p.order == OrderFarthest):
		return nil, badParameter("sort", errcode.NeedsNear, "Sorting by distance requires near.")
	case p.radius == nil && q.RadiusKm != 0:
		return nil, radiusWithoutNear()
	}
	for _, c := range q.Where {
		if err := p.addFieldFilter(c); err != nil {
			return nil, err
		}
	}
	if err := p.addExclusions(q.Exclude); err != nil {
		return nil, err
	}
	if err := p.addSuitabilityFilters(q.Suitability); err != nil {
		return nil, err
	}
	if err := p.addTextFilter(q.Text); err != nil {
		return nil, err
	}
	p.addVisibilityFilter(q.Audience)
	if p.radius != nil && p.radius.hasLimit() && p.order != OrderDistance {
		p.addRadiusFilter()
	}
	if !slices.ContainsFunc(p.filters, func(f filter) bool { return d.fields[f.field] != nil }) {
		// Only listed cats are in the sets of values, but postings may contain others.
		p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{&d.live}, maxMatches: d.live.Len()})
	}
	slices.SortStableFunc(p.filters, func(a, b filter) int { return cmp.Compare(a.maxMatches, b.maxMatches) })
	return p, nil
}

// newSet returns an empty set with capacity for all slots.
func (p *plan) newSet() *bitset.Set { return p.buffers.newSet(p.data.blocks()) }

// addAgeFilter converts ages in months to birth days.
func (p *plan) addAgeFilter(q *Query) {
	if q.AgeMonthsMin == nil && q.AgeMonthsMax == nil {
		return
	}
	p.hasColumnFilters = true
	p.bornFrom = unknownBirthDay + 1
	if q.AgeMonthsMin != nil {
		p.bornTo = latestBirthDay(p.data.today, clampMonths(*q.AgeMonthsMin))
	}
	if q.AgeMonthsMax != nil {
		p.bornFrom = latestBirthDay(p.data.today, clampMonths(*q.AgeMonthsMax)+1) + 1
	}
	if q.AgeMonthsMin == nil || *q.AgeMonthsMin <= 0 {
		p.bornTo = math.MaxInt32
	}
}

func clampMonths(months int) int { return min(max(months, -1), 12*1000) }

func (p *plan) addFieldFilter(c Clause) error {
	sets, maxMatches, err := p.clauseSets(c)
	if err != nil {
		return err
	}
	p.filters = append(p.filters, filter{field: c.Field, anyOf: sets, maxMatches: maxMatches})
	return nil
}

// addExclusions adds one filter that excludes the cats of all clauses. It belongs to no
// field: facets do not count excluded cats.
func (p *plan) addExclusions(clauses []Clause) error {
	if len(clauses) == 0 {
		return nil
	}
	rest := p.newSet()
	rest.CopyFrom(&p.data.live)
	for _, c := range clauses {
		sets, _, err := p.clauseSets(c)
		if err != nil {
			return err
		}
		for _, s := range sets {
			rest.Subtract(s)
		}
	}
	p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{rest}, maxMatches: rest.Recount()})
	return nil
}

// clauseSets returns sets whose union is the cats with one of the values of a clause, and
// an upper bound for their number.
func (p *plan) clauseSets(c Clause) (sets []*bitset.Set, maxMatches int, err error) {
	switch c.Field {
	case FieldShelter:
		sets, maxMatches = p.shelterSets(c.AnyOf)
	case FieldTag:
		sets, maxMatches = p.tagSets(c.AnyOf)
	case FieldIDs:
		sets, maxMatches = p.idSets(c.AnyOf)
	default:
		values := p.data.fields[c.Field]
		if values == nil {
			return nil, 0, unknownField(c.Field)
		}
		sets = values.anyOf(values.def.withIncluded(c.AnyOf))
		for _, s := range sets {
			maxMatches += s.Len()
		}
	}
	return sets, maxMatches, nil
}

// idSets returns the listed cats with one of the ids or numbers.
func (p *plan) idSets(idsOrNumbers []string) (sets []*bitset.Set, maxMatches int) {
	s := p.newSet()
	for _, text := range idsOrNumbers {
		if slot, ok := p.data.findCat(text); ok && p.data.live.Has(slot) {
			s.Add(slot)
		}
	}
	return []*bitset.Set{s}, s.Len()
}

// shelterSets returns the cats of shelters, by id or code.
func (p *plan) shelterSets(idsOrCodes []string) (sets []*bitset.Set, maxMatches int) {
	s := p.newSet()
	for _, idOrCode := range idsOrCodes {
		if number, ok := p.data.shelters.find(idOrCode); ok {
			for _, slot := range p.data.shelters.all[number].cats {
				s.Add(slot)
			}
		}
	}
	return []*bitset.Set{s}, s.Len()
}

// tagSets returns the cats with one of the tags.
func (p *plan) tagSets(tags []string) (sets []*bitset.Set, maxMatches int) {
	s, buffer := p.newSet(), p.newSet()
	for _, tag := range tags {
		if list := p.data.tags[vocab.Fold(tag)]; list != nil {
			list.UnionInto(s, buffer)
			maxMatches += list.Len()
		}
	}
	return []*bitset.Set{s}, maxMatches
}

// addRadiusFilter adds the radius as a set of slots.
func (p *plan) addRadiusFilter() {
	s := p.newSet()
	for _, i := range p.data.places.latitudeBand(&p.radius.center, p.radius.minDot) {
		if p.radius.contains(&p.data.places.units[i]) {
			for _, slot := range p.data.places.all[i].slots {
				s.Add(slot)
			}
		}
	}
	p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{s}, maxMatches: s.Len()})
}

// matches reports whether a slot matches the query.
func (p *plan) matches(slot uint32) bool { return p.matchesSets(slot) && p.matchesColumns(slot) }

// matchesSets reports whether a slot passes all filters by set.
func (p *plan) matchesSets(slot uint32) bool {
	for i := range p.filters {
		if !p.filters[i].has(slot) {
			return false
		}
	}
	return true
}

// matchesColumns reports whether a slot passes the column filters and is within the
// radius.
func (p *plan) matchesColumns(slot uint32) bool {
	d := p.data
	if p.hasColumnFilters {
		if d.bornOn[slot] < p.bornFrom || d.bornOn[slot] > p.bornTo || d.listedAt[slot] < p.listedSince || d.listedAt[slot] >= p.listedBefore || d.updatedAt[slot] < p.updatedSince ||
			d.fees[slot] < p.feeFrom || d.fees[slot] > p.feeTo {
			return false
		}
		if len(p.name) > 0 && !bytes.Contains(d.name(slot), p.name) {
			return false
		}
		if len(p.phrases) > 0 && !p.matchesPhrases(slot) {
			return false
		}
	}
	return p.radius == nil || !p.radius.hasLimit() || p.radius.contains(&d.places.units[d.placeOf[slot]])
}

// maxMatches returns an upper bound for the number of matches.
func (p *plan) maxMatches() int { return p.filters[0].maxMatches }

// materialize converts the column filters and the radius to a set, so that set
// algebra can do the rest.
func (p *plan) materialize() {
	if p.radius != nil && p.radius.hasLimit() && p.order == OrderDistance {
		p.addRadiusFilter()
	}
	if !p.hasColumnFilters {
		return
	}
	s := p.intersect(func(f filter) bool { return f.field == "" })
	if p.bornFrom > math.MinInt32 || p.bornTo < math.MaxInt32 {
		bitset.FilterRange(s, p.data.bornOn, p.bornFrom, p.bornTo)
	}
	if p.feeFrom > math.MinInt32 || p.feeTo < math.MaxInt32 {
		bitset.FilterRange(s, p.data.fees, p.feeFrom, p.feeTo)
	}
	if p.listedSince > math.MinInt64 || p.listedBefore < math.MaxInt64 {
		bitset.FilterRange(s, p.data.listedAt, p.listedSince, p.listedBefore-1)
	}
	if p.updatedSince > math.MinInt64 {
		bitset.FilterRange(s, p.data.updatedAt, p.updatedSince, math.MaxInt64)
	}
	if len(p.phrases) > 0 || len(p.name) > 0 {
		for slot := range s.All() {
			if !bytes.Contains(p.data.name(slot), p.name) || len(p.phrases) > 0 && !p.matchesPhrases(slot) {
				s.Remove(slot)
			}
		}
	}
	p.hasColumnFilters = false
	p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{s}, maxMatches: s.Recount()})
}

// matchingSet returns all slots that pass the filters by set, without the clauses of
// one field. Unless the plan is materialized, this is a superset of the matches.
func (p *plan) matchingSet(except Field) *bitset.Set {
	return p.intersect(func(f filter) bool { return f.field == "" || except == "" || f.field != except && f.second != except })
}

// intersect returns the listed slots that pass the included filters.
func (p *plan) intersect(include func(f filter) bool) *bitset.Set {
	s := p.newSet()
	s.CopyFrom(&p.data.live)
	for _, f := range p.filters {
		if include(f) {
			s.IntersectUnion(f.anyOf)
		}
	}
	s.Recount()
	return s
}

// hasClause reports whether the query has a clause for a field.
func (p *plan) hasClause(field Field) bool {
	return slices.ContainsFunc(p.filters, func(f filter) bool { return f.field == field || f.second == field })
}
