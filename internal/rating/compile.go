package rating

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxTraits is the size of the arrays that keep a rating off the heap.
const maxTraits = 24

// trait is a compiled row of the rubric's traits.
type trait struct {
	code            string
	ignoresSettling bool
	mayAssess       []bool // by role
	needsDays       []int  // by role; 0 for none
	notIn           []bool // by context
	look, ask       string // what to look at, for staff, and to ask the shelter, for adopters
}

// activity is a compiled row of the rubric's activities. Other activities and
// traits are indexes.
type activity struct {
	code       string
	weight     [maxTraits]float64 // shares; the sum is 1
	percent    [maxTraits]int     // the same in percent, as published
	core       []int
	must       []int
	floor      []int
	skill      [][]skill // one of each group is required
	notAbove   int       // another activity, or none
	readyNeeds int       // another activity, or none
	progress   int       // a trait, or none
	after      []int     // other activities
	prior      float64   // model variance without observations
}

// skill is a trait with the mean required of it, in tenths.
type skill struct{ trait, atLeast int }

// none is the index of no activity or trait.
const none = -1

// thresholds holds thresholds of the document in the units of the arithmetic:
// weight or base units for weights, tenths for scores, hundredths for reliability
// and assessors.
type thresholds struct {
	observed, floorObservation, conflictBase                               int64
	confidence, floorBelow, readyScore, readyLow, readyFloor, reasonPoints int
	reliability, readyReliability, singleBelow                             int
}

func (r *Rubric) compile() error {
	steps := []func() error{
		r.compilePoints, r.compileVocabulary, r.compileTraits,
		r.compileHints, r.compileActivities, r.compileGates, r.compileThresholds, r.compilePlan, r.compileReasons,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rubric) compilePoints() error {
	r.points = r.doc.Model.LevelPoints
	if len(r.points) != 5 || !slices.IsSorted(r.points) || len(slices.Compact(slices.Clone(r.points))) != 5 {
		return fmt.Errorf("level_points: want five ascending values, got %v", r.points)
	}
	r.own = 1 - r.doc.Model.SharedVariance
	for _, share := range r.doc.Repeat {
		r.repeat = append(r.repeat, int64(math.Round(share*repeatUnit)))
	}
	return nil
}

func (r *Rubric) compileVocabulary() error {
	r.roles, r.contexts = map[string]int{}, map[string]int{}
	for i, role := range r.doc.Roles {
		r.roles[role.Code] = i
		w, err := hundredths(role.Weight)
		if err != nil {
			return fmt.Errorf("role %s: %w", role.Code, err)
		}
		r.roleWeight = append(r.roleWeight, w)
	}
	for i, c := range r.doc.Contexts {
		r.contexts[c.Code] = i
		w, err := hundredths(c.Weight)
		if err != nil {
			return fmt.Errorf("context %s: %w", c.Code, err)
		}
		r.contextWeight = append(r.contextWeight, w)
	}
	for _, role := range r.doc.Roles {
		for _, c := range role.Contexts {
			if _, ok := r.contexts[c]; !ok {
				return fmt.Errorf("role %s: unknown context %q", role.Code, c)
			}
		}
	}
	return nil
}

func (r *Rubric) compileTraits() error {
	if len(r.doc.Traits) > maxTraits {
		return fmt.Errorf("traits: got %d, want at most %d", len(r.doc.Traits), maxTraits)
	}
	r.traitIndex = map[string]int{}
	for i, row := range r.doc.Traits {
		r.traitIndex[row.Code] = i
		t := trait{
			code: row.Code, ignoresSettling: row.IgnoresSettling,
			mayAssess: make([]bool, len(r.doc.Roles)), needsDays: make([]int, len(r.doc.Roles)), notIn: make([]bool, len(r.doc.Contexts)),
			look: strings.NewReplacer("{trait}", row.Title, "{task}", row.Task).Replace(r.doc.ForReaders.Look),
			ask:  strings.ReplaceAll(r.doc.ForReaders.Ask, "{question}", row.Question),
		}
		for _, code := range row.Assessors {
			role, ok := r.roles[code]
			if !ok {
				return fmt.Errorf("trait %s: unknown role %q", row.Code, code)
			}
			t.mayAssess[role] = true
		}
		for _, code := range row.NotInContexts {
			c, ok := r.contexts[code]
			if !ok {
				return fmt.Errorf("trait %s: unknown context %q", row.Code, code)
			}
			t.notIn[c] = true
		}
		for _, need := range row.NeedsDays {
			t.needsDays[r.roles[need.Role]] = need.Days
		}
		r.traits = append(r.traits, t)
	}
	return nil
}

func (r *Rubric) compileActivities() error {
	order := map[string]int{}
	for i, row := range r.doc.Activities {
		order[row.Code] = i
	}
	mix := 0
	r.overall = activity{code: "overall", notAbove: none, readyNeeds: none, progress: none}
	for _, row := range r.doc.Activities {
		a, err := r.compileActivity(row, order)
		if err != nil {
			return fmt.Errorf("activity %s: %w", row.Code, err)
		}
		r.activities = append(r.activities, a)
		mix += row.Mix
		for t := range r.traits {
			r.overall.percent[t] += row.Mix * a.percent[t]
		}
	}
	if mix != 100 {
		return fmt.Errorf("activities: mix_percent: got sum %d, want 100", mix)
	}
	for t := range r.traits {
		r.overall.weight[t] = float64(r.overall.percent[t]) / (100 * 100)
	}
	r.overall.prior = r.variance(1, 1/r.doc.Model.SharedVariance, r.overall.unsharedVariance(r.own, nil))
	for _, code := range r.doc.BestFitTies {
		i, ok := order[code]
		if !ok {
			return fmt.Errorf("best_fit_ties: unknown activity %q", code)
		}
		r.bestFitOrder = append(r.bestFitOrder, i)
	}
	r.allowAll = []string{r.doc.AllowedNow.Always, r.doc.AllowedNow.IndoorSteps}
	r.allowIndoor = r.allowAll[:1:1]
	return nil
}

func (r *Rubric) compileActivity(row activityRow, order map[string]int) (activity, error) {
	a := activity{code: row.Code, notAbove: indexOr(order, row.NotAbove), readyNeeds: indexOr(order, row.ReadyNeeds), progress: none}
	sum := 0
	for code, percent := range row.WeightsPercent {
		t, ok := r.traitIndex[code]
		if !ok {
			return a, fmt.Errorf("unknown trait %q", code)
		}
		a.percent[t] = percent
		a.weight[t] = float64(percent) / 100
		sum += percent
	}
	if sum != 100 {
		return a, fmt.Errorf("weights_percent: got sum %d, want 100", sum)
	}
	var err error
	for _, list := range []struct {
		codes   []string
		indexes *[]int
	}{{row.Core, &a.core}, {row.Must, &a.must}, {row.Floor, &a.floor}} {
		if *list.indexes, err = r.traitIndexes(list.codes); err != nil {
			return a, err
		}
	}
	for _, choices := range row.Skill {
		var group []skill
		for _, s := range choices {
			group = append(group, skill{r.traitIndex[s.Trait], tenths(s.AtLeast)})
		}
		a.skill = append(a.skill, group)
	}
	if row.Training.ProgressTrait != "" {
		a.progress = r.traitIndex[row.Training.ProgressTrait]
	}
	for _, code := range row.Training.AfterShortestOf {
		a.after = append(a.after, order[code])
	}
	a.prior = r.variance(1, 1/r.doc.Model.SharedVariance, a.unsharedVariance(r.own, nil))
	return a, nil
}

func (r *Rubric) traitIndexes(traitCodes []string) ([]int, error) {
	var all []int
	for _, code := range traitCodes {
		t, ok := r.traitIndex[code]
		if !ok {
			return nil, fmt.Errorf("unknown trait %q", code)
		}
		all = append(all, t)
	}
	return all, nil
}

// indexOr returns the index of a code, or none if the code is unknown or empty.
func indexOr(order map[string]int, code string) int {
	if i, ok := order[code]; ok {
		return i
	}
	return none
}

func (r *Rubric) compileHints() error {
	if r.HintRole() == "" {
		return nil
	}
	r.hintGrade = slices.IndexFunc(r.doc.Grades, func(g gradeRow) bool { return g.Code == r.doc.Listing.GradeCap })
	if r.hintGrade < 0 {
		return fmt.Errorf("listing: unknown grade_cap %q", r.doc.Listing.GradeCap)
	}
	return nil
}

func (r *Rubric) compileThresholds() error {
	d := &r.doc
	r.limits = thresholds{
		observed:         int64(math.Round(d.Readiness.SeenWeight * weightUnit)),
		floorObservation: int64(math.Round(d.Readiness.FloorMarkWeight * baseUnit)),
		conflictBase:     int64(math.Round(d.Conflict.BaseWeight * baseUnit)),
		confidence:       tenths(d.Readiness.ConfidenceBelow),
		floorBelow:       tenths(d.Readiness.FloorBelow),
		readyScore:       tenths(d.Readiness.ReadyScore),
		readyLow:         tenths(d.Readiness.ReadyLow),
		readyFloor:       tenths(d.Readiness.ReadyFloor),
		reasonPoints:     tenths(d.Shown.ReasonPoints),
		reliability:      cents(d.Readiness.Reliability),
		readyReliability: cents(d.Readiness.ReadyReliability),
		singleBelow:      cents(d.Evidence.SingleBelow),
	}
	if last := d.Bands[len(d.Bands)-1]; last.From != 0 {
		return fmt.Errorf("bands: last band starts at %v, want 0", last.From)
	}
	return nil
}

// hundredths converts a weight factor to an integer, so that weights multiply
// and add exactly. It returns an error unless f is a multiple of 0.01 from 0 to 1.
func hundredths(f float64) (int64, error) {
	exact := float64(f * factorUnit)
	n := math.Round(exact)
	if n < 0 || n > factorUnit || math.Abs(n-exact) > 1e-9 {
		return 0, fmt.Errorf("factor %v is not a hundredth between 0 and 1", f)
	}
	return int64(n), nil
}
