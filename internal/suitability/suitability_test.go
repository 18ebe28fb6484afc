package suitability

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

var today = time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)

// The summary that lists and filters use says what the whole rating says: a cat cannot
// be on hold in one and not yet assessed in the other.
func TestProperty_SummaryMatchesRating(t *testing.T) {
	t.Parallel()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	rubric, rate := rubrics.Latest(), NewRater(rubrics)
	rapid.Check(t, func(t *rapid.T) {
		cat, assessments, health := randomCat(rubric, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)))
		summary, _ := rate(cat, assessments, health, today)
		whole := Rate((*rating.Rubric).Rate, rubric, &cat, assessments, health, EvidenceFromListing(rubric, &cat, today), today)
		if summary.BestFit != whole.BestFit {
			t.Fatalf("got best fit %q in the summary and %q in the rating", summary.BestFit, whole.BestFit)
		}
		if (summary.Overall == nil) != (whole.Overall == nil) || summary.Overall != nil && *summary.Overall != whole.Overall.Score {
			t.Fatalf("got overall %v in the summary and %+v in the rating", summary.Overall, whole.Overall)
		}
		for _, a := range whole.Activities[1:] {
			got := summary.Activity(a.Activity)
			if got.Readiness != string(a.Readiness) || got.Grade != a.Grade {
				t.Fatalf("%s: got %s, grade %s in the summary and %s, grade %s in the rating", a.Activity, got.Readiness, got.Grade, a.Readiness, a.Grade)
			}
			if (got.Score == nil) != (a.Estimate == nil) || got.Score != nil && (*got.Score != a.Estimate.Score || *got.Low != a.Estimate.Low || *got.High != a.Estimate.High || got.Band != a.Estimate.Band) {
				t.Fatalf("%s: got %+v in the summary and %+v in the rating", a.Activity, got, a.Estimate)
			}
		}
	})
}

// randomCat returns a cat as listings and shelters describe it. Most have no recorded
// evidence, and many are kittens.
func randomCat(rubric *rating.Rubric, random *rand.Rand) (catalog.Cat, []catalog.Assessment, []catalog.HealthItem) {
	flag := func() *bool { return []*bool{nil, nil, nil, nil, new(true), new(false)}[random.IntN(6)] }
	cat := catalog.Cat{Facts: catalog.Facts{
		Name: "Juniper", ListedAt: today.AddDate(0, 0, -random.IntN(60)),
		Sex:          []vocab.Sex{"", vocab.SexFemale, vocab.SexMale}[random.IntN(3)],
		Description:  []string{"", "She loves to watch birds from the window.", wordy}[random.IntN(3)],
		Microchipped: flag(), Altered: flag(), FIV: flag(), FeLV: flag(), ShotsCurrent: flag(), Declawed: flag(),
	}}
	if random.IntN(4) > 0 {
		cat.Birth.On = today.AddDate(0, 0, -(random.IntN(5000) >> random.IntN(8)))
	}
	var assessments []catalog.Assessment
	for range random.IntN(6) - 2 {
		a := catalog.Assessment{
			ID: "asm", AssessorID: string(rune('a' + random.IntN(3))), Role: "foster", Context: "foster_home",
			ObservedOn: today.AddDate(0, 0, -random.IntN(200)), DaysInPlace: new(random.IntN(60)), Levels: map[string]int{},
		}
		for _, trait := range rubric.TraitCodes() {
			if random.IntN(3) > 0 {
				a.Levels[trait] = 1 + random.IntN(5)
			}
		}
		assessments = append(assessments, a)
	}
	var health []catalog.HealthItem
	for _, code := range rubric.HealthCodes() {
		if random.IntN(8) == 0 {
			health = append(health, catalog.HealthItem{Code: code, Status: []string{"ok", "fail", "unknown", "not_applicable", "at_adoption"}[random.IntN(5)]})
		}
	}
	if random.IntN(2) == 0 {
		assessments, health = nil, nil
	}
	return cat, assessments, health
}

const wordy = "She is a playful, curious and friendly girl who loves to watch birds from the window. She loves treats, loves to be held, " +
	"walks on a harness, travels well and gets along with other cats. She settled into her foster home quickly."

func TestNewRater_KittenIsOnHold(t *testing.T) {
	t.Parallel()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	kitten := catalog.Cat{Facts: catalog.Facts{Name: "Pip", Birth: catalog.Birth{On: today.AddDate(0, 0, -70)}}}
	got, _ := NewRater(rubrics)(kitten, nil, nil, today)
	if a := got.Activity("leash_walk"); a.Readiness != catalog.ReadinessOnHold || a.Grade != catalog.NoEvidence {
		t.Errorf("got %+v, want on hold without a grade", a)
	}
}

func TestRatedCat_MaleIsNotAskedAboutPregnancy(t *testing.T) {
	t.Parallel()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	for sex, want := range map[vocab.Sex]bool{"": true, vocab.SexFemale: true, vocab.SexMale: false} {
		cat := catalog.Cat{Facts: catalog.Facts{Sex: sex}}
		got := Rate((*rating.Rubric).Rate, rubrics.Latest(), &cat, nil, nil, ListingEvidence{}, today)
		if asked := slices.ContainsFunc(got.Gates, func(g rating.Gate) bool { return g.Code == "MED.PREGNANT" }); asked != want {
			t.Errorf("sex %q: got asked %v, want %v", sex, asked, want)
		}
	}
}
