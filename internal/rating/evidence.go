package rating

// roundingEpsilon lifts values that are a decimal half but for the last bits of a
// float, so that rounding is the one of pencil and paper.
const roundingEpsilon = 1e-9

// evidence is what the marks say of each trait, before any activity is asked.
type evidence struct {
	asOf      Day
	marks     []weightedObservation
	assessors int
	hinted    bool // some marks are hints
	count     [maxTraits]int
	strong    [maxTraits]int     // marks of people heavy enough to trip a floor
	seen      [maxTraits]int64   // weight of people's marks
	seen10    [maxTraits]int     // their mean, in tenths
	weight    [maxTraits]int64   // of all marks, as are the following
	mean      [maxTraits]float64 // y; meaningless where weight is 0
	mean10    [maxTraits]int
	learnt    [maxTraits]float64 // a: 0 unseen, towards 1/own with much weight
	estimate  [maxTraits]int     // mu in tenths
	disagree  [maxTraits]int     // levels between two assessors at about the same time
	precision float64            // P
}

func (r *Rubric) gather(e *evidence, marks []weightedObservation) {
	e.marks = marks
	var sums, seenSums [maxTraits]int64
	for i := range marks {
		m := &marks[i]
		e.count[m.trait]++
		e.weight[m.trait] += m.weight
		sums[m.trait] += m.weight * int64(m.points)
		e.assessors = max(e.assessors, m.assessor+1)
		if m.hint {
			e.hinted = true
			continue
		}
		e.seen[m.trait] += m.weight
		seenSums[m.trait] += m.weight * int64(m.points)
		if m.base >= r.limits.floorMark {
			e.strong[m.trait]++
		}
	}
	middle := r.doc.Model.Middle
	e.precision = 1 / r.doc.Model.SharedVariance
	lean := 0.0
	for t := range r.traits {
		if e.weight[t] == 0 {
			continue
		}
		w := float64(e.weight[t]) / weightUnit
		e.mean[t] = float64(sums[t]) / float64(e.weight[t])
		e.mean10[t] = tenths(e.mean[t])
		if e.seen[t] > 0 {
			e.seen10[t] = tenths(float64(seenSums[t]) / float64(e.seen[t]))
		}
		e.learnt[t] = w / (float64(r.own*w) + 1)
		e.precision += e.learnt[t]
		lean += float64(e.learnt[t] * (e.mean[t] - middle))
	}
	lean /= e.precision
	for t := range r.traits {
		known := float64(r.own * e.learnt[t])
		mu := middle + float64((1-known)*lean)
		if e.weight[t] > 0 {
			mu += float64(known * (e.mean[t] - middle))
		}
		e.estimate[t] = tenths(mu)
	}
	r.findDisagreement(e)
}

// findDisagreement notes, for each trait, how many levels apart two assessors
// were within about a month.
func (r *Rubric) findDisagreement(e *evidence) {
	for i := range e.marks {
		a := &e.marks[i]
		if a.hint || a.base < r.limits.conflictBase {
			continue
		}
		for j := i + 1; j < len(e.marks) && e.marks[j].trait == a.trait; j++ {
			b := &e.marks[j]
			apart := a.obs.ObservedOn - b.obs.ObservedOn
			if b.hint || b.base < r.limits.conflictBase || a.assessor == b.assessor || max(apart, -apart) > Day(r.doc.Conflict.WithinDays) {
				continue
			}
			levels := a.obs.Level - b.obs.Level
			e.disagree[a.trait] = max(e.disagree[a.trait], levels, -levels)
		}
	}
}

// seen says whether people's marks on a trait have enough weight to be relied on.
func (r *Rubric) seen(e *evidence, t int) bool { return e.seen[t] >= r.limits.seen }

// evidenceCoverage is what people's marks with a bearing on one activity amount to.
type evidenceCoverage struct {
	assessors float64
	contexts  int
	newest    Day
	any       bool
	hinted    bool // there are hints with a bearing on it
	early     bool // most of the weight is from before the cat had settled
}

func (r *Rubric) reach(e *evidence, a *activity) evidenceCoverage {
	var out evidenceCoverage
	var few [16]int64
	each := few[:]
	if e.assessors > len(few) {
		each = make([]int64, e.assessors)
	}
	var contexts uint64
	var total, early int64
	for i := range e.marks {
		m := &e.marks[i]
		if a.percent[m.trait] == 0 {
			continue
		}
		if m.hint {
			out.hinted = true
			continue
		}
		out.any = true
		each[m.assessor] += m.weight
		contexts |= 1 << m.context
		out.newest = max(out.newest, m.obs.ObservedOn)
		total += m.weight
		if m.early {
			early += m.weight
		}
	}
	var capped int64
	for _, w := range each[:e.assessors] {
		capped += min(weightUnit, w)
	}
	out.assessors = max(1, float64(capped)/weightUnit)
	for ; contexts != 0; contexts &= contexts - 1 {
		out.contexts++
	}
	out.early = float64(early) > float64(r.doc.Evidence.EarlyAbove*float64(total))
	return out
}
