package rating

import (
	"errors"
	"fmt"
	"math"
)

// Plan is the way to first outings, step by step.
type Plan struct {
	Steps          []Step
	BackpackFirst  bool
	Modifiers      []Advice
	SettlingAdvice string // for a cat whose new home is still to come
	Rules          []string
}

// Step is one step of the plan. Its days are a guess; the criterion decides.
type Step struct {
	Code, Title, Do, MoveOnWhen string
	Days                        *Span // nil when done or not assessed
	Done                        bool
	AllowedNow                  bool // false while a gate forbids it
}

// Span is a number of days from Low to High.
type Span struct{ Low, High int }

// planTable is the plan's rows by the part they play.
type planTable struct {
	settle, backpack *stepRow
	leash            []*stepRow
	leashAt, packAt  int // activities
	done, sound      int // traits
	harness          int
	advice           string
}

func (r *Rubric) compilePlan() error {
	d := &r.doc.Plan
	order := map[string]int{}
	for i := range r.activities {
		order[r.activities[i].code] = i
	}
	p := planTable{leashAt: indexOr(order, d.LeashActivity), packAt: indexOr(order, d.BackpackActivity)}
	if p.leashAt == none || p.packAt == none {
		return fmt.Errorf("plan: unknown activity %q or %q", d.LeashActivity, d.BackpackActivity)
	}
	traits, err := r.indexes([]string{d.DoneTrait, d.BackpackFirst.Trait, d.BackpackFirst.HarnessTrait})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	p.done, p.sound, p.harness = traits[0], traits[1], traits[2]
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
		return errors.New("plan: needs step 0, step B and leash steps")
	}
	if i, ok := r.gateIndex["SETTLE"]; ok {
		p.advice = r.doc.Gates[i].UnknownAdvice
	}
	r.plan = p
	return nil
}

// planFor lays out the steps: step 0 if the cat has to settle or gain
// confidence, then the leash steps with the backpack track after or before them.
func (r *Rubric) planFor(scores []score, weeks []Weeks, e *evidence, cat Cat, gates *openGates) Plan {
	d, p := &r.doc.Plan, &r.plan
	out := Plan{Rules: d.Rules, BackpackFirst: r.backpackFirst(scores, e), Steps: make([]Step, 0, len(d.Steps))}
	if cat.HomeSince == 0 {
		out.SettlingAdvice = p.advice
	}
	leash, pack := &gates.state[p.leashAt], &gates.state[p.packAt]
	settling := r.settlingDays(cat, e.asOf)
	confidence := false
	for i := range scores {
		confidence = confidence || scores[i].ready == rankConfidence
	}
	if settling > 0 || confidence {
		out.Steps = append(out.Steps, newStep(p.settle, r.settleSpan(settling, confidence), !leash.stopsIndoor))
	}
	track := newStep(p.backpack, nil, !pack.stopsIndoor)
	if scores[p.packAt].ready != rankUnassessed {
		w := r.ownWeeks(&scores[p.packAt], weeks[p.packAt])
		track.Days = &Span{int(math.Floor(daysPerWeek * w.Low)), int(math.Ceil(daysPerWeek * w.High))}
	}
	if out.BackpackFirst {
		out.Steps = append(out.Steps, track)
	}
	out.Steps = r.leashSteps(out.Steps, &scores[p.leashAt], weeks[p.leashAt], e, leash)
	if !out.BackpackFirst {
		out.Steps = append(out.Steps, track)
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

// ownWeeks are an activity's weeks without those that confidence adds, which
// belong to step 0.
func (r *Rubric) ownWeeks(s *score, w Weeks) Weeks {
	if s.ready != rankConfidence {
		return w
	}
	more, high := r.doc.Training.ConfidenceAdds, r.doc.Training.High
	return Weeks{max(w.Low-more[0], 0), max(w.High-more[1], high[0])}
}

// leashSteps shares the leash weeks out over the steps that are not yet done.
func (r *Rubric) leashSteps(out []Step, s *score, w Weeks, e *evidence, state *gateState) []Step {
	p := &r.plan
	w = r.ownWeeks(s, w)
	left := 0.0
	for _, row := range p.leash {
		if !r.stepDone(row, e) {
			left += row.Share
		}
	}
	for _, row := range p.leash {
		step := newStep(row, nil, !state.hold || row.Indoors && !state.stopsIndoor)
		step.Done = r.stepDone(row, e)
		if !step.Done && s.ready != rankUnassessed {
			share := row.Share / left
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

func (r *Rubric) stepDone(row *stepRow, e *evidence) bool {
	t := r.plan.done
	return row.DoneAt > 0 && r.seen(e, t) && e.seen10[t] >= tenths(row.DoneAt)
}

// settlingDays are the days until a cat has been in its home long enough to
// go out; 0 if it has, or has no home yet.
func (r *Rubric) settlingDays(cat Cat, asOf Day) int {
	if cat.HomeSince == 0 {
		return 0
	}
	return max(0, r.doc.Plan.SettleDays-int(asOf-cat.HomeSince))
}

func (r *Rubric) settleSpan(settling int, confidence bool) *Span {
	if !confidence {
		return &Span{settling, settling}
	}
	more := r.doc.Training.ConfidenceAdds
	low := max(settling, int(daysPerWeek*more[0]))
	return &Span{low, max(low, int(daysPerWeek*more[1]))}
}
