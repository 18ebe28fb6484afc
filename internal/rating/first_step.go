package rating

// backpackFirst says whether the backpack is this cat's gateway.
func (r *Rubric) backpackFirst(scores []score, e *evidence) bool {
	d, p := &r.doc.Plan.BackpackFirst, &r.plan
	leash, pack := &scores[p.leashAt], &scores[p.packAt]
	both := leash.ready != rankUnassessed && pack.ready != rankUnassessed
	return both && pack.value >= leash.value+tenths(d.ScoreLead) ||
		e.estimate[p.sound] < tenths(d.Below) ||
		e.seen[p.harness] > 0 && e.seen10[p.harness] <= tenths(d.HarnessTo)
}

// firstStep is what to do first about an activity.
func (r *Rubric) firstStep(i int, ready rank, plan *Plan, settling bool) Advice {
	p := &r.plan
	switch ready {
	case rankHold, rankUnassessed, rankNow:
		return r.doc.Plan.FirstSteps[string(rankWords[ready])]
	case rankConfidence:
		return stepAdvice(p.settle.Code, p.settle.Do)
	case rankTraining:
		if settling {
			return stepAdvice(p.settle.Code, p.settle.Do)
		}
		if i == p.packAt || plan.BackpackFirst {
			return stepAdvice(p.backpack.Code, p.backpack.Do)
		}
		for j := range plan.Steps {
			if s := &plan.Steps[j]; !s.Done && s.Code != p.settle.Code && s.Code != p.backpack.Code {
				return stepAdvice(s.Code, s.Do)
			}
		}
	}
	return stepAdvice(p.settle.Code, p.settle.Do)
}

func stepAdvice(code, do string) Advice { return Advice{Code: "step_" + code, Text: do} }
