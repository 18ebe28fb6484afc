package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/store/storetest"
)

// BenchmarkMatch requests matches near 25 places among 10,000 cats, including HTTP. The
// budget is a median of 50 ms.
func BenchmarkMatch(b *testing.B) {
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) {
			api := newServer(b, storetest.NewOn(b, engine))
			places := geo.Default()
			set, err := demo.Synthetic(places, demo.Options{Cats: 10_000, Shelters: 30, Seed: 1, Today: *api.now})
			if err != nil {
				b.Fatal(err)
			}
			if err := set.Write(b.Context(), api.catalog, 1, nil); err != nil {
				b.Fatal(err)
			}
			if err := api.index.CatchUp(b.Context()); err != nil {
				b.Fatal(err)
			}
			var near []string
			for shelter := range set.Shelters() {
				near = append(near, shelter.Profile.Address.PostalCode)
			}
			n := 0
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				postMatch(b, api, near[n%len(near)])
				took = append(took, time.Since(began))
				n++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

func postMatch(b *testing.B, api http.Handler, near string) {
	b.Helper()
	body := fmt.Sprintf(`{"near":%q,"radius_km":500,"home":{"type":"apartment","outdoors":"none","indoor_only":true},"other_animals":{"dogs":true,"cats":true},`+
		`"children":[4],"experience":"first_time","activities":["leash_walk","backpack"],"hours_away":8,"hours_for_cat":1,"training_weeks":8,"prefers":{"age_groups":["young"],"sex":"female"},"limit":20}`, near)
	req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/matches", bytes.NewReader([]byte(body)))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		b.Fatalf("%d: %s", rec.Code, rec.Body)
	}
}
