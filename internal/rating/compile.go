package rating

import (
	"fmt"
	"math"
	"slices"
)

// maxTraits bounds the arrays that keep a rating off the heap.
const maxTraits = 24

// trait is a row of the catalogue, ready to ask.
type trait struct {
	code            string
	ignoresSettling bool
	mayAssess       []bool // by role
	needsDays       []int  // by role; 0 is none
	notIn           []bool // by context
}

// activity is a column of the weight table, ready to compute.
type activity struct {
	code       string
	weight     [maxTraits]float64 // shares, sum 1
	percent    [maxTraits]int     // the same, as published
	core       []int
	must       []int
	floor      []int
	skill      [][]skill // all of these, any of each
	notAbove   int       // another activity, or none
	readyNeeds int       // another activity, or none
	progress   int       // a trait, or none
	after      []int     // other activities
	prior      float64   // model variance with no marks
}

type skill struct{ trait, atLeast int }

const none = -1

// thresholds are the limits of the document in the units of the arithmetic:
// tenths for scores, hundredths for reliability, weight units for weights.
type thresholds struct {
	seen, floorMark, conflictBase                                  int64
	confidence, floorBelow, readyScore, readyLow, readyFloor, show int
	reliability, readyReliability, singleBelow                     int
}

func (r *Rubric) compile() error {
	steps := []func() error{
		r.compilePoints, r.compileVocabulary, r.compileTraits,
		r.compileListing, r.compileActivities, r.compileGates, r.compileThresholds, r.compilePlan, r.compileReasons,
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
		return fmt.Errorf("level_points: need five rising values, got %v", r.points)
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
		r.ctxWeight = append(r.ctxWeight, w)
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
		return fmt.Errorf("traits: %d are more than %d", len(r.doc.Traits), maxTraits)
	}
	r.traitIndex = map[string]int{}
	for i, row := range r.doc.Traits {
		r.traitIndex[row.Code] = i
		t := trait{
			code: row.Code, ignoresSettling: row.IgnoresSettling,
			mayAssess: make([]bool, len(r.doc.Roles)), needsDays: make([]int, len(r.doc.Roles)), notIn: make([]bool, len(r.doc.Contexts)),
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

func (r *Rubric) compileThresholds() error {
	d := &r.doc
	r.limits = thresholds{
		seen:             int64(math.Round(d.Readiness.SeenWeight * weightUnit)),
		floorMark:        int64(math.Round(d.Readiness.FloorMarkWeight * baseUnit)),
		conflictBase:     int64(math.Round(d.Conflict.BaseWeight * baseUnit)),
		confidence:       tenths(d.Readiness.ConfidenceBelow),
		floorBelow:       tenths(d.Readiness.FloorBelow),
		readyScore:       tenths(d.Readiness.ReadyScore),
		readyLow:         tenths(d.Readiness.ReadyLow),
		readyFloor:       tenths(d.Readiness.ReadyFloor),
		show:             tenths(d.Shown.ReasonPoints),
		reliability:      cents(d.Readiness.Reliability),
		readyReliability: cents(d.Readiness.ReadyReliability),
		singleBelow:      cents(d.Evidence.SingleBelow),
	}
	if last := d.Bands[len(d.Bands)-1]; last.From != 0 {
		return fmt.Errorf("bands: the last starts at %v, want 0", last.From)
	}
	return nil
}

// hundredths takes a weight factor to an integer, so that weights multiply
// and add exactly.
func hundredths(f float64) (int64, error) {
	exact := float64(f * factorUnit)
	n := math.Round(exact)
	if n < 0 || n > factorUnit || math.Abs(n-exact) > 1e-9 {
		return 0, fmt.Errorf("factor %v is not a hundredth between 0 and 1", f)
	}
	return int64(n), nil
}
