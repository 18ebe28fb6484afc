package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestSyncIndex_WritesFromMemoryEqualTheDatabase writes concurrently in all ways, and
// compares the responses from the index of the server, which took up most writes from
// memory, with those from an index that is filled from the database.
func TestSyncIndex_WritesFromMemoryEqualTheDatabase(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var config Config
		api := newServer(t, s, func(c *Config) { config = *c })
		var writers sync.WaitGroup
		for n := range 4 {
			writers.Go(func() { writeAtRandom(t, api, rand.New(rand.NewPCG(uint64(n), 1)), 40) })
		}
		writers.Wait()
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := api.index.Head(); got != head {
			t.Errorf("the index is at %+v, want %+v", got, head)
		}
		places := geo.Default()
		config.Index = search.New(s, search.Options{
			Card:          wire.CardEncoder(""),
			CardFragments: wire.CardFragments(""),
			PostalPoint: func(code, country string) (geo.Point, bool) {
				place, ok := places.PostalCode(country, code)
				return place.Point, ok
			},
			Now: config.Now,
		})
		if err := config.Index.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		handler, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		fresh := &testServer{Handler: handler, catalog: api.catalog, index: config.Index, store: s, now: api.now, keys: api.keys}
		for _, key := range []string{"writer", "other", "admin"} {
			for _, path := range indexPaths() {
				want, got := get(t, fresh, path, api.bearer(key)), get(t, api, path, api.bearer(key))
				if got.Code != want.Code || got.Body.String() != want.Body.String() {
					t.Errorf("%s with key %s: got %d %s\nwant %d %s", path, key, got.Code, got.Body, want.Code, want.Body)
				}
			}
		}
	})
}

// indexPaths returns paths whose responses come from the index, each on one page.
func indexPaths() []string {
	paths := []string{
		"/v1/cats?limit=100&q=harness", "/v1/cats?limit=100&q=moved", "/v1/cats?limit=100&near=20855&radius_km=30", "/v1/cats?limit=1&facets=all&include_total=true",
		"/v1/cats?limit=100&shelter=MD1", "/v1/cats?limit=100&status=pending,adopted,on_hold", "/v1/shelters?limit=100", "/v1/shelters?near=98032", "/v1/shelters/MD1", "/v1/changes?limit=500",
	}
	for _, sort := range []string{"newest", "oldest", "updated", "name", "suitability", "distance", "farthest"} {
		paths = append(paths, "/v1/cats?limit=100&near=20855&sort="+sort)
	}
	return paths
}

func writeAtRandom(t *testing.T, api *testServer, r *rand.Rand, count int) {
	t.Helper()
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	for range count {
		id := fmt.Sprint("W", r.IntN(12))
		cat := fmt.Sprintf("/v1/cats/%d", 1+r.IntN(14))
		var method, path, body string
		switch r.IntN(10) {
		case 0, 1, 2, 3:
			method, path = http.MethodPut, "/v1/shelters/"+pick("MD1", "MD1", "WA1")+"/cats/"+id
			body = fmt.Sprintf(`{"name":"%s %d","description":"%s","sex":"%s","listed_at":"2026-04-%02dT10:00:00.%09dZ","birth":{"date":"20%02d-03-04","precision":"day"},"foster_postal_code":%s,"traits":{"tags":["%s"]},"colors":"%s"}`,
				pick("Ada", "Bo", "Élodie", "İpek"), r.IntN(5), pick("Walks on a harness.", "Hides from dogs.", ""), pick("male", "female"), 1+r.IntN(28), r.IntN(1e9), 10+r.IntN(16),
				pick("null", `"20850"`, `"98101"`), pick("calm", "Lap Cat"), pick("Black", "Tabby (Brown / Chocolate)", "mauve"))
		case 4:
			method, path, body = http.MethodPatch, cat, fmt.Sprintf(`{"name":"%s","good_with":{"dogs":%s}}`, pick("Moved", "Cleo"), pick("true", "false", "null"))
		case 5:
			method, path, body = http.MethodPost, cat+"/status", fmt.Sprintf(`{"status":"%s"}`, pick("available", "pending", "on_hold", "removed"))
		case 6:
			method, path = http.MethodPatch, "/v1/shelters/MD1"
			body = pick(`{"address":{"postal_code":"20850","city":null,"region":null},"location":null}`, `{"address":{"postal_code":"98101","city":null,"region":null},"location":null}`,
				`{"hidden_from":{"classes":["aggregator"]}}`, `{"hidden_from":null}`, `{"name":"Renamed"}`, `{"phone":"+1 240 555 0199"}`)
		case 7:
			method, path = http.MethodPost, cat+"/assessments"
			body = fmt.Sprintf(`{"assessor":{"id":"s1","role":"staff"},"context":"shelter_room","observed_on":"2026-04-%02d","levels":{"outdoor_interest":%d,"sound_recovery":%d,"harness_comfort":%d,"baseline_calm":4}}`, 1+r.IntN(28), 1+r.IntN(5), 1+r.IntN(5), 1+r.IntN(5))
		case 8:
			method, path, body = http.MethodDelete, cat, ""
		default:
			method, path = http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert"
			body = fmt.Sprintf(`{"cats":[{"external_id":"%s","name":"Bulk"},{"external_id":"W99","name":"Bulk %d"}]}`, id, r.IntN(9))
		}
		if rec := send(t, api, method, path, body, "admin"); rec.Code >= http.StatusInternalServerError || rec.Code == http.StatusBadRequest || rec.Code == http.StatusUnprocessableEntity {
			t.Errorf("%s %s %s: got %d %s", method, path, body, rec.Code, rec.Body)
		}
	}
}
