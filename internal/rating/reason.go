package rating

import (
	"fmt"
	"slices"
	"strings"
)

// reasonTable holds all reasons with their texts, compiled once. A reason without a
// text is not given.
type reasonTable struct {
	helps, holdsBack, unknown, floor []Reason // by trait
	gates                            []Reason
	few, single, early, stale        Reason
	hintsOnly                        Reason // zero in a rubric without hints
	conflict, skill, breed           Reason
	unverified                       Reason // for all gates that nobody has verified; zero in a rubric with a reason for each gate
}

func (r *Rubric) compileReasons() error {
	text := func(key, placeholder, name string) string {
		return strings.ReplaceAll(r.doc.Reasons[key], placeholder, name)
	}
	t := &r.reasons
	for _, row := range r.doc.Traits {
		t.helps = append(t.helps, Reason{"TRAIT." + row.ID + ".HELPS", text("TRAIT.HELPS", "{trait}", row.Title)})
		t.holdsBack = append(t.holdsBack, Reason{"TRAIT." + row.ID + ".HOLDS_BACK", text("TRAIT.HOLDS_BACK", "{trait}", row.Title)})
		t.unknown = append(t.unknown, Reason{"TRAIT." + row.ID + ".UNKNOWN", text("TRAIT.UNKNOWN", "{trait}", row.Title)})
		t.floor = append(t.floor, Reason{"FLOOR." + row.ID, text("FLOOR", "{trait}", row.Title)})
	}
	for _, row := range r.doc.Gates {
		t.gates = append(t.gates, Reason{"GATE." + row.Code, text("GATE", "{gate}", row.Title)})
	}
	required := map[string]*Reason{
		"EVID.FEW": &t.few, "EVID.SINGLE_ASSESSOR": &t.single, "EVID.EARLY_DAYS": &t.early, "EVID.STALE": &t.stale,
		"EVID.CONFLICT": &t.conflict, "SKILL.NOT_SHOWN": &t.skill,
	}
	for code, to := range required {
		if r.doc.Reasons[code] == "" {
			return fmt.Errorf("reasons: missing text for %s", code)
		}
		*to = Reason{code, r.doc.Reasons[code]}
	}
	const breed, unverified, hintsOnly = "INFO.BREED_NOT_USED", "GATES.UNVERIFIED", "EVID.HINTS_ONLY"
	t.breed, t.unverified = Reason{breed, r.doc.Reasons[breed]}, Reason{unverified, r.doc.Reasons[unverified]}
	if r.HintRole() != "" {
		t.hintsOnly = Reason{hintsOnly, r.doc.Reasons[hintsOnly]}
	}
	return nil
}

// reasonsFor returns the reasons for an activity's readiness and score: open
// gates, floors and skills, weaknesses of the evidence, then traits.
func (r *Rubric) reasonsFor(s *score, e *evidence, i int, gates *openGates) []Reason {
	a, table := &r.activities[i], &r.reasons
	out := make([]Reason, 0, 24)
	if table.unverified.Text != "" {
		out = r.appendBlockReasons(out, i, gates)
	} else {
		out = r.appendGateReasons(out, i, gates)
	}
	assessed := s.ready != rankUnassessed
	if assessed {
		for _, t := range a.floor {
			if r.tripsFloor(e, t) || r.belowReadyFloor(e, t) {
				out = append(out, table.floor[t])
			}
		}
		if !s.skillShown {
			out = append(out, table.skill)
		}
	}
	out = r.appendEvidenceReasons(out, s, e)
	if assessed {
		var buffer [maxTraits]int
		for _, t := range r.topPositive(&buffer, s, len(r.traits)) {
			out = append(out, table.helps[t])
		}
		for _, t := range r.topNegative(&buffer, s, len(r.traits)) {
			out = append(out, table.holdsBack[t])
		}
	}
	for t := range r.traits {
		if a.percent[t] > 0 && e.peopleWeight[t] == 0 {
			out = append(out, table.unknown[t])
		}
	}
	out = append(out, table.breed)
	return slices.DeleteFunc(out, func(reason Reason) bool { return reason.Text == "" })
}

// appendGateReasons appends a reason for each open gate with an effect on an activity.
func (r *Rubric) appendGateReasons(out []Reason, activity int, gates *openGates) []Reason {
	for j := range gates.gates {
		g := &gates.gates[j]
		reason := r.reasons.gates[r.gateIndex[g.Code]]
		if g.Effects[activity].Effect != EffectNone && (len(out) == 0 || out[len(out)-1] != reason) {
			out = append(out, reason)
		}
	}
	return out
}

// appendBlockReasons appends a reason with its advice for each gate that forbids or
// restricts an activity, and one for all gates that somebody has to verify.
func (r *Rubric) appendBlockReasons(out []Reason, activity int, gates *openGates) []Reason {
	var unverified []string
	for j := range gates.gates {
		g := &gates.gates[j]
		switch effect := g.Effects[activity].Effect; {
		case effect == EffectNone || effect == EffectCaution:
		case g.Status == HealthUnknown || g.Status == HealthOK:
			unverified = append(unverified, g.Title)
		default:
			out = append(out, Reason{"GATE." + g.Code, g.Advice})
		}
	}
	if len(unverified) > 0 {
		out = append(out, Reason{r.reasons.unverified.Code, strings.ReplaceAll(r.reasons.unverified.Text, "{gates}", strings.Join(unverified, ", "))})
	}
	return out
}

// appendEvidenceReasons appends the reasons for a low evidence grade.
func (r *Rubric) appendEvidenceReasons(out []Reason, s *score, e *evidence) []Reason {
	table := &r.reasons
	if s.ready == rankUnassessed || s.grade >= len(r.doc.Grades)-1 {
		out = append(out, table.few)
	}
	if s.hinted && !s.any {
		out = append(out, table.hintsOnly)
	}
	if !s.any {
		return out
	}
	if s.assessorCount < r.limits.singleBelow {
		out = append(out, table.single)
	}
	if s.early {
		out = append(out, table.early)
	}
	if int(e.asOf-s.newest) > r.doc.Evidence.StaleAfter {
		out = append(out, table.stale)
	}
	if s.conflict {
		out = append(out, table.conflict)
	}
	return out
}
