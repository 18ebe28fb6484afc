package rating

import "slices"

// Rubric is one published version of the rules. It is safe for concurrent use.
type Rubric struct {
	doc      document
	raw      []byte
	identity Identity

	traitIndex   map[string]int
	traits       []trait
	roles        map[string]int
	contexts     map[string]int
	roleWeight   []int64 // hundredths, by index
	ctxWeight    []int64
	activities   []activity
	overall      activity
	gates        []gate
	gateIndex    map[string]int
	repeat       []int64 // sixteenths
	points       []int   // by level - 1
	own          float64 // 1 - shared variance
	hintGrade    int     // the best grade that hints alone can reach
	bestFitOrder []int
	allowAll     []string
	allowIndoor  []string
	reasons      reasonTable
	limits       thresholds
	plan         planTable
}

// Identity names the rubric and the digest of its bytes.
func (r *Rubric) Identity() Identity { return r.identity }

// JSON is the whole rubric as published, tasks, anchors and evidence included.
// It is the definition of the assessment form. The caller gets a copy.
func (r *Rubric) JSON() []byte { return slices.Clone(r.raw) }

// TraitCodes lists the traits in catalogue order.
func (r *Rubric) TraitCodes() []string {
	return codes(r.doc.Traits, func(t traitRow) string { return t.Code })
}

// RoleCodes lists who may assess.
func (r *Rubric) RoleCodes() []string {
	return codes(r.doc.Roles, func(x roleRow) string { return x.Code })
}

// ContextCodes lists where a cat may be observed.
func (r *Rubric) ContextCodes() []string {
	return codes(r.doc.Contexts, func(x contextRow) string { return x.Code })
}

// ActivityCodes lists the activities that have a score, in the order of a rating.
func (r *Rubric) ActivityCodes() []string {
	return codes(r.doc.Activities, func(a activityRow) string { return a.Code })
}

// HealthCodes lists the codes that a health item may carry. Gates that follow
// from age and moving day are not among them.
func (r *Rubric) HealthCodes() []string {
	var all []string
	for i := range r.gates {
		if !r.gates[i].derived {
			all = append(all, r.gates[i].row.Code)
		}
	}
	return all
}

// Severities lists the severities that a failed health item may carry; it is
// empty for a code that has none.
func (r *Rubric) Severities(code string) []string {
	i, ok := r.gateIndex[code]
	if !ok || r.gates[i].derived {
		return nil
	}
	return r.gates[i].severities
}

// Import turns a score of another instrument into a trait and a level. It is
// false if this rubric does not know the instrument or the score.
func (r *Rubric) Import(instrument string, score int) (traitCode string, level int, ok bool) {
	for _, in := range r.doc.Imports {
		if in.Code != instrument || score < in.From {
			continue
		}
		for _, step := range in.Steps {
			if score <= step.To {
				return in.Trait, step.Level, true
			}
		}
	}
	return "", 0, false
}

func codes[T any](rows []T, code func(T) string) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = code(row)
	}
	return all
}
