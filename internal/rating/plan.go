package rating

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
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
	backpackOut                 *stepRow // nil in a rubric whose backpack step leads outdoors
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
		case "C":
			p.backpackOut = step
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
	backpack := r.backpackSteps(&scores[p.packActivity], weeks[p.packActivity], pack)
	if out.BackpackFirst {
		out.Steps = append(out.Steps, backpack...)
	}
	out.Steps = r.appendLeashSteps(out.Steps, &scores[p.leashActivity], weeks[p.leashActivity], e, leash)
	if !out.BackpackFirst {
		out.Steps = append(out.Steps, backpack...)
	}
	for i := range d.Modifiers {
		if m := &d.Modifiers[i]; r.applies(m, cat, e, gates) {
			out.Modifiers = append(out.Modifiers, Advice{m.Code, m.Text})
		}
	}
	return out
}

// backpackSteps returns the steps with the backpack, indoors and then outdoors.
func (r *Rubric) backpackSteps(s *score, w Weeks, state *gateState) []Step {
	p := &r.plan
	steps := []Step{newStep(p.backpack, nil, r.allowsStep(p.backpack, state))}
	if p.backpackOut != nil {
		steps = append(steps, newStep(p.backpackOut, nil, r.allowsStep(p.backpackOut, state)))
	}
	if s.ready == rankUnassessed {
		return steps
	}
	w = r.ownWeeks(s, w)
	whole := Span{int(math.Floor(daysPerWeek * w.Low)), int(math.Ceil(daysPerWeek * w.High))}
	if p.backpackOut == nil {
		steps[0].Days = &whole
		return steps
	}
	out := Span{Low: max(p.backpackOut.MinDays, int(float64(whole.Low)*p.backpackOut.Share)), High: 0}
	out.High = max(out.Low, int(math.Ceil(float64(float64(whole.High)*p.backpackOut.Share)-roundingEpsilon)))
	steps[0].Days = &Span{max(p.backpack.MinDays, whole.Low-out.Low), max(p.backpack.MinDays, whole.High-out.High)}
	steps[1].Days = &out
	return steps
}

// allowsStep reports whether no gate forbids a step.
func (r *Rubric) allowsStep(row *stepRow, state *gateState) bool {
	switch {
	case row.Indoors:
		return !state.stopsIndoor
	case r.explainsBlocks():
		return !state.forbidsOutings()
	default:
		return !state.hold
	}
}

// explainsBlocks reports whether the rubric says what blocks an activity and until
// when. Older rubrics do not, and let only holds block steps outdoors.
func (r *Rubric) explainsBlocks() bool { return r.doc.Plan.Blocked.Settle != "" }

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
		step := newStep(row, nil, r.allowsStep(row, state))
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

// firstStep returns the first step towards an activity, and the same in words for
// adopters if the rubric has them.
func (r *Rubric) firstStep(activity int, ready readinessRank, plan *Plan, cat Cat, gates *openGates, next []NextObservation, settling bool) (step Advice, forAdopters string) {
	switch ready {
	case rankHold:
		if r.explainsBlocks() {
			return r.explainBlock(activity, cat, gates)
		}
		return r.fixedFirstStep(ready, next)
	case rankUnassessed, rankNow:
		return r.fixedFirstStep(ready, next)
	case rankConfidence, rankTraining:
	}
	row := r.plan.settle
	if ready == rankTraining {
		row = r.nextStep(activity, plan, settling)
	}
	if r.explainsBlocks() {
		for _, a := range []int{activity, r.plan.activityOf(row)} {
			if !r.allowsStep(row, &gates.state[a]) {
				return r.explainBlock(a, cat, gates)
			}
		}
	}
	return r.stepAdvice(row)
}

// activityOf returns the activity whose gates a step depends on.
func (p *planTable) activityOf(row *stepRow) int {
	if row == p.backpack || row == p.backpackOut {
		return p.packActivity
	}
	return p.leashActivity
}

// nextStep returns the next step of the plan for an activity that the cat can train.
func (r *Rubric) nextStep(activity int, plan *Plan, settling bool) *stepRow {
	p := &r.plan
	if settling {
		return p.settle
	}
	if activity == p.packActivity || plan.BackpackFirst {
		return p.backpack
	}
	for _, row := range p.leash {
		if i := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.Code == row.Code }); !plan.Steps[i].Done {
			return row
		}
	}
	return p.settle
}

// fixedFirstStep returns the rubric's text for a readiness, filled with what to observe
// next.
func (r *Rubric) fixedFirstStep(ready readinessRank, next []NextObservation) (step Advice, forAdopters string) {
	row := r.doc.Plan.FirstSteps[string(readinessByRank[ready])]
	var titles, questions []string
	for _, n := range next {
		t := &r.doc.Traits[r.traitIndex[n.Trait]]
		titles, questions = append(titles, t.Title), append(questions, t.Question)
	}
	fill := strings.NewReplacer("{traits}", strings.Join(titles, ", "), "{questions}", strings.Join(questions, ", "))
	return Advice{row.Code, fill.Replace(row.Text)}, fill.Replace(row.AdopterText)
}

func (r *Rubric) stepAdvice(row *stepRow) (step Advice, forAdopters string) {
	if r.explainsBlocks() {
		forAdopters = row.Do
	}
	return Advice{Code: "step_" + row.Code, Text: row.Do}, forAdopters
}

// The codes of first steps for activities that open gates block.
const (
	blockLasts  = "stays_on_hold"
	blockWait   = "wait"
	blockSettle = "settle_blockers"
)

// explainBlock says which open gates block an activity, which of them somebody can
// settle, and from which day the others no longer do.
func (r *Rubric) explainBlock(activity int, cat Cat, gates *openGates) (step Advice, forAdopters string) {
	for !gates.state[activity].forbidsOutings() && r.activities[activity].notAbove != none {
		activity = r.activities[activity].notAbove // which passes its hold on
	}
	var lasts, waits, settles []string
	var until Day
	undated := false
	for i := range gates.gates {
		g := &gates.gates[i]
		switch {
		case !gates.variants[i].blocks(activity):
		case g.Resolution == ResolutionLasts:
			lasts = append(lasts, g.Title)
		case g.Resolution == ResolutionWait:
			waits = append(waits, g.Title)
			until = max(until, g.EndsOn)
			undated = undated || g.EndsOn == 0
		default:
			settles = append(settles, g.Title)
		}
	}
	var more []string
	until, more = r.derivedUntil(activity, cat, until)
	waits = append(waits, more...)
	texts := &r.doc.Plan.Blocked
	fill := func(template string, titles []string) string {
		return strings.NewReplacer("{gates}", strings.Join(slices.Compact(titles), ", "), "{date}", until.String()).Replace(template)
	}
	var staff, adopters []string
	both := func(text string) { staff, adopters = append(staff, text), append(adopters, text) }
	code := blockWait
	if len(settles) > 0 {
		code = blockSettle
	}
	if len(lasts) > 0 {
		code = blockLasts
		both(fill(texts.Lasts, lasts))
	} else {
		switch {
		case undated:
			both(fill(texts.WaitUndated, waits))
		case len(waits) > 0:
			both(fill(texts.Wait, waits))
		}
		if len(settles) > 0 {
			staff, adopters = append(staff, fill(texts.Settle, settles)), append(adopters, fill(texts.AdopterSettle, settles))
		}
	}
	if gates.state[activity].stopsIndoor {
		both(texts.IndoorEnrichment)
	} else {
		both(texts.IndoorPractice)
	}
	return Advice{code, strings.Join(staff, " ")}, strings.Join(adopters, " ")
}
