package rating

import (
	"cmp"
	"slices"
)

// Weights are integers, so that sums are exact and independent of their order.
// The product of four factors in hundredths is a base weight; the repeat share in
// sixteenths makes it a weight.
const (
	factorUnit = 100
	baseUnit   = factorUnit * factorUnit * factorUnit * factorUnit
	repeatUnit = 16
	weightUnit = baseUnit * repeatUnit
)

// weightedObservation is an observation that counts, with its weight.
type weightedObservation struct {
	*Observation
	trait, assessor, context                   int   // indexes
	roleFactor, contextFactor, settle, recency int64 // hundredths
	base, share, weight                        int64
	points                                     int
	early                                      bool // made before the cat had settled
	hint                                       bool // read from the listing or the shelter's record
}

// weightObservations returns the observations that count, in the order in which
// they are summed, and those that are ignored.
func (r *Rubric) weightObservations(cat Cat, observations []Observation, asOf Day) ([]weightedObservation, []IgnoredObservation) {
	weighted := make([]weightedObservation, 0, len(observations))
	var ignored []IgnoredObservation
	for i := range observations {
		o := &observations[i]
		if code := r.rejectionCode(o, asOf); code != "" {
			ignored = append(ignored, IgnoredObservation{o.ID, code})
			continue
		}
		weighted = append(weighted, r.weightObservation(cat, o, asOf))
	}
	slices.SortFunc(ignored, func(a, b IgnoredObservation) int {
		return cmp.Or(cmp.Compare(a.ObservationID, b.ObservationID), cmp.Compare(a.Code, b.Code))
	})
	slices.SortFunc(weighted, compareObservations)
	r.discountRepeats(weighted)
	return weighted, ignored
}

// weightObservation returns an observation with its base weight.
func (r *Rubric) weightObservation(cat Cat, o *Observation, asOf Day) weightedObservation {
	t, c := r.traitIndex[o.Trait], r.contexts[o.Context]
	role := &r.doc.Roles[r.roles[o.Role]]
	w := weightedObservation{
		Observation: o, trait: t, context: c,
		roleFactor: r.roleWeight[r.roles[o.Role]], contextFactor: r.contextWeight[c], settle: factorUnit,
		recency: r.recencyFactor(cat, o.ObservedOn, asOf), points: r.points[o.Level-1],
		hint: role.Hint || role.Record,
	}
	if !r.traits[t].ignoresSettling && !r.doc.Contexts[c].IgnoresSettling {
		w.settle = r.settleFactor(o.DaysInPlace)
		w.early = o.DaysInPlace != nil && *o.DaysInPlace < r.doc.Settling.SettledFrom
	}
	w.base = w.roleFactor * w.contextFactor * w.settle * w.recency
	return w
}

func (r *Rubric) settleFactor(daysInPlace *int) int64 {
	table := &r.doc.Settling
	if daysInPlace == nil {
		return toHundredths(table.Unknown)
	}
	for _, step := range table.Steps {
		if *daysInPlace < step.BelowDays {
			return toHundredths(step.Factor)
		}
	}
	return toHundredths(table.After)
}

// recencyFactor discounts old observations, faster if the cat was a kitten on
// that day.
func (r *Rubric) recencyFactor(cat Cat, on, asOf Day) int64 {
	table := &r.doc.Recency
	if cat.youngerThan(r.doc.KittenWeeks, on) {
		table = &r.doc.KittenRecency
	}
	for _, step := range table.Steps {
		if int(asOf-on) <= step.ToDays {
			return toHundredths(step.Factor)
		}
	}
	return toHundredths(table.After)
}

func toHundredths(f float64) int64 { return int64(float64(f*factorUnit) + 0.5) }

// hintOrder is a sort key that places hints after people's observations, so that
// a hint never reduces the share of an observation.
func (o *weightedObservation) hintOrder() int {
	if o.hint {
		return 1
	}
	return 0
}

// compareObservations orders by trait, assessor and descending base weight, so
// that an assessor's strongest observation of a trait has the full share. With an
// order by date, a new weak observation could discount a strong one. The last
// keys make the order total whatever the ids.
func compareObservations(a, b weightedObservation) int {
	if c := cmp.Or(
		cmp.Compare(a.trait, b.trait),
		cmp.Compare(a.AssessorID, b.AssessorID),
		cmp.Compare(a.hintOrder(), b.hintOrder()),
		cmp.Compare(b.base, a.base),
		cmp.Compare(b.ObservedOn, a.ObservedOn),
		cmp.Compare(a.ID, b.ID),
	); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(b.points, a.points),
		cmp.Compare(a.Role, b.Role),
		cmp.Compare(a.Context, b.Context),
		cmp.Compare(daysInPlace(a.Observation), daysInPlace(b.Observation)),
	)
}

// daysInPlace returns the days in place, or -1 if they are unknown.
func daysInPlace(o *Observation) int {
	if o.DaysInPlace == nil {
		return -1
	}
	return *o.DaysInPlace
}

// discountRepeats sets the share and weight of sorted observations and numbers
// the assessors. Each repeat by one assessor on one trait has half the share of
// the one before, so that an assessor's total is below twice their best weight.
func (r *Rubric) discountRepeats(observations []weightedObservation) {
	ids := make([]string, 0, 8)
	for i := range observations {
		if id := observations[i].AssessorID; len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	repeat := 0
	for i := range observations {
		o := &observations[i]
		if i > 0 && observations[i-1].trait == o.trait && observations[i-1].AssessorID == o.AssessorID && observations[i-1].hint == o.hint {
			repeat++
		} else {
			repeat = 0
		}
		if repeat < len(r.repeat) {
			o.share = r.repeat[repeat]
		}
		o.weight = o.base * o.share
		o.assessor, _ = slices.BinarySearch(ids, o.AssessorID)
	}
}

// evidence is the evidence on each trait, independent of any activity. Letters in
// comments are the symbols of the rubric's model.
type evidence struct {
	asOf         Day
	observations []weightedObservation
	assessors    int
	hinted       bool               // there are hints
	count        [maxTraits]int     // observations, with hints
	strong       [maxTraits]int     // people's observations heavy enough for a floor
	peopleWeight [maxTraits]int64   // weight of people's observations
	peopleMean   [maxTraits]int     // mean of people's observations, tenths
	weight       [maxTraits]int64   // of all observations, as are the following
	mean         [maxTraits]float64 // y; not set where weight is 0
	meanTenths   [maxTraits]int     // y in tenths
	information  [maxTraits]float64 // a: 0 without observations, towards 1/own with much weight
	estimate     [maxTraits]int     // mu in tenths
	disagreement [maxTraits]int     // levels between two assessors at about the same time
	precision    float64            // P
}

// gatherEvidence fills e from weighted observations.
func (r *Rubric) gatherEvidence(e *evidence, observations []weightedObservation) {
	e.observations = observations
	var sums, peopleSums [maxTraits]int64
	for i := range observations {
		o := &observations[i]
		e.count[o.trait]++
		e.weight[o.trait] += o.weight
		sums[o.trait] += o.weight * int64(o.points)
		e.assessors = max(e.assessors, o.assessor+1)
		if o.hint {
			e.hinted = true
			continue
		}
		e.peopleWeight[o.trait] += o.weight
		peopleSums[o.trait] += o.weight * int64(o.points)
		if o.base >= r.limits.floorObservation {
			e.strong[o.trait]++
		}
	}
	middle := r.doc.Model.Middle
	e.precision = 1 / r.doc.Model.SharedVariance
	general := 0.0 // the deviation that all traits share
	for t := range r.traits {
		if e.weight[t] == 0 {
			continue
		}
		w := float64(e.weight[t]) / weightUnit
		e.mean[t] = float64(sums[t]) / float64(e.weight[t])
		e.meanTenths[t] = tenths(e.mean[t])
		if e.peopleWeight[t] > 0 {
			e.peopleMean[t] = tenths(float64(peopleSums[t]) / float64(e.peopleWeight[t]))
		}
		e.information[t] = w / (float64(r.own*w) + 1)
		e.precision += e.information[t]
		general += float64(e.information[t] * (e.mean[t] - middle))
	}
	general /= e.precision
	for t := range r.traits {
		known := float64(r.own * e.information[t])
		mu := middle + float64((1-known)*general)
		if e.weight[t] > 0 {
			mu += float64(known * (e.mean[t] - middle))
		}
		e.estimate[t] = tenths(mu)
	}
	r.findDisagreement(e)
}

// findDisagreement sets, for each trait, the largest difference in levels between
// two assessors within the rubric's number of days. Hints are left out.
func (r *Rubric) findDisagreement(e *evidence) {
	for i := range e.observations {
		a := &e.observations[i]
		if a.hint || a.base < r.limits.conflictBase {
			continue
		}
		for j := i + 1; j < len(e.observations) && e.observations[j].trait == a.trait; j++ {
			b := &e.observations[j]
			distance := a.ObservedOn - b.ObservedOn
			if b.hint || b.base < r.limits.conflictBase || a.assessor == b.assessor || max(distance, -distance) > Day(r.doc.Conflict.WithinDays) {
				continue
			}
			levels := a.Level - b.Level
			e.disagreement[a.trait] = max(e.disagreement[a.trait], levels, -levels)
		}
	}
}

// isObserved reports whether people's observations of a trait have enough weight
// to be relied on.
func (r *Rubric) isObserved(e *evidence, t int) bool { return e.peopleWeight[t] >= r.limits.observed }

// withoutHints returns the evidence of people alone, or nil if there are no hints
// or nothing but hints.
func (r *Rubric) withoutHints(e *evidence) *evidence {
	if !e.hinted || !slices.ContainsFunc(e.observations, func(o weightedObservation) bool { return !o.hint }) {
		return nil
	}
	people := &evidence{asOf: e.asOf}
	r.gatherEvidence(people, slices.DeleteFunc(slices.Clone(e.observations), func(o weightedObservation) bool { return o.hint }))
	return people
}

// evidenceCoverage summarizes people's observations of one activity's traits.
type evidenceCoverage struct {
	assessors float64 // effective number, at least 1
	contexts  int
	newest    Day
	any       bool
	hinted    bool // there are hints on its traits
	early     bool // most of the weight is from before the cat had settled
}

func (r *Rubric) coverEvidence(e *evidence, a *activity) evidenceCoverage {
	var out evidenceCoverage
	var few [16]int64
	byAssessor := few[:]
	if e.assessors > len(few) {
		byAssessor = make([]int64, e.assessors)
	}
	var contexts uint64
	var total, early int64
	for i := range e.observations {
		o := &e.observations[i]
		if a.percent[o.trait] == 0 {
			continue
		}
		if o.hint {
			out.hinted = true
			continue
		}
		out.any = true
		byAssessor[o.assessor] += o.weight
		contexts |= 1 << o.context
		out.newest = max(out.newest, o.ObservedOn)
		total += o.weight
		if o.early {
			early += o.weight
		}
	}
	var capped int64
	for _, w := range byAssessor[:e.assessors] {
		capped += min(weightUnit, w)
	}
	out.assessors = max(1, float64(capped)/weightUnit)
	for ; contexts != 0; contexts &= contexts - 1 {
		out.contexts++
	}
	out.early = float64(early) > float64(r.doc.Evidence.EarlyAbove*float64(total))
	return out
}
