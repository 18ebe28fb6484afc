package rating

import (
	"slices"
	"testing"
)

func TestCheckPointsAtEveryFault(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	good := Observation{ID: "o1", Trait: "sound_recovery", Level: 3, AssessorID: "s1", Role: "staff", Context: "kennel", ObservedOn: today - 1}
	with := func(change func(*Observation)) []Observation {
		o := good
		change(&o)
		return []Observation{o}
	}
	tests := map[string]struct {
		cat    Cat
		marks  []Observation
		health []HealthItem
		want   []string // path and code
	}{
		"good input has none":        {adult, []Observation{good}, allFine(r), nil},
		"a level is from 1":          {adult, with(func(o *Observation) { o.Level = 0 }), nil, []string{"/observations/0/level out_of_range"}},
		"a level is to 5":            {adult, with(func(o *Observation) { o.Level = 6 }), nil, []string{"/observations/0/level out_of_range"}},
		"a trait is in the list":     {adult, with(func(o *Observation) { o.Trait = "beauty" }), nil, []string{"/observations/0/trait unknown_trait"}},
		"a role is in the list":      {adult, with(func(o *Observation) { o.Role = "listing" }), nil, []string{"/observations/0/role unknown_role"}},
		"a context is in the list":   {adult, with(func(o *Observation) { o.Context = "moon" }), nil, []string{"/observations/0/context unknown_context"}},
		"a vet does not hear sounds": {adult, with(func(o *Observation) { o.Role = "vet" }), nil, []string{"/observations/0/role role_may_not_assess"}},
		"a past owner only reports": {
			adult, with(func(o *Observation) { o.Role = "previous_owner" }), nil, []string{"/observations/0/context not_in_context"},
		},
		"novelty is not for the clinic": {
			adult, with(func(o *Observation) { o.Trait, o.Context = "novelty_response", "vet_clinic" }), nil,
			[]string{"/observations/0/context not_in_context"},
		},
		"staff need a week for the bond": {
			adult, with(func(o *Observation) { o.Trait, o.DaysInPlace = "person_bond", new(6) }), nil,
			[]string{"/observations/0/days_in_place too_early_in_place"},
		},
		"after a week they may": {adult, with(func(o *Observation) { o.Trait, o.DaysInPlace = "person_bond", new(7) }), nil, nil},
		"not tomorrow":          {adult, with(func(o *Observation) { o.ObservedOn = today + 1 }), nil, []string{"/observations/0/observed_on in_the_future"}},
		"not before birth": {
			Cat{Born: today}, []Observation{good}, nil, []string{"/observations/0/observed_on before_birth"},
		},
		"somebody saw it":        {adult, with(func(o *Observation) { o.AssessorID = "" }), nil, []string{"/observations/0/assessor_id required"}},
		"an id is used once":     {adult, []Observation{good, good}, nil, []string{"/observations/1/id duplicate"}},
		"a code is in the table": {adult, nil, []HealthItem{{Code: "MED.COLD", Status: HealthOK}}, []string{"/health/0/code unknown_code"}},
		"age is not reported":    {adult, nil, []HealthItem{{Code: "AGE.SENIOR", Status: HealthFail}}, []string{"/health/0/code unknown_code"}},
		"a status is one of four": {
			adult, nil, []HealthItem{{Code: "ID.CHIP", Status: "yes"}}, []string{"/health/0/status unknown_status"},
		},
		"a severity is the code's": {
			adult, nil, []HealthItem{{Code: "MED.PAIN", Status: HealthFail, Severity: "cleared"}}, []string{"/health/0/severity unknown_severity"},
		},
		"validity is not past": {
			adult, nil, []HealthItem{{Code: "MED.CORE", Status: HealthOK, ValidUntil: today - 1}}, []string{"/health/0/valid_until expired"},
		},
		"a cat is born by now": {Cat{Born: today + 1}, nil, nil, []string{"/cat/born in_the_future"}},
		"a weight is a weight": {Cat{WeightKg: new(-1.0)}, nil, nil, []string{"/cat/weight_kg out_of_range"}},
		"all faults at once": {
			adult, with(func(o *Observation) { o.Level, o.Context = 9, "moon" }),
			[]HealthItem{{Code: "X"}},
			[]string{
				"/observations/0/context unknown_context", "/observations/0/level out_of_range",
				"/health/0/code unknown_code", "/health/0/status unknown_status",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := column(r.Check(tt.cat, tt.marks, tt.health, today), func(f FieldError) string { return f.Path + " " + f.Code })
			if !slices.Equal(got, tt.want) {
				t.Errorf("faults %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRateLeavesOutWhatItCannotCountAndSaysSo(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	marks := observations(explorer...)
	later, alien := marks[0], marks[0]
	later.ID, later.ObservedOn = "later", today+1
	alien.ID, alien.Role = "alien", "listing"
	got, want := r.Rate(adult, append(marks, later, alien), nil, today), r.Rate(adult, marks, nil, today)
	if !slices.Equal(got.Ignored, []IgnoredObservation{{"alien", CodeUnknownRole}, {"later", CodeFuture}}) {
		t.Errorf("ignored %v", got.Ignored)
	}
	if *got.Overall != *want.Overall || len(got.Observations) != len(want.Observations) {
		t.Errorf("ignored marks counted: %+v, want %+v", got.Overall, want.Overall)
	}
}
