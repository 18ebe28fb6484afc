package rating

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// recordedTraits are the traits on which the software of shelters asks.
var recordedTraits = []string{"harness_comfort", "carrier_comfort", "play_drive"}

// record returns an answer in a shelter's software.
func record(trait string, level int) Observation {
	return Observation{ID: "r " + trait, Trait: trait, Level: level, AssessorID: "shelter_record", Role: "shelter_record", Context: "history", ObservedOn: today}
}

func TestRecord_AloneGivesNoScore(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for level := 1; level <= 5; level++ {
		said := hintsAtLevel(level)
		for _, trait := range recordedTraits {
			said = append(slices.DeleteFunc(said, func(o Observation) bool { return o.Trait == trait }), record(trait, level))
		}
		got := r.Rate(adult, said, allOK(r), today)
		if len(got.Ignored) > 0 || got.Overall != nil {
			t.Errorf("level %d: got ignored %v and overall %v, want none", level, got.Ignored, got.Overall)
		}
		for _, a := range got.Activities[1:] {
			if a.Readiness != NotYetAssessed || a.Grade != "listing" || a.Assessors != 1 {
				t.Errorf("level %d, %s: got %s, grade %s and %v assessors; want not_yet_assessed, listing and 1", level, a.Activity, a.Readiness, a.Grade, a.Assessors)
			}
			if !slices.ContainsFunc(a.Reasons, func(r Reason) bool { return r.Code == "EVID.HINTS_ONLY" }) {
				t.Errorf("level %d, %s: got reasons %v, want EVID.HINTS_ONLY", level, a.Activity, a.Reasons)
			}
		}
	}
}

// An answer moves the exact score further than words do, and no further than staff who
// observed the same.
func TestProperty_RecordMovesScoreBetweenHintAndStaff(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t, r, 30)
		said := record(rapid.SampledFrom(recordedTraits).Draw(t, "trait"), rapid.IntRange(1, 5).Draw(t, "level"))
		scores := func(more ...Observation) []score {
			_, raw := r.rawScores(s.cat, append(slices.Clone(s.observations), more...), s.asOf)
			return raw
		}
		words, seen := said, said
		words.Role, words.AssessorID = "listing", "words"
		seen.Role, seen.AssessorID = "staff", "seen"
		before, byWords, byRecord, byStaff := scores(), scores(words), scores(said), scores(seen)
		for i, a := range r.activities {
			order := []float64{before[i].exact, byWords[i].exact, byRecord[i].exact, byStaff[i].exact}
			if order[3] < order[0] {
				slices.Reverse(order)
			}
			for j := range order[1:] {
				if order[j+1] < order[j]-tolerance {
					t.Fatalf("%s: got scores %v without, by words, by the record and by staff, want them in order", a.code, order)
				}
			}
		}
	})
}

func TestProperty_RecordNeverRaisesReadinessOrGrade(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t, r, 30)
		people := slices.DeleteFunc(slices.Clone(s.observations), func(o Observation) bool { return !slices.Contains(r.AssessorRoles(), o.Role) })
		recorded := slices.Clone(people)
		for _, trait := range recordedTraits {
			recorded = append(recorded, record(trait, rapid.IntRange(1, 5).Draw(t, trait)))
		}
		before, after := r.Rate(s.cat, people, s.health, s.asOf), r.Rate(s.cat, recorded, s.health, s.asOf)
		for i := range before.Activities[1:] {
			b, a := before.Activities[i+1], after.Activities[i+1]
			if a.Assessors != b.Assessors {
				t.Fatalf("%s: got %v assessors with the record, want %v", a.Activity, a.Assessors, b.Assessors)
			}
			if a.Readiness == ReadyNow && b.Readiness != ReadyNow || (a.Estimate == nil) != (b.Estimate == nil) {
				t.Fatalf("%s: got %s and %v with the record, %s and %v without", a.Activity, a.Readiness, a.Estimate, b.Readiness, b.Estimate)
			}
			if a.Grade < b.Grade && a.Grade < "D" {
				t.Fatalf("%s: got grade %s with the record, %s without", a.Activity, a.Grade, b.Grade)
			}
		}
	})
}

func TestRecord_RoleIsReserved(t *testing.T) {
	t.Parallel()
	for version, r := range publishedRubrics(t) {
		wantRecord := map[string]string{"1.2.0": "shelter_record"}[version]
		if r.RecordRole() != wantRecord {
			t.Errorf("%s: got record role %q, want %q", version, r.RecordRole(), wantRecord)
		}
		want := []string{"behaviorist", "foster", "staff", "adopter", "vet", "volunteer", "previous_owner"}
		if got := r.AssessorRoles(); !slices.Equal(got, want) {
			t.Errorf("%s: got assessor roles %v, want %v", version, got, want)
		}
	}
}

// A record is made on the traits on which software asks, and on no other.
func TestRecord_IsIgnoredOnOtherTraits(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for _, trait := range r.TraitCodes() {
		want := 0
		if slices.Contains(recordedTraits, trait) {
			want = 1
		}
		if got := r.Rate(adult, []Observation{record(trait, 3)}, nil, today); len(got.Observations) != want {
			t.Errorf("%s: got %d observations that count, want %d", trait, len(got.Observations), want)
		}
	}
}
