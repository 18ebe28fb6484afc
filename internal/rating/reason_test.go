package rating

import (
	"slices"
	"strings"
	"testing"
)

func TestReasons(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	core := "oi4 nr4 sr4 bc4 fm4 hc4 cc4 se4"
	visits := func(age, day int) []visit { return []visit{{"staff", "s1", "shelter_room", age, day, core}} }
	by := func(who, levels string) visit { return visit{"staff", who, "shelter_room", 5, 20, levels} }
	tests := map[string]struct {
		visits []visit
		has    string // codes, separated by spaces
		hasNot string // the same
	}{
		"settled and recent":              {visits(5, 7), "EVID.SINGLE_ASSESSOR", "EVID.EARLY_DAYS EVID.STALE EVID.CONFLICT EVID.FEW"},
		"before settling":                 {visits(5, 6), "EVID.EARLY_DAYS", "EVID.STALE"},
		"181 days old":                    {visits(181, 20), "EVID.STALE", "EVID.EARLY_DAYS"},
		"180 days old":                    {visits(180, 20), "SKILL.NOT_SHOWN", "EVID.STALE"},
		"two assessors":                   {[]visit{by("s1", core), by("s2", core)}, "INFO.BREED_NOT_USED", "EVID.SINGLE_ASSESSOR"},
		"no observations":                 {nil, "EVID.FEW TRAIT.T03.UNKNOWN", "SKILL.NOT_SHOWN TRAIT.T13.UNKNOWN EVID.SINGLE_ASSESSOR"},
		"3 levels apart on one trait":     {[]visit{by("s1", core), by("s2", "sr1")}, "EVID.CONFLICT", ""},
		"2 levels apart on one trait":     {[]visit{by("s1", core), by("s2", "sr2")}, "", "EVID.CONFLICT"},
		"2 levels apart on three traits":  {[]visit{by("s1", core), by("s2", "sr2 nr2 bc2")}, "EVID.CONFLICT", ""},
		"3 apart on an unweighted trait":  {[]visit{by("s1", core), by("s2", "se1")}, "", "EVID.CONFLICT"},
		"3 levels apart by one assessor":  {[]visit{by("s1", core), by("s1", "sr1")}, "", "EVID.CONFLICT"},
		"two low observations of a floor": {hider, "FLOOR.T03 TRAIT.T03.HOLDS_BACK", "TRAIT.T03.HELPS"},
		"one low observation of a floor":  {[]visit{by("s1", strings.Replace(core, "sr4", "sr2", 1))}, "FLOOR.T03", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reasons := r.Rate(adult, observations(tt.visits...), allOK(r), today).Activities[1].Reasons
			got := column(reasons, func(x Reason) string { return x.Code })
			for code := range strings.FieldsSeq(tt.has) {
				if !slices.Contains(got, code) {
					t.Errorf("got %v, want %s", got, code)
				}
			}
			for code := range strings.FieldsSeq(tt.hasNot) {
				if slices.Contains(got, code) {
					t.Errorf("got %v, want no %s", got, code)
				}
			}
		})
	}
}

func TestFloor_SingleObservationNeverTrips(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	observed := observations(visit{"foster", "f1", "foster_home", 5, 20, "oi5 nr5 sr1 bc5 ad5 fm5 hc5 ha5 cc5 pb5"})
	got := r.Rate(adult, observed, allOK(r), today).Activities[1]
	if got.BehavioralReadiness != ReadyWithTraining {
		t.Errorf("one low observation: got %s, want %s", got.BehavioralReadiness, ReadyWithTraining)
	}
	again := observed[2]
	again.ID, again.AssessorID = "again", "f2"
	got = r.Rate(adult, append(observed, again), allOK(r), today).Activities[1]
	if got.BehavioralReadiness != BuildConfidenceFirst {
		t.Errorf("two low observations: got %s, want %s", got.BehavioralReadiness, BuildConfidenceFirst)
	}
}

func TestCautions_GeneralOnesComeLast(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, nil, allOK(r, HealthItem{Code: "MED.DEAF", Status: HealthFail}), today).Cautions
	codes := column(got, func(a Advice) string { return a.Code })
	if want := []string{"MED.DEAF", "RICH_HOME_FIRST", "PAIN_CAN_LOOK_LIKE_TEMPER", "NO_LIFE_DECISIONS"}; !slices.Equal(codes, want) {
		t.Errorf("got cautions %v, want %v", codes, want)
	}
}
