package main

import (
	"testing"
	"time"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/rating"
	"trailcat/internal/store"
)

// TestRerateByHand: what a year changed is written once, and who is in the way
// of a server is told.
func TestRerateByHand(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		db, err := databaseFlags{Database: flags[1], Migrate: true, LogLevel: 0}.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		assessAYearAgo(t, db)
		rerate := append([]string{"recompute-ratings"}, flags...)
		for _, want := range []string{
			"1 cats looked at: 1 rated otherwise, 1 in another age group\n",
			"1 cats looked at: 0 rated otherwise, 0 in another age group\n",
		} {
			if said, _ := do(t, exitOK, rerate...); said != want {
				t.Errorf("got %q, want %q", said, want)
			}
		}
		if _, ok, err := db.TakeLease(t.Context(), "rerate", "a server", now(), time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		const inTheWay = "trailcat: a server rates cats just now; try again when it is done\n"
		if _, complaint := do(t, exitFailed, rerate...); complaint != inTheWay {
			t.Errorf("got %q, want %q", complaint, inTheWay)
		}
	})
}

// assessAYearAgo makes a kitten that was seen a year ago, and vaccinated for a month.
func assessAYearAgo(t *testing.T, db *store.Store) {
	t.Helper()
	then := now().AddDate(-1, 0, 0)
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	places := geo.Default()
	cats := catalog.New(db, func() time.Time { return then }, newUUID).WithRater(api.Rater(rubrics))
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
