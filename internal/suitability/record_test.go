package suitability

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

func openRubrics(tb testing.TB) *rating.Rubrics {
	tb.Helper()
	rubrics, err := rating.Open()
	if err != nil {
		tb.Fatal(err)
	}
	return rubrics
}

// ids returns the IDs of observations with their roles and levels.
func ids(observations []rating.Observation) map[string]int {
	out := map[string]int{}
	for _, o := range observations {
		if o.AssessorID != o.Role {
			out["assessor "+o.AssessorID+" is not role "+o.Role] = o.Level
		}
		out[o.ID] = o.Level
	}
	return out
}

func TestEvidenceFromListing_AnswersAreTheRecord(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		facts catalog.Facts
		want  map[string]int
	}{
		"all questions": {
			catalog.Facts{Traits: catalog.Traits{Energy: "high", Leash: "yes", Travel: "no"}},
			map[string]int{"shelter_record:field-energy": 4, "shelter_record:field-leash": 4, "shelter_record:field-travel": 2},
		},
		"two answers on one trait": {
			catalog.Facts{Traits: catalog.Traits{Travel: "yes", Crate: "yes"}}, map[string]int{"shelter_record:field-travel": 4},
		},
		"not trained is no observation":    {catalog.Facts{Traits: catalog.Traits{Leash: "no", Crate: "no"}}, map[string]int{}},
		"the same words in the text":       {catalog.Facts{Description: "She walks on a harness.", Traits: catalog.Traits{Leash: "yes"}}, map[string]int{"shelter_record:field-leash": 4}},
		"the words alone":                  {catalog.Facts{Description: "She walks on a harness."}, map[string]int{"listing:wears-a-harness": 4}},
		"a text that contradicts":          {catalog.Facts{Description: "She loves to play.", Traits: catalog.Traits{Energy: "low"}}, map[string]int{}},
		"what other fields say is no more": {catalog.Facts{GoodWith: catalog.GoodWith{Dogs: new(true)}}, map[string]int{"listing:field-dogs": 4}},
	}
	rubrics := openRubrics(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.facts.ListedAt = today
			got := EvidenceFromListing(rubrics.Latest(), &catalog.Cat{Facts: tt.facts}, today)
			if diff := cmp.Diff(tt.want, ids(got.Observations)); diff != "" {
				t.Errorf("observations (-want +got):\n%s", diff)
			}
		})
	}
}

// Rubric 1.1.0 knows hints of the listing and no record.
func TestEvidenceFromListing_OlderRubricHasNoRecord(t *testing.T) {
	t.Parallel()
	older, err := openRubrics(t).Version("1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	cat := catalog.Cat{Facts: catalog.Facts{ListedAt: today, Traits: catalog.Traits{Leash: "yes"}}}
	if diff := cmp.Diff(map[string]int{"listing:field-leash": 4}, ids(EvidenceFromListing(older, &cat, today).Observations)); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
}

// A cat whose answers are removed is rated as if they had never been given, and answers
// give no score, no readiness and no better grade than D that people's observations do not
// give.
func TestProperty_AnswersAloneRateNothing(t *testing.T) {
	t.Parallel()
	rubric := openRubrics(t).Latest()
	rapid.Check(t, func(t *rapid.T) {
		answer := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
		cat := catalog.Cat{Facts: catalog.Facts{
			Name: "Juniper", ListedAt: today, Description: answer("description", "", "She is playful.", wordy),
		}}
		rate := func() rating.Rating {
			return Rate((*rating.Rubric).Rate, rubric, &cat, nil, nil, EvidenceFromListing(rubric, &cat, today), today)
		}
		before := rate()
		cat.Traits = catalog.Traits{
			Energy: answer("energy", "", "very high", "medium", "low", "?"), Leash: answer("leash", "", "yes", "no"),
			Travel: answer("travel", "", "yes", "no"), Crate: answer("crate", "", "yes", "no"),
		}
		for _, a := range rate().Activities[1:] {
			if a.Estimate != nil || a.Readiness == rating.ReadyNow || !slices.Contains([]string{catalog.NoEvidence, catalog.ListingEvidence}, a.Grade) {
				t.Fatalf("%s: got %s, grade %s and %v, want no score", a.Activity, a.Readiness, a.Grade, a.Estimate)
			}
		}
		cat.Traits = catalog.Traits{}
		if diff := cmp.Diff(before, rate()); diff != "" {
			t.Fatalf("rating without the answers (-before +after):\n%s", diff)
		}
	})
}

// Health items that the software of shelters reports came with rubric 1.2.0. Older rubrics
// rate the same cat as they did before there were any.
func TestRate_OlderRubricsDoNotKnowReportedHealth(t *testing.T) {
	t.Parallel()
	rubrics := openRubrics(t)
	reported := []catalog.HealthItem{
		{Code: "ID.CHIP", Status: "fail", Reported: true},
		{Code: "MED.FIV_POS", Status: "ok", HappenedOn: today.AddDate(-5, 0, 0), Reported: true},
	}
	recorded := []catalog.HealthItem{{Code: "MED.RABIES", Status: "ok", VerifiedOn: today.Add(-48 * time.Hour)}}
	for _, version := range rubrics.Versions() {
		rubric, err := rubrics.Version(version)
		if err != nil {
			t.Fatal(err)
		}
		rate := func(health []catalog.HealthItem) rating.Rating {
			return Rate((*rating.Rubric).Rate, rubric, &catalog.Cat{}, nil, health, ListingEvidence{}, today)
		}
		same := cmp.Equal(rate(recorded), rate(append(slices.Clone(recorded), reported...)))
		if want := version != "1.2.0"; same != want {
			t.Errorf("%s: got the same rating with reported items: %v, want %v", version, same, want)
		}
	}
}
