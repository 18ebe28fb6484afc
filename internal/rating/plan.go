package rating

import (
	"errors"
	"fmt"
	"math"
)

// Plan is the training plan up to the first activity outside.
type Plan struct {
	Steps          []Step
	BackpackFirst  bool
	Modifiers      []Advice
	SettlingAdvice string // for a cat that has not moved to its home yet
	Rules          []string
}

// Step is one step of the plan. Days is a rough estimate; MoveOnWhen is the
// criterion for the next step.
type Step struct {
	Code, Title, Do, MoveOnWhen string
	Days                        *Span // nil if the step is done or the activity not assessed
	Done                        bool
	AllowedNow                  bool // false while a gate forbids the step
}

// Span is a range of days.
type Span struct{ Low, High int }

// planTable is the compiled plan: its steps by purpose, and indexes.
type planTable struct {
	settle, backpack            *stepRow
	leash                       []*stepRow
	leashActivity, packActivity int
	doneTrait                   int // its mean decides which leash steps are done
	soundTrait, harnessTrait    int
	settlingAdvice              string
}

func (r *Rubric) compilePlan() error {
	d := &r.doc.Plan
	order := map[string]int{}
	for i := range r.activities {
		order[r.activities[i].code] = i
	}
	p := planTable{leashActivity: indexOr(order, d.LeashActivity), packActivity: indexOr(order, d.BackpackActivity)}
	if p.leashActivity == none || p.packActivity == none {
		return fmt.Errorf("plan: unknown activity %q or %q", d.LeashActivity, d.BackpackActivity)
	}
	traits, err := r.traitIndexes([]string{d.DoneTrait, d.BackpackFirst.Trait, d.BackpackFirst.HarnessTrait})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	p.doneTrait, p.soundTrait, p.harnessTrait = traits[0], traits[1], traits[2]
	for i := range d.Steps {
		switch step := &d.Steps[i]; step.Code {
		case "0":
			p.settle = step
		case "B":
			p.backpack = step
		default:
			p.leash = append(p.leash, step)
		}
	}
	if p.settle == nil || p.backpack == nil || len(p.leash) == 0 {
		return errors.New("plan: want step 0, step B and leash steps")
	}
	if i, ok := r.gateIndex["SETTLE"]; ok {
		p.settlingAdvice = r.doc.Gates[i].UnknownAdvice
	}
	r.plan = p
	return nil
}

// makePlan returns the plan: step 0 if the cat has to settle or gain confidence,
// then the leash steps, with the backpack step before or after them.
func (r *Rubric) makePlan(scores []score, weeks []Weeks, e *evidence, cat Cat, gates *openGates) Plan {
	d, p := &r.doc.Plan, &r.plan
	out := Plan{Rules: d.Rules, BackpackFirst: r.backpackFirst(scores, e), Steps: make([]Step, 0, len(d.Steps))}
	if cat.HomeSince == 0 {
		out.SettlingAdvice = p.settlingAdvice
	}
	leash, pack := &gates.state[p.leashActivity], &gates.state[p.packActivity]
	settling := r.settlingDays(cat, e.asOf)
	confidence := false
	for i := range scores {
		confidence = confidence || scores[i].ready == rankConfidence
	}
	if settling > 0 || confidence {
		out.Steps = append(out.Steps, newStep(p.settle, r.settleSpan(settling, confidence), !leash.stopsIndoor))
	}
	backpack := newStep(p.backpack, nil, !pack.stopsIndoor)
	if scores[p.packActivity].ready != rankUnassessed {
		w := r.ownWeeks(&scores[p.packActivity], weeks[p.packActivity])
		backpack.Days = &Span{int(math.Floor(daysPerWeek * w.Low)), int(math.Ceil(daysPerWeek * w.High))}
	}
	if out.BackpackFirst {
		out.Steps = append(out.Steps, backpack)
	}
	out.Steps = r.appendLeashSteps(out.Steps, &scores[p.leashActivity], weeks[p.leashActivity], e, leash)
	if !out.BackpackFirst {
		out.Steps = append(out.Steps, backpack)
	}
	for i := range d.Modifiers {
		if m := &d.Modifiers[i]; r.applies(m, cat, e, gates) {
			out.Modifiers = append(out.Modifiers, Advice{m.Code, m.Text})
		}
	}
	return out
}

func newStep(row *stepRow, days *Span, allowed bool) Step {
	return Step{Code: row.Code, Title: row.Title, Do: row.Do, MoveOnWhen: row.MoveOnWhen, Days: days, AllowedNow: allowed}
}

// ownWeeks returns an activity's weeks without those added for confidence, which
// belong to step 0.
func (r *Rubric) ownWeeks(s *score, w Weeks) Weeks {
	if s.ready != rankConfidence {
		return w
	}
	added, high := r.doc.Training.ConfidenceAdds, r.doc.Training.High
	return Weeks{max(w.Low-added[0], 0), max(w.High-added[1], high[0])}
}

// appendLeashSteps appends the leash steps and divides the leash weeks among those
// that are not done.
func (r *Rubric) appendLeashSteps(out []Step, s *score, w Weeks, e *evidence, state *gateState) []Step {
	p := &r.plan
	w = r.ownWeeks(s, w)
	remaining := 0.0
	for _, row := range p.leash {
		if !r.isStepDone(row, e) {
			remaining += row.Share
		}
	}
	for _, row := range p.leash {
		step := newStep(row, nil, !state.hold || row.Indoors && !state.stopsIndoor)
		step.Done = r.isStepDone(row, e)
		if !step.Done && s.ready != rankUnassessed {
			share := row.Share / remaining
			low := math.Floor(float64(float64(daysPerWeek*w.Low)*share) + roundingEpsilon)
			high := math.Ceil(float64(float64(daysPerWeek*w.High)*share) - roundingEpsilon)
			days := Span{Low: max(row.MinDays, int(low))}
			days.High = max(days.Low, int(high))
			step.Days = &days
		}
		out = append(out, step)
	}
	return out
}

func (r *Rubric) isStepDone(row *stepRow, e *evidence) bool {
	t := r.plan.doneTrait
	return row.DoneAt > 0 && r.isObserved(e, t) && e.peopleMean[t] >= tenths(row.DoneAt)
}

// settlingDays returns the days until a cat has been in its home long enough to go
// out. It is 0 for a cat that has settled or has not moved yet.
func (r *Rubric) settlingDays(cat Cat, asOf Day) int {
	if cat.HomeSince == 0 {
		return 0
	}
	return max(0, r.doc.Plan.SettleDays-int(asOf-cat.HomeSince))
}

// settleSpan returns the days of step 0, at least those until the cat has settled.
func (r *Rubric) settleSpan(settling int, confidence bool) *Span {
	if !confidence {
		return &Span{settling, settling}
	}
	added := r.doc.Training.ConfidenceAdds
	low := max(settling, int(daysPerWeek*added[0]))
	return &Span{low, max(low, int(daysPerWeek*added[1]))}
}

// backpackFirst reports whether the plan starts with the backpack: it suits the
// cat clearly better than the leash, or the cat is sensitive to sounds or to the
// harness.
func (r *Rubric) backpackFirst(scores []score, e *evidence) bool {
	d, p := &r.doc.Plan.BackpackFirst, &r.plan
	leash, pack := &scores[p.leashActivity], &scores[p.packActivity]
	both := leash.ready != rankUnassessed && pack.ready != rankUnassessed
	return both && pack.value >= leash.value+tenths(d.ScoreLead) ||
		e.estimate[p.soundTrait] < tenths(d.Below) ||
		e.peopleWeight[p.harnessTrait] > 0 && e.peopleMean[p.harnessTrait] <= tenths(d.HarnessTo)
}

// firstStep returns the first step towards an activity.
func (r *Rubric) firstStep(activity int, ready readinessRank, plan *Plan, settling bool) Advice {
	p := &r.plan
	switch ready {
	case rankHold, rankUnassessed, rankNow:
		return r.doc.Plan.FirstSteps[string(readinessByRank[ready])]
	case rankConfidence:
		return stepAdvice(p.settle.Code, p.settle.Do)
	case rankTraining:
		if settling {
			return stepAdvice(p.settle.Code, p.settle.Do)
		}
		if activity == p.packActivity || plan.BackpackFirst {
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
