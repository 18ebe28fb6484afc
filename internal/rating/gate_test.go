package rating

import (
	"reflect"
	"slices"
	"testing"
)

func readiness(r Rating) []Readiness {
	return column(r.Activities[1:], func(a Activity) Readiness { return a.Readiness })
}

func column[T, V any](rows []T, of func(T) V) []V {
	all := make([]V, len(rows))
	for i, row := range rows {
		all[i] = of(row)
	}
	return all
}

func TestGateOnlyVariants(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	five := Cat{Born: today.birthday(-5)}
	tests := map[string]struct {
		cat    Cat
		visits []visit
		item   HealthItem
		want   []Readiness
		clear  Clearance // of the backpack
	}{
		"an intact cat may only use the backpack": {
			five,
			[]visit{felvMarks},
			HealthItem{Code: "MED.INTACT", Status: HealthFail},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceClear,
		},
		"an unknown chip has to be settled first": {
			adult, explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthUnknown},
			[]Readiness{ReadyWithTraining, ReadyWithTraining, ReadyWithTraining, ReadyWithTraining},
			ClearanceUnverified,
		},
		"a day after surgery everything waits": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 1},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"two weeks after surgery nothing waits": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 14},
			[]Readiness{ReadyNow, ReadyNow, ReadyNow, ReadyNow},
			ClearanceClear,
		},
		"unless the vet gave a later date": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 14, ValidUntil: today},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"vaccines that ran out count as failed": {
			adult, explorer,
			HealthItem{Code: "MED.CORE", Status: HealthOK, ValidUntil: today - 1},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceRestricted,
		},
		"an exam of two years ago is none": {
			adult, explorer,
			HealthItem{Code: "MED.EXAM", Status: HealthOK, VerifiedOn: today - 730},
			[]Readiness{ReadyWithTraining, ReadyWithTraining, ReadyWithTraining, ReadyWithTraining},
			ClearanceUnverified,
		},
		"a bite of last month keeps off the patio": {
			adult, explorer,
			HealthItem{Code: "BEH.BITE", Status: HealthFail, Severity: "unprovoked", HappenedOn: today - 30},
			[]Readiness{ReadyWithTraining, ReadyNow, ReadyWithTraining, OnHold},
			ClearanceClear,
		},
		"a bite without severity counts as the strictest": {
			adult, explorer,
			HealthItem{Code: "BEH.BITE", Status: HealthFail},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"a sign-off that ran out is none": {
			adult, explorer,
			HealthItem{Code: "MED.FIV_POS", Status: HealthFail, Severity: "signed_off", ValidUntil: today - 1},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceRestricted,
		},
		"an unknown pregnancy is fine in a neutered cat": {
			adult, explorer,
			HealthItem{Code: "MED.PREGNANT", Status: HealthUnknown},
			[]Readiness{ReadyNow, ReadyNow, ReadyNow, ReadyNow},
			ClearanceClear,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			marks := observations(tt.visits...)
			got, fine := r.Rate(tt.cat, marks, allFine(r, tt.item), today), r.Rate(tt.cat, marks, allFine(r), today)
			if !slices.Equal(readiness(got), tt.want) {
				t.Errorf("readiness %v, want %v", readiness(got), tt.want)
			}
			if got.Activities[2].Clearance != tt.clear {
				t.Errorf("backpack clearance %s, want %s", got.Activities[2].Clearance, tt.clear)
			}
			for i := range got.Activities {
				if !reflect.DeepEqual(got.Activities[i].Estimate, fine.Activities[i].Estimate) {
					t.Errorf("the gate moved the score of %s", got.Activities[i].Activity)
				}
			}
		})
	}
}

func TestWhatAgeAndHomeOpen(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	tests := map[string]struct {
		cat    Cat
		want   []string // gate codes with severity
		indoor bool     // whether indoor steps may go on
	}{
		"an adult in the shelter":         {adult, nil, true},
		"a kitten of 7 weeks":             {Cat{Born: today - 55}, []string{"AGE.U8W", "AGE.U26W"}, false},
		"a kitten of 8 weeks":             {Cat{Born: today - 56}, []string{"AGE.U16W", "AGE.U26W"}, true},
		"a kitten of 16 weeks":            {Cat{Born: today - 112}, []string{"AGE.U26W"}, true},
		"on the tenth birthday":           {Cat{Born: today.birthday(-10)}, nil, true},
		"the day after":                   {Cat{Born: today.birthday(-10) - 1}, []string{"AGE.SENIOR"}, true},
		"two days in the new home":        {Cat{HomeSince: today - 2}, []string{"SETTLE under_3_days"}, false},
		"three days in the new home":      {Cat{HomeSince: today - 3}, []string{"SETTLE days_3_to_13"}, true},
		"two weeks in the new home":       {Cat{HomeSince: today - 14}, []string{"SETTLE days_14_to_27"}, true},
		"four weeks in the new home":      {Cat{HomeSince: today - 28}, nil, true},
		"nothing is known of age or home": {Cat{}, nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Rate(tt.cat, nil, allFine(r), today)
			var open []string
			for _, g := range got.Gates {
				name := g.Code
				if g.Severity != "" {
					name += " " + g.Severity
				}
				open = append(open, name)
			}
			if !slices.Equal(open, tt.want) {
				t.Errorf("open gates %v, want %v", open, tt.want)
			}
			if indoor := slices.Contains(got.Activities[1].AllowedNow, "indoor_steps"); indoor != tt.indoor {
				t.Errorf("indoor steps allowed: %v, want %v", indoor, tt.indoor)
			}
		})
	}
}

func TestWhatNobodyReportedIsUnknown(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, observations(explorer...), nil, today)
	for _, a := range got.Activities[1:] {
		if a.Clearance != ClearanceUnverified || a.Readiness != ReadyWithTraining {
			t.Errorf("%s is %s and %s with no health item", a.Activity, a.Clearance, a.Readiness)
		}
	}
}

func TestAnUnvaccinatedKittenTrainsAtHome(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{Born: today - 84}, nil, allFine(r, HealthItem{Code: "MED.CORE", Status: HealthFail}), today)
	for _, s := range got.Plan.Steps {
		if want := s.Code != "4"; s.AllowedNow != want {
			t.Errorf("step %s allowed: %v, want %v", s.Code, s.AllowedNow, want)
		}
	}
}
