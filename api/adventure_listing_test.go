package api

import (
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/suitability"
)

func listedCat() catalog.Cat {
	return catalog.Cat{Facts: catalog.Facts{
		Name: "Juniper", ListedAt: time.Date(2026, time.April, 20, 9, 0, 0, 0, time.UTC), Birth: catalog.Birth{On: time.Date(2023, 4, 2, 0, 0, 0, 0, time.UTC)},
		Description: "She loves to watch birds from the window.", Microchipped: new(true), Altered: new(true), FIV: new(false),
	}}
}

func published(tb testing.TB) *rating.Rubrics {
	tb.Helper()
	all, err := openRubrics()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

var openRubrics = sync.OnceValues(rating.Open)

func TestListingHints_CountOnlyForRubricsThatUseThem(t *testing.T) {
	t.Parallel()

	older, err := published(t).Version("1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	may := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		rubric        *rating.Rubric
		on            time.Time
		hints, health int
	}{
		"one that listens":              {rubricForTest(t), may, 1, 3},
		"one that came before hints":    {older, may, 0, 0},
		"on the day of the listing":     {rubricForTest(t), time.Date(2026, time.April, 20, 0, 0, 0, 0, time.UTC), 1, 3},
		"before there was a listing":    {rubricForTest(t), time.Date(2026, time.April, 19, 0, 0, 0, 0, time.UTC), 0, 0},
		"long after what was then said": {rubricForTest(t), may.AddDate(2, 0, 0), 1, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cat := listedCat()
			said := suitability.EvidenceFromListing(tt.rubric, &cat, tt.on)
			if len(said.Hints) != tt.hints || len(said.Observations) != tt.hints || len(said.Health) != tt.health {
				t.Errorf("it says %+v", said)
			}
			if rated := suitability.Rate((*rating.Rubric).Rate, tt.rubric, &cat, nil, nil, said, tt.on); len(rated.Ignored) > 0 || len(rated.Observations) != tt.hints {
				t.Errorf("%d marks count, ignored are %+v", len(rated.Observations), rated.Ignored)
			}
		})
	}
}

func TestAdventure_CatWithoutEvidenceHasNoRating(t *testing.T) {
	t.Parallel()

	rate, on := suitability.NewRater(published(t)), time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	wordy := "She is a playful, curious and friendly girl who loves to watch birds from the window. She loves treats, loves to be held, " +
		"walks on a harness, travels well and gets along with other cats. She settled into her foster home quickly."
	tests := map[string]struct {
		change    func(*catalog.Cat)
		readiness string // of the leash walk; empty: there is no rating
		grade     string
	}{
		"nothing is known":                    {func(c *catalog.Cat) { c.Facts = catalog.Facts{Name: "Juniper"} }, "", ""},
		"a hint is too little":                {func(*catalog.Cat) {}, "", ""},
		"a kitten is on hold for its age":     {func(c *catalog.Cat) { c.Birth.On = on.AddDate(0, 0, -70) }, "on_hold", "none"},
		"no chip holds":                       {func(c *catalog.Cat) { c.Microchipped = new(false) }, "on_hold", "none"},
		"declawed cats may go out, with care": {func(c *catalog.Cat) { c.Declawed = new(true) }, "", ""},
		"a listing that says a lot":           {func(c *catalog.Cat) { c.Description = wordy }, "not_yet_assessed", "listing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cat := listedCat()
			tt.change(&cat)
			got, _ := rate(cat, nil, nil, on)
			if (got.Rubric == "") != (tt.readiness == "") {
				t.Fatalf("rating %+v", got)
			}
			if tt.readiness == "" {
				return
			}
			if walk := got.Activities[0]; walk.Readiness != tt.readiness || walk.Grade != tt.grade || walk.Score != nil {
				t.Errorf("leash walk is %s, grade %s, score %v", walk.Readiness, walk.Grade, walk.Score)
			}
		})
	}
}

func TestAdventure_ObservationsAreRatedWithoutListingHints(t *testing.T) {
	t.Parallel()

	rate := suitability.NewRater(published(t))
	a := catalog.Assessment{ID: "asm_1", AssessorID: "s1", Role: "staff", Context: "kennel", ObservedOn: goldenDay, Levels: map[string]int{"play_drive": 3}}
	if got, _ := rate(catalog.Cat{}, []catalog.Assessment{a}, nil, goldenDay); got.Rubric == "" {
		t.Error("a cat that somebody saw has no rating")
	}
}
