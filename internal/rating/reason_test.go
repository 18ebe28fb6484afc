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
	at := func(age, day int) []visit { return []visit{{"staff", "s1", "shelter_room", age, day, core}} }
	with := func(who, marks string) visit { return visit{"staff", who, "shelter_room", 5, 20, marks} }
	tests := map[string]struct {
		visits []visit
		has    string // codes, apart by spaces
		hasNot string
	}{
		"settled and fresh":             {at(5, 7), "EVID.SINGLE_ASSESSOR", "EVID.EARLY_DAYS EVID.STALE EVID.CONFLICT EVID.FEW"},
		"before settling":               {at(5, 6), "EVID.EARLY_DAYS", "EVID.STALE"},
		"of half a year ago":            {at(181, 20), "EVID.STALE", "EVID.EARLY_DAYS"},
		"not quite of half a year ago":  {at(180, 20), "SKILL.NOT_SHOWN", "EVID.STALE"},
		"two assessors":                 {[]visit{with("s1", core), with("s2", core)}, "INFO.BREED_NOT_USED", "EVID.SINGLE_ASSESSOR"},
		"nothing seen":                  {nil, "EVID.FEW TRAIT.T03.UNKNOWN", "SKILL.NOT_SHOWN TRAIT.T13.UNKNOWN EVID.SINGLE_ASSESSOR"},
		"three levels apart on one":     {[]visit{with("s1", core), with("s2", "sr1")}, "EVID.CONFLICT", ""},
		"two levels apart on one":       {[]visit{with("s1", core), with("s2", "sr2")}, "", "EVID.CONFLICT"},
		"two levels apart on three":     {[]visit{with("s1", core), with("s2", "sr2 nr2 bc2")}, "EVID.CONFLICT", ""},
		"apart where it weighs nothing": {[]visit{with("s1", core), with("s2", "se1")}, "", "EVID.CONFLICT"},
		"apart from oneself":            {[]visit{with("s1", core), with("s1", "sr1")}, "", "EVID.CONFLICT"},
		"two bad marks trip a floor":    {hider, "FLOOR.T03 TRAIT.T03.HOLDS_BACK", "TRAIT.T03.HELPS"},
		"a shaky floor is told":         {[]visit{with("s1", strings.Replace(core, "sr4", "sr2", 1))}, "FLOOR.T03", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reasons := r.Rate(adult, observations(tt.visits...), allFine(r), today).Activities[1].Reasons
			got := column(reasons, func(x Reason) string { return x.Code })
			for code := range strings.FieldsSeq(tt.has) {
				if !slices.Contains(got, code) {
					t.Errorf("no %s in %v", code, got)
				}
			}
			for code := range strings.FieldsSeq(tt.hasNot) {
				if slices.Contains(got, code) {
					t.Errorf("%s in %v", code, got)
				}
			}
		})
	}
}

func TestOneBadMarkNeverTripsAFloor(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	marks := observations(visit{"foster", "f1", "foster_home", 5, 20, "oi5 nr5 sr1 bc5 ad5 fm5 hc5 ha5 cc5 pb5"})
	got := r.Rate(adult, marks, allFine(r), today).Activities[1]
	if got.BehavioralReadiness != ReadyWithTraining {
		t.Errorf("one bad mark makes %s", got.BehavioralReadiness)
	}
	again := marks[2]
	again.ID, again.AssessorID = "again", "f2"
	got = r.Rate(adult, append(marks, again), allFine(r), today).Activities[1]
	if got.BehavioralReadiness != BuildConfidenceFirst {
		t.Errorf("two bad marks make %s", got.BehavioralReadiness)
	}
}

func TestStandingCautionsComeLast(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, nil, allFine(r, HealthItem{Code: "MED.DEAF", Status: HealthFail}), today).Cautions
	codes := column(got, func(a Advice) string { return a.Code })
	if want := []string{"MED.DEAF", "RICH_HOME_FIRST", "PAIN_CAN_LOOK_LIKE_TEMPER", "NO_LIFE_DECISIONS"}; !slices.Equal(codes, want) {
		t.Errorf("cautions %v, want %v", codes, want)
	}
}
