package rating

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/errcode"
)

// These tests hold rubric 1.2.0 to what older rubrics contradict: a rating must not
// say one thing in one field and another in the next.

func rubric120(tb testing.TB) *Rubric {
	tb.Helper()
	return publishedRubrics(tb)["1.2.0"]
}

func stepOf(t *testing.T, p Plan, code string) Step {
	t.Helper()
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Code == code })
	if i < 0 {
		t.Fatalf("got plan %s, want a step %s", outline(p), code)
	}
	return p.Steps[i]
}

func TestPlan_OutdoorStepsNeedClosedGates(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	tests := map[string]struct {
		cat  Cat
		item HealthItem
		want map[string]bool // by step
	}{
		"all gates are closed":        {adult, HealthItem{Code: "ID.CHIP", Status: HealthOK}, map[string]bool{"1": true, "B": true, "C": true, "4": true}},
		"chip unknown":                {adult, HealthItem{Code: "ID.CHIP", Status: HealthUnknown}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"rabies vaccine unknown":      {adult, HealthItem{Code: "MED.RABIES", Status: HealthUnknown}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"no chip":                     {adult, HealthItem{Code: "ID.CHIP", Status: HealthFail}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"chip at adoption":            {adult, HealthItem{Code: "ID.CHIP", Status: HealthAtAdoption}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"ill":                         {adult, HealthItem{Code: "MED.ILL", Status: HealthFail}, map[string]bool{"1": false, "B": false, "C": false, "4": false}},
		"FeLV: the backpack only":     {adult, HealthItem{Code: "MED.FELV_POS", Status: HealthFail}, map[string]bool{"1": true, "B": true, "C": true, "4": false}},
		"20 days in the home":         {Cat{HomeSince: today - 20}, HealthItem{Code: "ID.CHIP", Status: HealthOK}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"28 days in the home":         {Cat{HomeSince: today - 28}, HealthItem{Code: "ID.CHIP", Status: HealthOK}, map[string]bool{"1": true, "B": true, "C": true, "4": true}},
		"10 days, unvaccinated":       {Cat{HomeSince: today - 10}, HealthItem{Code: "MED.CORE", Status: HealthFail}, map[string]bool{"1": true, "B": true, "C": false, "4": false}},
		"a caution forbids no outing": {adult, HealthItem{Code: "ID.TAG", Status: HealthFail}, map[string]bool{"1": true, "B": true, "C": true, "4": true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := r.Rate(tt.cat, observations(disagreers...), allOK(r, tt.item), today).Plan
			for code, want := range tt.want {
				if got := stepOf(t, plan, code).AllowedNow; got != want {
					t.Errorf("step %s: got allowed %v, want %v", code, got, want)
				}
			}
		})
	}
}

func TestPlan_BackpackStepsShareTheWeeks(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	got := outline(r.Rate(adult, observations(packCat), allOK(r), today).Plan)
	if want := "B:2-8 C:1-3 1:1-3 2:4-13 3:2-7 4:2-6"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestGate_PregnancyIsAskedOfFemalesThatMayBePregnant(t *testing.T) {
	t.Parallel()
	reported := func(status HealthStatus) []HealthItem {
		return []HealthItem{{Code: "MED.INTACT", Status: status, Reported: true}}
	}
	tests := map[string]struct {
		cat    Cat
		health []HealthItem
		want   bool
	}{
		"female of unknown neutering":           {adult, nil, true},
		"intact female":                         {adult, reported(HealthFail), true},
		"female, spayed by the listing":         {adult, reported(HealthOK), false},
		"female, spayed":                        {adult, []HealthItem{{Code: "MED.INTACT", Status: HealthOK}}, false},
		"female, intact against the listing":    {adult, append(reported(HealthOK), HealthItem{Code: "MED.INTACT", Status: HealthFail}), true},
		"female, spayed at adoption":            {adult, []HealthItem{{Code: "MED.INTACT", Status: HealthAtAdoption}}, true},
		"male of unknown neutering":             {Cat{Born: adult.Born, Male: true}, nil, false},
		"neutered male":                         {Cat{Born: adult.Born, Male: true}, reported(HealthOK), false},
		"female that is recorded as nursing":    {adult, append(reported(HealthOK), HealthItem{Code: "MED.PREGNANT", Status: HealthFail}), true},
		"male that is recorded as nursing, too": {Cat{Male: true}, []HealthItem{{Code: "MED.PREGNANT", Status: HealthFail}}, true},
	}
	r := rubric120(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := slices.ContainsFunc(r.Rate(tt.cat, nil, tt.health, today).Gates, func(g Gate) bool { return g.Code == "MED.PREGNANT" })
			if got != tt.want {
				t.Errorf("got MED.PREGNANT open %v, want %v", got, tt.want)
			}
		})
	}
}

// A known failure is never clearer than an unknown.
func TestGate_FailureIsNotClearerThanUnknown(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	order := []Clearance{ClearanceClear, ClearanceUnverified, ClearanceRestricted, ClearanceHold}
	for i := range r.gates {
		g := &r.gates[i]
		if g.derived {
			continue
		}
		unknown := r.Rate(adult, nil, except(allOK(r), HealthItem{Code: g.row.Code, Status: HealthUnknown}, "MED.INTACT"), today)
		for _, severity := range append(slices.Clone(g.severities), "") {
			item := HealthItem{Code: g.row.Code, Status: HealthFail, Severity: severity, HappenedOn: today}
			failed := r.Rate(adult, nil, except(allOK(r), item, "MED.INTACT"), today)
			for a := range failed.Activities {
				u, f := unknown.Activities[a], failed.Activities[a]
				if slices.Index(order, f.Clearance) < slices.Index(order, u.Clearance) {
					t.Errorf("%s %s, %s: got %s for a failure and %s for an unknown", g.row.Code, severity, f.Activity, f.Clearance, u.Clearance)
				}
			}
		}
	}
}

// except replaces the item of a code. Neutering also answers the question of pregnancy,
// so that it is left out where that would hide the gate.
func except(items []HealthItem, item HealthItem, neutering string) []HealthItem {
	items = slices.DeleteFunc(items, func(h HealthItem) bool {
		return h.Code == item.Code || h.Code == neutering && item.Code == "MED.PREGNANT"
	})
	return append(items, item)
}

func TestGate_MissingTagIsNotClear(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for _, a := range r.Rate(adult, observations(explorer...), allOK(r, HealthItem{Code: "ID.TAG", Status: HealthFail}), today).Activities[1:] {
		if a.Clearance != ClearanceUnverified {
			t.Errorf("%s: got clearance %s, want %s", a.Activity, a.Clearance, ClearanceUnverified)
		}
	}
}

func TestGate_AtAdoption(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for _, code := range []string{"ID.CHIP", "MED.INTACT", "MED.CORE", "MED.RABIES"} {
		got := r.Rate(adult, observations(explorer...), allOK(r, HealthItem{Code: code, Status: HealthAtAdoption}), today)
		walk := got.Activities[1]
		if walk.Readiness != ReadyWithTraining || walk.Clearance != ClearanceUnverified {
			t.Errorf("%s: got readiness %s and clearance %s, want %s and %s", code, walk.Readiness, walk.Clearance, ReadyWithTraining, ClearanceUnverified)
		}
		if len(got.Gates) == 0 || got.Gates[0].Code != code || got.Gates[0].Status != HealthAtAdoption || !strings.Contains(got.Gates[0].Advice, "at adoption") {
			t.Errorf("%s: got gates %+v, want one that is done at adoption", code, got.Gates)
		}
	}
	over := r.Rate(adult, nil, []HealthItem{{Code: "ID.CHIP", Status: HealthFail, Reported: true}, {Code: "ID.CHIP", Status: HealthAtAdoption}}, today)
	if over.Activities[1].Readiness == OnHold {
		t.Error("got on_hold, want the person's at_adoption to override the reported failure")
	}
}

func TestGate_AtAdoptionIsUnknownToOlderRubrics(t *testing.T) {
	t.Parallel()
	item := HealthItem{Code: "ID.CHIP", Status: HealthAtAdoption}
	for _, r := range []*Rubric{rubric100(t), rubric110(t)} {
		got := r.Rate(adult, nil, allOK(r, item), today).Gates
		if len(got) != 1 || got[0].Status != HealthUnknown {
			t.Errorf("%s: got gates %+v, want ID.CHIP unknown", r.Identity().Version, got)
		}
		if errs := r.Check(adult, nil, []HealthItem{item}, today); len(errs) != 1 || errs[0].Code != errcode.UnknownStatus {
			t.Errorf("%s: got errors %v, want %s", r.Identity().Version, errs, errcode.UnknownStatus)
		}
	}
	r := rubric120(t)
	if errs := r.Check(adult, nil, []HealthItem{item}, today); len(errs) > 0 {
		t.Errorf("1.2.0: got errors %v, want none", errs)
	}
	errs := r.Check(adult, nil, []HealthItem{{Code: "MED.ILL", Status: HealthAtAdoption}}, today)
	if len(errs) != 1 || errs[0].Code != errcode.UnknownStatus || !strings.Contains(errs[0].Message, "ID.CHIP") {
		t.Errorf("MED.ILL: got errors %v, want %s with the codes that may be", errs, errcode.UnknownStatus)
	}
}

func TestFirstStep_SaysWhatBlocks(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	kitten := Cat{Born: today - 7*daysPerWeek}
	tests := map[string]struct {
		cat        Cat
		visits     []visit
		item       HealthItem
		code, text string
	}{
		"FeLV does not go away": {
			adult, explorer,
			HealthItem{Code: "MED.FELV_POS", Status: HealthFail},
			"stays_on_hold",
			"FeLV positive: this does not go away, and the activity stays on hold. Practice indoors can go on.",
		},
		"kitten of 7 weeks waits for its 16th": {
			kitten, nil,
			HealthItem{Code: "MED.INTACT", Status: HealthOK},
			"wait",
			"Not before " + (kitten.Born + 16*daysPerWeek).String() + ": Under 8 weeks, 8 to under 16 weeks. Indoor enrichment goes on.",
		},
		"surgery ends by itself": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 4},
			"wait",
			"Not before " + (today + 10).String() + ": Recent surgery. Indoor enrichment goes on.",
		},
		"the vet's day counts": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 4, ValidUntil: today + 20},
			"wait",
			"Not before " + (today + 21).String() + ": Recent surgery. Indoor enrichment goes on.",
		},
		"surgery on an unknown day": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail},
			"wait",
			"Not before a vet or the shelter says that it is over: Recent surgery. Indoor enrichment goes on.",
		},
		"2 days in the home": {
			Cat{HomeSince: today - 2},
			explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthOK},
			"wait",
			"Not before " + (today + 26).String() + ": Settling in. Indoor enrichment goes on.",
		},
		"20 days in the home": {
			Cat{HomeSince: today - 20},
			explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthOK},
			"wait",
			"Not before " + (today + 8).String() + ": Settling in. Practice indoors can go on.",
		},
		"no chip is settled": {
			adult, explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthFail},
			"settle_blockers",
			"Settle first: Microchip. Practice indoors can go on.",
		},
		"an unknown chip holds back the next step, which is outdoors": {
			adult, explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthUnknown},
			"settle_blockers",
			"Settle first: Microchip. Practice indoors can go on.",
		},
		"severe pain stops training, too": {
			adult, disagreers,
			HealthItem{Code: "MED.PAIN", Status: HealthFail, Severity: "severe"},
			"settle_blockers",
			"Settle first: Pain. Indoor enrichment goes on.",
		},
		"kitten of 12 weeks without vaccinations": {
			Cat{Born: today - 12*daysPerWeek},
			nil,
			HealthItem{Code: "MED.CORE", Status: HealthFail},
			"settle_blockers",
			"Not before " + (today + 4*daysPerWeek).String() + ": 8 to under 16 weeks. Settle first: Core vaccines. Practice indoors can go on.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Rate(tt.cat, observations(tt.visits...), allOK(r, tt.item), today).Activities[1]
			if step := got.RecommendedFirstStep; step.Code != tt.code || step.Text != tt.text {
				t.Errorf("got  %s: %s\nwant %s: %s", step.Code, step.Text, tt.code, tt.text)
			}
		})
	}
}

func TestGate_SaysHowItCloses(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	tests := map[string]struct {
		cat        Cat
		item       HealthItem
		resolution Resolution
		endsOn     Day
	}{
		"chip":           {adult, HealthItem{Code: "ID.CHIP", Status: HealthFail}, ResolutionSettle, 0},
		"unknown chip":   {adult, HealthItem{Code: "ID.CHIP", Status: HealthUnknown}, ResolutionSettle, 0},
		"FeLV":           {adult, HealthItem{Code: "MED.FELV_POS", Status: HealthFail}, ResolutionLasts, 0},
		"unknown FeLV":   {adult, HealthItem{Code: "MED.FELV_POS", Status: HealthUnknown}, ResolutionSettle, 0},
		"FIV, signed":    {adult, HealthItem{Code: "MED.FIV_POS", Status: HealthFail, Severity: "signed_off"}, ResolutionLasts, 0},
		"surgery":        {adult, HealthItem{Code: "MED.SURGERY", Status: HealthFail, VerifiedOn: today - 1}, ResolutionWait, today + 13},
		"age":            {Cat{Born: today - 112}, HealthItem{Code: "ID.CHIP", Status: HealthOK}, ResolutionWait, today - 112 + 26*daysPerWeek},
		"senior":         {Cat{Born: today.birthday(-12)}, HealthItem{Code: "ID.CHIP", Status: HealthOK}, ResolutionLasts, 0},
		"days in a home": {Cat{HomeSince: today - 20}, HealthItem{Code: "ID.CHIP", Status: HealthOK}, ResolutionWait, today + 8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Rate(tt.cat, nil, allOK(r, tt.item), today).Gates
			if len(got) != 1 || got[0].Resolution != tt.resolution || got[0].EndsOn != tt.endsOn {
				t.Errorf("got gates %+v, want one with resolution %s that ends on %s", got, tt.resolution, tt.endsOn)
			}
		})
	}
}

func TestReassessOn_NothingBeforeAnAssessment(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for name, observed := range map[string][]Observation{"nothing": nil, "hints": hintsAtLevel(4)} {
		got := r.Rate(adult, observed, nil, today)
		if got.ReassessOn != 0 || got.Activities[1].ReassessOn != 0 {
			t.Errorf("%s: got %s and %s, want no day", name, got.ReassessOn, got.Activities[1].ReassessOn)
		}
	}
	pack := r.Rate(adult, observations(packCat), allOK(r), today)
	if pack.ReassessOn != today+90 || pack.Activities[4].ReassessOn != 0 {
		t.Errorf("got %s and for the patio %s, want %s and no day", pack.ReassessOn, pack.Activities[4].ReassessOn, today+90)
	}
}

func TestTexts_ForStaffAndAdopters(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	got := r.Rate(adult, nil, allOK(r), today).Activities[1]
	next := got.NextObservations[1]
	if next.Trait != "sound_recovery" || next.AdopterText != "Ask the shelter how the cat takes noise." || !strings.HasPrefix(next.StaffText, "Look next: Recovery from sounds. One everyday sound") {
		t.Errorf("got %+v", next)
	}
	if got.AdopterFirstStep == "" || got.AdopterFirstStep == got.RecommendedFirstStep.Text {
		t.Errorf("got %q for adopters and %q for staff, want different texts", got.AdopterFirstStep, got.RecommendedFirstStep.Text)
	}
	for _, trait := range r.traits {
		if !strings.HasPrefix(trait.ask, "Ask the shelter ") || strings.HasSuffix(trait.ask, " .") || len(trait.look) < 20 {
			t.Errorf("%s: got texts %q and %q", trait.code, trait.look, trait.ask)
		}
	}
}

func TestReasons_AreThoseToActOn(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	codesOf := func(visits []visit, health []HealthItem) []string {
		return column(r.Rate(adult, observations(visits...), health, today).Activities[1].Reasons, func(x Reason) string { return x.Code })
	}
	if got := codesOf(nil, nil); !slices.Equal(got, []string{"GATES.UNVERIFIED", "EVID.FEW"}) {
		t.Errorf("nothing known: got %v", got)
	}
	if got := codesOf(explorer, allOK(r)); len(got) > 0 {
		t.Errorf("explorer: got %v, want none", got)
	}
	if got := codesOf(hider, allOK(r, HealthItem{Code: "ID.CHIP", Status: HealthFail})); !slices.Equal(got, []string{"GATE.ID.CHIP", "FLOOR.T03", "FLOOR.T04", "SKILL.NOT_SHOWN"}) {
		t.Errorf("hider: got %v", got)
	}
}

func TestSafety_Consensus(t *testing.T) {
	t.Parallel()
	got := rubric120(t).Rate(adult, nil, nil, today)
	all := strings.ToLower(strings.Join(slices.Concat(got.Conditions.Rules, got.Gear.OutingKit, got.AfterOuting, got.SlippedGear), " "))
	for _, want := range []string{"28 days", "lilies", "breakaway collar with id tag, under the harness", "recent photo", "ticks", "do not run after the cat"} {
		if !strings.Contains(all, want) {
			t.Errorf("got %s, want %q", all, want)
		}
	}
}

// Texts must not promise what nobody has shown.
func TestTexts_PromiseNothing(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for _, b := range r.doc.Bands {
		for _, word := range []string{"readily", "many", "likely", "succeed", "will "} {
			if strings.Contains(b.Wording, word) {
				t.Errorf("band %s: got %q", b.Code, b.Wording)
			}
		}
	}
}

func TestBestFit_EasiestNearTheHighest(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		visits       []visit
		item         HealthItem
		older, wants string // by 1.1.0 and by 1.2.0
	}{
		"not assessed":                            {nil, HealthItem{}, "indoor_enrichment", ""},
		"hike 82.3, leash 81.9, backpack 80.2":    {explorer, HealthItem{}, "hike", "backpack"},
		"backpack 59.9 is ahead":                  {[]visit{packCat}, HealthItem{}, "backpack", "backpack"},
		"assessed, confidence first":              {hider, HealthItem{}, "indoor_enrichment", "indoor_enrichment"},
		"assessed, on hold":                       {explorer, HealthItem{Code: "MED.ILL", Status: HealthFail}, "indoor_enrichment", "indoor_enrichment"},
		"on hold without an assessment":           {nil, HealthItem{Code: "MED.ILL", Status: HealthFail}, "indoor_enrichment", ""},
		"the backpack is on hold, too, by a bite": {explorer, HealthItem{Code: "BEH.BITE", Status: HealthFail, Severity: "quarantine"}, "indoor_enrichment", "indoor_enrichment"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for version, want := range map[string]string{"1.1.0": tt.older, "1.2.0": tt.wants} {
				r := publishedRubrics(t)[version]
				if got := r.Rate(adult, observations(tt.visits...), allOK(r, tt.item), today).BestFit; got != want {
					t.Errorf("%s: got %q, want %q", version, got, want)
				}
			}
		})
	}
}

func TestHints_AloneHaveTheGradeListing(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for name, tt := range map[string]struct {
		observed []Observation
		want     string
	}{
		"hints on every trait":        {hintsAtLevel(4), "listing"},
		"two hints":                   {[]Observation{hint("play_drive", 4), hint("stranger_ease", 2)}, "none"},
		"observations without a must": {observations(visit{"foster", "f1", "foster_home", 5, 30, "nr4 bc4 oi4 hc4 ad4 cc4"}), "none"},
	} {
		if got := r.Rate(adult, tt.observed, allOK(r), today).Activities[1]; got.Estimate != nil || got.Grade != tt.want {
			t.Errorf("%s: got grade %s and estimate %+v, want %s and none", name, got.Grade, got.Estimate, tt.want)
		}
	}
}

// TestProperty_RatingDoesNotContradictItself checks the latest rubric.
func TestProperty_RatingDoesNotContradictItself(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t, r, 30)
		s.cat.Male = rapid.Bool().Draw(t, "male")
		for i := range s.health {
			if n := rapid.IntRange(0, 30).Draw(t, "status"); n < 3 {
				s.health[i].Status = []HealthStatus{HealthFail, HealthUnknown, HealthAtAdoption}[n]
				s.health[i].Severity = rapid.SampledFrom(append(slices.Clone(r.Severities(s.health[i].Code)), "")).Draw(t, "severity")
				s.health[i].HappenedOn = today - Day(rapid.IntRange(0, 200).Draw(t, "days ago"))
			}
		}
		got := r.Rate(s.cat, s.observations, s.health, s.asOf)
		assessed := false
		for i, a := range got.Activities[1:] {
			requireConsistentActivity(t, got, i, a)
			assessed = assessed || a.Estimate != nil
		}
		if (got.BestFit != "") != assessed {
			t.Fatalf("got best fit %q for assessed %v", got.BestFit, assessed)
		}
	})
}

func requireConsistentActivity(t *rapid.T, r Rating, i int, a Activity) {
	t.Helper()
	if hasGrade := a.Grade != "none" && a.Grade != "listing"; hasGrade != (a.Estimate != nil) || hasGrade != (a.ReassessOn != 0) {
		t.Fatalf("%s: got grade %s, estimate %+v and reassess on %s", a.Activity, a.Grade, a.Estimate, a.ReassessOn)
	}
	for _, g := range r.Gates {
		effect := g.Effects[i].Effect
		if a.Clearance == ClearanceClear && effect != EffectNone && g.Resolution == ResolutionSettle {
			t.Fatalf("%s: got clear with %s open", a.Activity, g.Code)
		}
		if g.Status == HealthAtAdoption && effect == EffectHold {
			t.Fatalf("%s: %s at adoption holds", a.Activity, g.Code)
		}
		outdoor := map[string]string{"leash_walk": "4", "backpack": "C"}[a.Activity]
		if effect != EffectHold && effect != EffectResolveFirst || outdoor == "" {
			continue
		}
		for _, s := range r.Plan.Steps {
			if s.Code == outdoor && s.AllowedNow {
				t.Fatalf("step %s is allowed with %s open", s.Code, g.Code)
			}
		}
		if a.Readiness == ReadyNow {
			t.Fatalf("%s is ready now with %s open", a.Activity, g.Code)
		}
	}
	first := a.RecommendedFirstStep
	if slices.ContainsFunc(r.Plan.Steps, func(s Step) bool { return "step_"+s.Code == first.Code && !s.AllowedNow }) {
		t.Fatalf("%s: the first step is %s, which is not allowed", a.Activity, first.Code)
	}
	if first.Text == "" || a.AdopterFirstStep == "" || strings.Contains(first.Text+a.AdopterFirstStep, "{") {
		t.Fatalf("%s: got first step %+v and %q", a.Activity, first, a.AdopterFirstStep)
	}
	if a.Readiness == OnHold && first.Code != blockWait && first.Code != blockSettle && first.Code != blockLasts {
		t.Fatalf("%s is on hold, and the first step is %+v", a.Activity, first)
	}
	for _, reason := range a.Reasons {
		if reason.Text == "" || strings.Contains(reason.Text, "{") {
			t.Fatalf("%s: got reason %+v", a.Activity, reason)
		}
	}
}
