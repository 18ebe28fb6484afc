package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search/bitset"
)

// suitabilityScores is what the columns store of a cat's rating: values for the cat
// overall, then for each activity.
type suitabilityScores struct {
	suitabilityRank

	score [1 + numActivities]fixedPoint // at overallIndex the overall score
}

// suitabilityRank is what cats are sorted by in the orders by suitability.
type suitabilityRank struct {
	low         lowerBounds
	impressions impressionRanks
}

// lowerBounds are the lower bounds of the probable ranges of the scores. That at
// overallIndex is the highest of all.
type lowerBounds [1 + numActivities]fixedPoint

// impressionRanks has the ranks of a cat's impressions, two bits each.
type impressionRanks uint16

// rankedImpressions are the impressions in the order of lists: a listing that says nothing
// comes before one that speaks against an activity.
var rankedImpressions = [...]string{catalog.ImpressionConfident, catalog.ImpressionMixed, unknown, catalog.ImpressionShy}

func newImpressionRanks(i *catalog.Impression) impressionRanks {
	var r impressionRanks
	for index := range 1 + numActivities {
		r |= impressionRanks(slices.Index(rankedImpressions[:], cmp.Or(impressionAt(i, index), unknown))) << (2 * index)
	}
	return r
}

// at returns the index in rankedImpressions of the impression at an index in scores.
func (r impressionRanks) at(index int) uint64 { return uint64(r >> (2 * index) & 3) }

// numActivities is the number of activities with a score. Activity i of
// catalog.Activities has the index i+1 in scores.
const numActivities = 4

// overallIndex is the index of the cat overall in scores.
const overallIndex = 0

// fixedPoint is a number from 0 to 100 in tenths, plus one; 0 is no number.
type fixedPoint uint16

func newFixedPoint(x *float64) fixedPoint {
	if x == nil {
		return 0
	}
	return 1 + fixedPoint(math.Round(10**x))
}

// atLeast reports whether there is a number and it is at least x. The division
// returns the float nearest to the tenths, as parsing them from text does.
func (p fixedPoint) atLeast(x float64) bool { return p > 0 && float64(p-1)/10 >= x }

func scoresOf(c *catalog.Cat) suitabilityScores {
	var s suitabilityScores
	s.impressions = newImpressionRanks(&c.Reading.Impression)
	r := &c.Rating
	if len(r.Activities) == 0 {
		return s
	}
	s.score[overallIndex] = newFixedPoint(r.Overall)
	for i, activity := range catalog.Activities() {
		a := r.Activity(activity)
		s.low[1+i], s.score[1+i] = newFixedPoint(a.Low), newFixedPoint(a.Score)
	}
	s.low[overallIndex] = slices.Max(s.low[:])
	return s
}

// SuitabilityFilter is a condition on a cat's suitability: for one of the
// activities, all of its parts must hold. A cat without an assessment has the
// readiness not_yet_assessed and no score, not even 0.
type SuitabilityFilter struct {
	// Activities are the activities of which one must meet the condition. If empty,
	// the condition is on the cat overall: its best readiness, its best evidence, the
	// impression in general and its overall score.
	Activities []string
	Readiness  []string // one of these; nil is no condition
	Grades     []string // of the evidence, one of these; nil is no condition
	Impression []string // of the listing, one of these; nil is no condition
	ScoreMin   *float64
}

// suitabilityOrder returns the order by the lower bound at an index in scores.
func suitabilityOrder(index int) Order {
	if index == overallIndex {
		return OrderSuitability
	}
	return OrderSuitability + "." + Order(catalog.Activities()[index-1])
}

// activityOfOrder returns the index in scores that an order sorts by; ok is false if
// it is not an order by suitability.
func activityOfOrder(o Order) (index int, ok bool) {
	if o == OrderSuitability {
		return overallIndex, true
	}
	activity, ok := strings.CutPrefix(string(o), string(OrderSuitability)+".")
	if !ok {
		return 0, false
	}
	i := slices.Index(catalog.Activities(), activity)
	return 1 + i, i >= 0
}

// suitabilityKey returns the sort key of a cat by the lower bound at an index in scores,
// then by the impression of its listing: cats without a lower bound are last, and equal
// cats are sorted by number.
func suitabilityKey(r *suitabilityRank, index int, number int64) sortKey {
	return sortKey{a: uint64(math.MaxUint16 - r.low[index]), b: r.impressions.at(index), n: number}
}

// isUnscored reports whether the key is that of a cat without a lower bound.
func (k *sortKey) isUnscored() bool { return k.a == math.MaxUint16 }

// hashInto writes the filter to a hash. The order of values does not matter.
func (f *SuitabilityFilter) hashInto(text func(string)) {
	for _, list := range [][]string{f.Activities, f.Readiness, f.Grades, f.Impression} {
		text(fmt.Sprint(list == nil, len(list)))
		for _, value := range slices.Sorted(slices.Values(list)) {
			text(value)
		}
	}
	if f.ScoreMin != nil {
		text(strconv.FormatFloat(*f.ScoreMin, 'g', -1, 64))
	}
}

// indices returns the indices in scores of the filter's activities, or overallIndex
// if it names none.
func (f *SuitabilityFilter) indices() ([]int, error) {
	if len(f.Activities) == 0 {
		return []int{overallIndex}, nil
	}
	indices := make([]int, len(f.Activities))
	for n, activity := range f.Activities {
		i := slices.Index(catalog.Activities(), activity)
		if i < 0 {
			return nil, unknownActivity(activity)
		}
		indices[n] = 1 + i
	}
	return indices, nil
}

func unknownActivity(activity string) error {
	return badParameter("activity", errcode.UnknownValue, fmt.Sprintf("Unknown activity %q. Must be one of %s.", activity, strings.Join(catalog.Activities(), ", ")))
}

// readinessFieldAt returns the readiness field of an index in scores.
func readinessFieldAt(index int) Field {
	if index == overallIndex {
		return FieldReadiness
	}
	return ReadinessField(catalog.Activities()[index-1])
}

// gradeFieldAt returns the grade field of an index in scores.
func gradeFieldAt(index int) Field {
	if index == overallIndex {
		return FieldGrade
	}
	return GradeField(catalog.Activities()[index-1])
}

// impressionFieldAt returns the impression field of an index in scores.
func impressionFieldAt(index int) Field {
	if index == overallIndex {
		return FieldImpression
	}
	return ImpressionField(catalog.Activities()[index-1])
}

func (p *plan) addSuitabilityFilters(filters []SuitabilityFilter) error {
	for i := range filters {
		f := &filters[i]
		indices, err := f.indices()
		if err != nil {
			return err
		}
		readiness, impression := FieldReadiness, FieldImpression
		if len(filters) == 1 && len(indices) == 1 {
			readiness, impression = readinessFieldAt(indices[0]), impressionFieldAt(indices[0])
		}
		// Parts of the condition are filters of their own as well, so that readiness and
		// impressions can be counted without their own conditions.
		rest := SuitabilityFilter{Activities: f.Activities, Readiness: nil, Grades: f.Grades, Impression: nil, ScoreMin: f.ScoreMin}
		p.addSuitabilityFilter("", "", indices, &rest)
		if f.Readiness != nil {
			part := rest
			part.Readiness = f.Readiness
			p.addSuitabilityFilter(readiness, "", indices, &part)
		}
		if f.Impression != nil {
			part := rest
			part.Impression = f.Impression
			p.addSuitabilityFilter(impression, "", indices, &part)
		}
		if f.Readiness != nil && f.Impression != nil && len(indices) > 1 {
			p.addSuitabilityFilter(readiness, impression, indices, f)
		}
	}
	return nil
}

// addSuitabilityFilter requires that the condition holds at one of the indices. The filter
// belongs to up to two fields.
func (p *plan) addSuitabilityFilter(field, second Field, indices []int, s *SuitabilityFilter) {
	if s.Readiness == nil && s.Grades == nil && s.Impression == nil && s.ScoreMin == nil {
		return
	}
	f := filter{field: field, second: second}
	for _, index := range indices {
		f.anyOf = append(f.anyOf, p.suitabilityMatches(index, s)...)
	}
	for _, set := range f.anyOf {
		f.maxMatches += set.Len()
	}
	p.filters = append(p.filters, f)
}

// suitabilityMatches returns sets whose union is the cats for which the condition
// holds at an index.
func (p *plan) suitabilityMatches(index int, s *SuitabilityFilter) []*bitset.Set {
	var all [][]*bitset.Set
	if s.Readiness != nil {
		all = append(all, p.data.fields[readinessFieldAt(index)].anyOf(s.Readiness))
	}
	if s.Grades != nil {
		all = append(all, p.data.fields[gradeFieldAt(index)].anyOf(s.Grades))
	}
	if s.Impression != nil {
		all = append(all, p.data.fields[impressionFieldAt(index)].anyOf(s.Impression))
	}
	if s.ScoreMin != nil {
		all = append(all, []*bitset.Set{p.scoredAtLeast(index, *s.ScoreMin)})
	}
	if len(all) == 1 {
		return all[0]
	}
	out := p.newSet()
	out.CopyFrom(&p.data.live)
	for _, anyOf := range all {
		out.IntersectUnion(anyOf)
	}
	out.Recount()
	return []*bitset.Set{out}
}

// scoredAtLeast returns the cats with a minimum score. Only those in the stored order
// have a score.
func (p *plan) scoredAtLeast(index int, score float64) *bitset.Set {
	s := p.newSet()
	for _, slot := range p.data.orders[suitabilityOrder(index)] {
		if p.data.scores[slot].score[index].atLeast(score) {
			s.Add(slot)
		}
	}
	return s
}

// activityFilter is a condition of a Matcher on one activity, or on the cat overall.
type activityFilter struct {
	index    int // in scores
	allowed  valueMask
	scoreMin *float64
}

// addSuitabilityFilter adds a condition. One on a single activity without a score is
// a condition on fields alone.
func (m *Matcher) addSuitabilityFilter(f *SuitabilityFilter, residual *residualFilter) error {
	indices, err := f.indices()
	if err != nil {
		return err
	}
	if len(indices) == 1 && f.ScoreMin == nil {
		f.restrict(&m.allowed, indices[0])
		return nil
	}
	anyOf := make([]activityFilter, len(indices))
	for i, index := range indices {
		anyOf[i] = activityFilter{index: index, allowed: fullMask(), scoreMin: f.ScoreMin}
		f.restrict(&anyOf[i].allowed, index)
	}
	residual.suitability = append(residual.suitability, anyOf)
	return nil
}

// restrict removes the values from a mask that do not meet the condition at an index.
func (f *SuitabilityFilter) restrict(allowed *valueMask, index int) {
	if f.Readiness != nil {
		maskedFields().byField[readinessFieldAt(index)].restrict(allowed, f.Readiness)
	}
	if f.Grades != nil {
		maskedFields().byField[gradeFieldAt(index)].restrict(allowed, f.Grades)
	}
	if f.Impression != nil {
		maskedFields().byField[impressionFieldAt(index)].restrict(allowed, f.Impression)
	}
}

func (f *activityFilter) matches(d *MatchDocument) bool {
	return d.mask.subsetOf(&f.allowed) && (f.scoreMin == nil || d.scores.score[f.index].atLeast(*f.scoreMin))
}
