package main

import (
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/rating"
	"trailcat/internal/store"
	"trailcat/internal/suitability"
)

// TestRecomputeRatings_WritesWhatAYearChangedOnce also checks that the command
// gives way to another process.
func TestRecomputeRatings_WritesWhatAYearChangedOnce(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		db, err := databaseFlags{Database: flags[1], Migrate: true, DatabaseTimeout: 0, LogLevel: 0}.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		assessAYearAgo(t, db)
		command := append([]string{"recompute-ratings"}, flags...)
		for _, want := range []string{
			"1 cats: 1 ratings changed, 1 age groups changed\n",
			"1 cats: 0 ratings changed, 0 age groups changed\n",
		} {
			if got, _ := do(t, exitOK, command...); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		if _, ok, err := db.TakeLease(t.Context(), "rerate", "a server", now(), time.Minute); err != nil || !ok {
			t.Fatalf("acquire the lease: %v, %v", ok, err)
		}
		const want = "trailcat: another process is recomputing ratings; try again later\n"
		if _, got := do(t, exitFailed, command...); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// assessAYearAgo creates a kitten that was assessed a year ago, with a vaccination
// that was valid for a month.
func assessAYearAgo(t *testing.T, db *store.Store) {
	t.Helper()
	then := now().AddDate(-1, 0, 0)
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	places := geo.Default()
	cats := catalog.New(db, func() time.Time { return then }, newUUID).WithRater(suitability.NewRater(rubrics))
	shelter, _, err := cats.PutShelter(t.Context(), places, "home", catalog.Profile{Name: "Home", Address: catalog.Address{PostalCode: "20855", Country: "US"}})
	if err != nil {
		t.Fatal(err)
	}
	kitten := catalog.CatUpdate{ExternalID: "1", Source: "api", Edit: func(f *catalog.Facts) {
		f.Name, f.Birth = "Ada", catalog.Birth{On: then.AddDate(0, -8, 0).Truncate(24 * time.Hour), Precision: catalog.ToTheDay}
	}}
	outcomes, err := cats.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{kitten})
	if err != nil {
		t.Fatal(err)
	}
	id := outcomes[0].Cat.ID
	levels := map[string]int{"novelty_response": 4, "sound_recovery": 4, "baseline_calm": 4, "carrier_comfort": 4, "handling_comfort": 4}
	if _, err := cats.RecordAssessment(t.Context(), catalog.Assessment{CatID: id, AssessorID: "s1", Role: "staff", Context: "shelter_room", ObservedOn: then.Truncate(24 * time.Hour), Levels: levels}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := cats.PutHealth(t.Context(), catalog.HealthItem{CatID: id, Code: "MED.RABIES", Status: "ok", ValidUntil: then.AddDate(0, 1, 0).Truncate(24 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
}
