package rating

import (
	"slices"
	"testing"

	"trailcat/internal/errcode"
)

func TestCheck_ReportsEveryError(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	valid := Observation{ID: "o1", Trait: "sound_recovery", Level: 3, AssessorID: "s1", Role: "staff", Context: "kennel", ObservedOn: today - 1}
	changed := func(change func(*Observation)) []Observation {
		o := valid
		change(&o)
		return []Observation{o}
	}
	tests := map[string]struct {
		cat          Cat
		observations []Observation
		health       []HealthItem
		want         []string // path and code
	}{
		"valid input":              {adult, []Observation{valid}, allOK(r), nil},
		"level below 1":            {adult, changed(func(o *Observation) { o.Level = 0 }), nil, []string{"/observations/0/level out_of_range"}},
		"level above 5":            {adult, changed(func(o *Observation) { o.Level = 6 }), nil, []string{"/observations/0/level out_of_range"}},
		"unknown trait":            {adult, changed(func(o *Observation) { o.Trait = "beauty" }), nil, []string{"/observations/0/trait unknown_trait"}},
		"unknown role":             {adult, changed(func(o *Observation) { o.Role = "listing" }), nil, []string{"/observations/0/role unknown_role"}},
		"unknown context":          {adult, changed(func(o *Observation) { o.Context = "moon" }), nil, []string{"/observations/0/context unknown_context"}},
		"vet may not assess sound": {adult, changed(func(o *Observation) { o.Role = "vet" }), nil, []string{"/observations/0/role role_may_not_assess"}},
		"previous owner in another context": {
			adult, changed(func(o *Observation) { o.Role = "previous_owner" }), nil, []string{"/observations/0/context not_in_context"},
		},
		"novelty in the clinic": {
			adult, changed(func(o *Observation) { o.Trait, o.Context = "novelty_response", "vet_clinic" }), nil,
			[]string{"/observations/0/context not_in_context"},
		},
		"bond before 7 days in place": {
			adult, changed(func(o *Observation) { o.Trait, o.DaysInPlace = "person_bond", new(6) }), nil,
			[]string{"/observations/0/days_in_place too_early_in_place"},
		},
		"bond after 7 days in place": {adult, changed(func(o *Observation) { o.Trait, o.DaysInPlace = "person_bond", new(7) }), nil, nil},
		"observed in the future":     {adult, changed(func(o *Observation) { o.ObservedOn = today + 1 }), nil, []string{"/observations/0/observed_on in_the_future"}},
		"observed before birth": {
			Cat{Born: today}, []Observation{valid}, nil, []string{"/observations/0/observed_on before_birth"},
		},
		"missing assessor":    {adult, changed(func(o *Observation) { o.AssessorID = "" }), nil, []string{"/observations/0/assessor_id required"}},
		"duplicate id":        {adult, []Observation{valid, valid}, nil, []string{"/observations/1/id duplicate"}},
		"unknown health code": {adult, nil, []HealthItem{{Code: "MED.COLD", Status: HealthOK}}, []string{"/health/0/code unknown_code"}},
		"derived health code": {adult, nil, []HealthItem{{Code: "AGE.SENIOR", Status: HealthFail}}, []string{"/health/0/code unknown_code"}},
		"unknown status": {
			adult, nil, []HealthItem{{Code: "ID.CHIP", Status: "yes"}}, []string{"/health/0/status unknown_status"},
		},
		"severity of another code": {
			adult, nil, []HealthItem{{Code: "MED.PAIN", Status: HealthFail, Severity: "cleared"}}, []string{"/health/0/severity unknown_severity"},
		},
		"expired validity": {
			adult, nil, []HealthItem{{Code: "MED.CORE", Status: HealthOK, ValidUntil: today - 1}}, []string{"/health/0/valid_until expired"},
		},
		"born in the future": {Cat{Born: today + 1}, nil, nil, []string{"/cat/born in_the_future"}},
		"negative weight":    {Cat{WeightKg: new(-1.0)}, nil, nil, []string{"/cat/weight_kg out_of_range"}},
		"several errors": {
			adult, changed(func(o *Observation) { o.Level, o.Context = 9, "moon" }),
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
			got := column(r.Check(tt.cat, tt.observations, tt.health, today), func(f FieldError) string { return f.Pointer + " " + string(f.Code) })
			if !slices.Equal(got, tt.want) {
				t.Errorf("got errors %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRate_ListsIgnoredObservations(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	valid := observations(explorer...)
	future, unknownRole := valid[0], valid[0]
	future.ID, future.ObservedOn = "future", today+1
	unknownRole.ID, unknownRole.Role = "role", "listing"
	got, want := r.Rate(adult, append(valid, future, unknownRole), nil, today), r.Rate(adult, valid, nil, today)
	if want := []IgnoredObservation{{"future", errcode.InTheFuture}, {"role", errcode.UnknownRole}}; !slices.Equal(got.Ignored, want) {
		t.Errorf("got ignored %v, want %v", got.Ignored, want)
	}
	if *got.Overall != *want.Overall || len(got.Observations) != len(want.Observations) {
		t.Errorf("ignored observations changed the rating: got %+v, want %+v", got.Overall, want.Overall)
	}
}
