package rating

import (
	"cmp"
	"slices"
)

// Weights are integers: four factors in hundredths make a base weight, and
// the repeat share in sixteenths makes a weight. Sums are therefore exact and
// the same in any order.
const (
	factorUnit = 100
	baseUnit   = factorUnit * factorUnit * factorUnit * factorUnit
	repeatUnit = 16
	weightUnit = baseUnit * repeatUnit
)

// weightedObservation is an observation that counts.
type weightedObservation struct {
	obs                            *Observation
	trait, assessor, context       int
	role, place, settling, recency int64 // hundredths
	base, share, weight            int64
	points                         int
	early                          bool // made before the cat had settled
	hint                           bool // nobody saw it: the listing says so
}

// weightObservations returns the marks that count, in the order in which they are summed,
// and those that do not.
func (r *Rubric) weightObservations(cat Cat, observations []Observation, asOf Day) ([]weightedObservation, []IgnoredObservation) {
	marks := make([]weightedObservation, 0, len(observations))
	var ignored []IgnoredObservation
	for i := range observations {
		o := &observations[i]
		if f := r.refuse(o, asOf); f != "" {
			ignored = append(ignored, IgnoredObservation{o.ID, f})
			continue
		}
		marks = append(marks, r.mark(cat, o, asOf))
	}
	slices.SortFunc(ignored, func(a, b IgnoredObservation) int {
		return cmp.Or(cmp.Compare(a.ObservationID, b.ObservationID), cmp.Compare(a.Code, b.Code))
	})
	slices.SortFunc(marks, byTraitAssessorWeight)
	r.discountRepeats(marks)
	return marks, ignored
}

func (r *Rubric) mark(cat Cat, o *Observation, asOf Day) weightedObservation {
	t, c := r.traitIndex[o.Trait], r.contexts[o.Context]
	m := weightedObservation{
		obs: o, trait: t, context: c,
		role: r.roleWeight[r.roles[o.Role]], place: r.ctxWeight[c], settling: factorUnit,
		recency: r.recency(cat, o.ObservedOn, asOf), points: r.points[o.Level-1],
		hint: r.doc.Roles[r.roles[o.Role]].Hint,
	}
	if !r.traits[t].ignoresSettling && !r.doc.Contexts[c].IgnoresSettling {
		m.settling = r.settling(o.DaysInPlace)
		m.early = o.DaysInPlace != nil && *o.DaysInPlace < r.doc.Settling.SettledFrom
	}
	m.base = m.role * m.place * m.settling * m.recency
	return m
}

func (r *Rubric) settling(days *int) int64 {
	table := &r.doc.Settling
	if days == nil {
		return round100(table.Unknown)
	}
	for _, step := range table.Steps {
		if *days < step.BelowDays {
			return round100(step.Factor)
		}
	}
	return round100(table.After)
}

func (r *Rubric) recency(cat Cat, on, asOf Day) int64 {
	table := &r.doc.Recency
	if cat.Born != 0 && int(on-cat.Born) < r.doc.KittenWeeks*daysPerWeek {
		table = &r.doc.KittenRecency
	}
	for _, step := range table.Steps {
		if int(asOf-on) <= step.ToDays {
			return round100(step.Factor)
		}
	}
	return round100(table.After)
}

func round100(f float64) int64 { return int64(float64(f*factorUnit) + 0.5) }

// hintOrder sorts hints behind what was seen: no hint takes from a mark's share.
func (m *weightedObservation) hintOrder() int {
	if m.hint {
		return 1
	}
	return 0
}

// byTraitAssessorWeight puts an assessor's strongest mark on a trait first.
// Ordering by date instead would let a new weak mark push down a strong one.
// The last keys only make the order total, whatever the ids.
func byTraitAssessorWeight(a, b weightedObservation) int {
	if c := cmp.Or(
		cmp.Compare(a.trait, b.trait),
		cmp.Compare(a.obs.AssessorID, b.obs.AssessorID),
		cmp.Compare(a.hintOrder(), b.hintOrder()),
		cmp.Compare(b.base, a.base),
		cmp.Compare(b.obs.ObservedOn, a.obs.ObservedOn),
		cmp.Compare(a.obs.ID, b.obs.ID),
	); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(b.points, a.points),
		cmp.Compare(a.obs.Role, b.obs.Role),
		cmp.Compare(a.obs.Context, b.obs.Context),
		cmp.Compare(days(a.obs), days(b.obs)),
	)
}

func days(o *Observation) int {
	if o.DaysInPlace == nil {
		return -1
	}
	return *o.DaysInPlace
}

// discountRepeats halves each further mark of one assessor on one trait, so that
// no one counts more than twice, and numbers the assessors.
func (r *Rubric) discountRepeats(marks []weightedObservation) {
	ids := make([]string, 0, 8)
	for i := range marks {
		if id := marks[i].obs.AssessorID; len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	nth := 0
	for i := range marks {
		m := &marks[i]
		if i > 0 && marks[i-1].trait == m.trait && marks[i-1].obs.AssessorID == m.obs.AssessorID && marks[i-1].hint == m.hint {
			nth++
		} else {
			nth = 0
		}
		if nth < len(r.repeat) {
			m.share = r.repeat[nth]
		}
		m.weight = m.base * m.share
		m.assessor, _ = slices.BinarySearch(ids, m.obs.AssessorID)
	}
}
