package rating

import (
	"fmt"
	"strings"
)

// reasonTable holds every reason ready-made; a rating only picks.
type reasonTable struct {
	helps, holdsBack, unknown, floor []Reason // by trait
	gates                            []Reason
	few, single, early, stale        Reason
	hintsOnly                        Reason // empty in a rubric that takes no hints
	conflict, skill, breed           Reason
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
	for code, to := range map[string]*Reason{
		"EVID.FEW": &t.few, "EVID.SINGLE_ASSESSOR": &t.single, "EVID.EARLY_DAYS": &t.early, "EVID.STALE": &t.stale,
		"EVID.CONFLICT": &t.conflict, "SKILL.NOT_SHOWN": &t.skill, "INFO.BREED_NOT_USED": &t.breed,
	} {
		if r.doc.Reasons[code] == "" {
			return fmt.Errorf("reasons: no text for %s", code)
		}
		*to = Reason{code, r.doc.Reasons[code]}
	}
	const hintsOnly = "EVID.HINTS_ONLY"
	if r.takesHints() {
		t.hintsOnly = Reason{hintsOnly, r.doc.Reasons[hintsOnly]}
	}
	return nil
}

// reasonsFor tells why an activity stands where it does: what blocks it, what
// the evidence lacks, what each trait does.
func (r *Rubric) reasonsFor(s *score, e *evidence, i int, gates *openGates) []Reason {
	a, table := &r.activities[i], &r.reasons
	out := make([]Reason, 0, 24)
	for j := range gates.open {
		g := &gates.open[j]
		reason := table.gates[r.gateIndex[g.Code]]
		if g.Effects[i].Effect != EffectNone && (len(out) == 0 || out[len(out)-1] != reason) {
			out = append(out, reason)
		}
	}
	assessed := s.ready != rankUnassessed
	if assessed {
		for _, t := range a.floor {
			if r.floorTripped(e, t) || r.belowReadyFloor(e, t) {
				out = append(out, table.floor[t])
			}
		}
		if !s.skillShown {
			out = append(out, table.skill)
		}
	}
	out = r.evidenceReasons(out, s, e)
	if assessed {
		var into [maxTraits]int
		for _, t := range r.topPositive(&into, s, len(r.traits)) {
			out = append(out, table.helps[t])
		}
		for _, t := range r.topNegative(&into, s, len(r.traits)) {
			out = append(out, table.holdsBack[t])
		}
	}
	for t := range r.traits {
		if a.percent[t] > 0 && e.seen[t] == 0 {
			out = append(out, table.unknown[t])
		}
	}
	return append(out, table.breed)
}

func (r *Rubric) evidenceReasons(out []Reason, s *score, e *evidence) []Reason {
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
	if s.backing < r.limits.singleBelow {
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
