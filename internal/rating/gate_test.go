package rating

import (
	"reflect"
	"slices"
	"testing"
)

func readiness(r Rating) []Readiness {
	return column(r.Activities[1:], func(a Activity) Readiness { return a.Readiness })
}

func column[T, V any](rows []T, value func(T) V) []V {
	all := make([]V, len(rows))
	for i, row := range rows {
		all[i] = value(row)
	}
	return all
}

func TestGate_RestrictsReadinessNotScore(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	five := Cat{Born: today.birthday(-5)}
	tests := map[string]struct {
		cat       Cat
		visits    []visit
		item      HealthItem
		want      []Readiness
		clearance Clearance // of the backpack
	}{
		"intact holds all but the backpack": {
			five,
			[]visit{felvPositive},
			HealthItem{Code: "MED.INTACT", Status: HealthFail},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceClear,
		},
		"unknown microchip must be resolved first": {
			adult, explorer,
			HealthItem{Code: "ID.CHIP", Status: HealthUnknown},
			[]Readiness{ReadyWithTraining, ReadyWithTraining, ReadyWithTraining, ReadyWithTraining},
			ClearanceUnverified,
		},
		"surgery yesterday holds everything": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 1},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"surgery 14 days ago has lapsed": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 14},
			[]Readiness{ReadyNow, ReadyNow, ReadyNow, ReadyNow},
			ClearanceClear,
		},
		"surgery 14 days ago is still valid until a later date": {
			adult, explorer,
			HealthItem{Code: "MED.SURGERY", Status: HealthFail, HappenedOn: today - 14, ValidUntil: today},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"expired vaccination counts as failed": {
			adult, explorer,
			HealthItem{Code: "MED.CORE", Status: HealthOK, ValidUntil: today - 1},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceRestricted,
		},
		"exam older than a year has expired": {
			adult, explorer,
			HealthItem{Code: "MED.EXAM", Status: HealthOK, VerifiedOn: today - 730},
			[]Readiness{ReadyWithTraining, ReadyWithTraining, ReadyWithTraining, ReadyWithTraining},
			ClearanceUnverified,
		},
		"unprovoked bite 30 days ago holds the patio": {
			adult, explorer,
			HealthItem{Code: "BEH.BITE", Status: HealthFail, Severity: "unprovoked", HappenedOn: today - 30},
			[]Readiness{ReadyWithTraining, ReadyNow, ReadyWithTraining, OnHold},
			ClearanceClear,
		},
		"missing severity counts as the strictest": {
			adult, explorer,
			HealthItem{Code: "BEH.BITE", Status: HealthFail},
			[]Readiness{OnHold, OnHold, OnHold, OnHold},
			ClearanceHold,
		},
		"expired sign-off counts as the strictest": {
			adult, explorer,
			HealthItem{Code: "MED.FIV_POS", Status: HealthFail, Severity: "signed_off", ValidUntil: today - 1},
			[]Readiness{OnHold, ReadyNow, OnHold, OnHold},
			ClearanceRestricted,
		},
		"unknown pregnancy is ok for a neutered cat": {
			adult, explorer,
			HealthItem{Code: "MED.PREGNANT", Status: HealthUnknown},
			[]Readiness{ReadyNow, ReadyNow, ReadyNow, ReadyNow},
			ClearanceClear,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observed := observations(tt.visits...)
			got, clear := r.Rate(tt.cat, observed, allOK(r, tt.item), today), r.Rate(tt.cat, observed, allOK(r), today)
			if !slices.Equal(readiness(got), tt.want) {
				t.Errorf("got readiness %v, want %v", readiness(got), tt.want)
			}
			if got.Activities[2].Clearance != tt.clearance {
				t.Errorf("got backpack clearance %s, want %s", got.Activities[2].Clearance, tt.clearance)
			}
			for i := range got.Activities {
				if !reflect.DeepEqual(got.Activities[i].Estimate, clear.Activities[i].Estimate) {
					t.Errorf("%s: got estimate %+v with the gate, %+v without", got.Activities[i].Activity, got.Activities[i].Estimate, clear.Activities[i].Estimate)
				}
			}
		})
	}
}

func TestGate_AgeAndDaysInHome(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	tests := map[string]struct {
		cat    Cat
		want   []string // gate codes with severity
		indoor bool     // whether indoor steps are allowed
	}{
		"adult in the shelter":         {adult, nil, true},
		"kitten of 7 weeks":            {Cat{Born: today - 55}, []string{"AGE.U8W", "AGE.U26W"}, false},
		"kitten of 8 weeks":            {Cat{Born: today - 56}, []string{"AGE.U16W", "AGE.U26W"}, true},
		"kitten of 16 weeks":           {Cat{Born: today - 112}, []string{"AGE.U26W"}, true},
		"tenth birthday":               {Cat{Born: today.birthday(-10)}, nil, true},
		"day after the tenth birthday": {Cat{Born: today.birthday(-10) - 1}, []string{"AGE.SENIOR"}, true},
		"2 days in the home":           {Cat{HomeSince: today - 2}, []string{"SETTLE under_3_days"}, false},
		"3 days in the home":           {Cat{HomeSince: today - 3}, []string{"SETTLE days_3_to_13"}, true},
		"14 days in the home":          {Cat{HomeSince: today - 14}, []string{"SETTLE days_14_to_27"}, true},
		"28 days in the home":          {Cat{HomeSince: today - 28}, nil, true},
		"age and home unknown":         {Cat{}, nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Rate(tt.cat, nil, allOK(r), today)
			var open []string
			for _, g := range got.Gates {
				name := g.Code
				if g.Severity != "" {
					name += " " + g.Severity
				}
				open = append(open, name)
			}
			if !slices.Equal(open, tt.want) {
				t.Errorf("got open gates %v, want %v", open, tt.want)
			}
			if indoor := slices.Contains(got.Activities[1].AllowedNow, "indoor_steps"); indoor != tt.indoor {
				t.Errorf("got indoor steps allowed %v, want %v", indoor, tt.indoor)
			}
		})
	}
}

func TestGate_MissingItemsCountAsUnknown(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, observations(explorer...), nil, today)
	for _, a := range got.Activities[1:] {
		if a.Clearance != ClearanceUnverified || a.Readiness != ReadyWithTraining {
			t.Errorf("%s: got clearance %s and readiness %s, want %s and %s", a.Activity, a.Clearance, a.Readiness, ClearanceUnverified, ReadyWithTraining)
		}
	}
}

func TestPlan_UnvaccinatedKittenTrainsIndoors(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{Born: today - 84}, nil, allOK(r, HealthItem{Code: "MED.CORE", Status: HealthFail}), today)
	for _, s := range got.Plan.Steps {
		if want := s.Code != "4"; s.AllowedNow != want {
			t.Errorf("step %s: got allowed %v, want %v", s.Code, s.AllowedNow, want)
		}
	}
}
