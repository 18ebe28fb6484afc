package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store/storetest"
)

// importedCat is the model's state of a cat.
type importedCat struct {
	Name   string
	Source string
	Listed bool
}

// TestImports_SnapshotsAndWritesInAnyOrder compares log, rows, their counts and index with a model, which
// is a map.
func TestImports_SnapshotsAndWritesInAnyOrder(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		api := newServer(t, s)
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			shelterID := putShelter(t, api.catalog, geo.Default(), fmt.Sprint("round ", round), catalog.Profile{Name: "Home", Address: catalog.Address{PostalCode: "20850", Country: "US"}})
			head, err := s.Head(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			r := &interleaving{t: t, api: api, shelterID: shelterID, since: head.Seq, model: map[string]importedCat{}}
			for _, step := range rapid.SliceOfN(rapid.SampledFrom([]func(*rapid.T){r.snapshot, r.put, r.put}), 1, 5).Draw(rt, "steps") {
				step(rt)
			}
			r.check(rt)
			storetest.CheckCatCounts(t, url)
		})
	})
}

type interleaving struct {
	t         *testing.T
	api       *testServer
	shelterID string
	since     int64 // in the log
	model     map[string]importedCat
	writes    int
}

var someIDs = []string{"C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"}

// name returns a new name each time, so that every write changes its cat.
func (r *interleaving) name(id string) string {
	r.writes++
	return fmt.Sprintf("%sn%d", id, r.writes)
}

func (r *interleaving) snapshot(rt *rapid.T) {
	ids := rapid.SliceOfDistinct(rapid.SampledFrom(someIDs), rapid.ID).Draw(rt, "ids")
	var file strings.Builder
	file.WriteString(montgomeryCSV(0, sequentialID))
	for id, cat := range r.model {
		if cat.Source == "montgomery" && !slices.Contains(ids, id) {
			cat.Listed = false
			r.model[id] = cat
		}
	}
	for _, id := range ids {
		name := r.name(id)
		fmt.Fprintf(&file, "%s,04/01/2026,%s,CAT,3 YEARS,MED,BLACK,DOMESTIC SH,S\n", id, name)
		r.model[id] = importedCat{Name: name, Source: "montgomery", Listed: true}
	}
	url := "/v1/shelters/" + r.shelterID + "/imports?format=montgomery&mode=snapshot"
	rec := r.api.postFile(r.t, "admin", url, file.String())
	if token := rec.Header().Get("Trailcat-Confirm"); token != "" {
		rec = r.api.postFile(r.t, "admin", url+"&confirm="+token, file.String())
	}
	if rec.Code != http.StatusCreated {
		rt.Fatalf("%d %s for\n%s", rec.Code, rec.Body, file.String())
	}
}

func (r *interleaving) put(rt *rapid.T) {
	id := rapid.SampledFrom(someIDs).Draw(rt, "id")
	status := rapid.SampledFrom(catalog.Statuses()).Draw(rt, "status")
	name := r.name(id)
	putCats(r.t, r.api.catalog, r.shelterID, catalog.CatUpdate{ExternalID: id, Source: "api", Edit: func(f *catalog.Facts) { f.Name, f.Status = name, status }})
	r.model[id] = importedCat{Name: name, Source: "api", Listed: status.Listed()}
}

func (r *interleaving) check(rt *rapid.T) {
	if err := r.api.index.CatchUp(r.t.Context()); err != nil {
		rt.Fatal(err)
	}
	versions, ids := map[string]int64{}, []string{}
	changes, err := r.api.store.Changes(r.t.Context(), r.since, 10_000)
	if err != nil {
		rt.Fatal(err)
	}
	for _, c := range changes {
		if c.ShelterID != r.shelterID || c.Resource != catalog.CatResource {
			continue
		}
		if c.Version != versions[c.ResourceID]+1 {
			rt.Fatalf("the log says version %d after %d", c.Version, versions[c.ResourceID])
		}
		if versions[c.ResourceID] = c.Version; c.Version == 1 {
			ids = append(ids, c.ResourceID)
		}
	}
	cats, err := r.api.store.CatsByID(r.t.Context(), ids)
	if err != nil {
		rt.Fatal(err)
	}
	rows, offered := map[string]importedCat{}, map[string]bool{}
	for _, cat := range cats {
		rows[cat.ExternalID] = importedCat{Name: cat.Name, Source: cat.Source, Listed: cat.Status.Listed()}
		if cat.Version != versions[cat.ID] {
			rt.Fatalf("%s is at version %d, the log at %d", cat.ExternalID, cat.Version, versions[cat.ID])
		}
		if cat.Status != catalog.Removed {
			offered[cat.ID] = true
		}
	}
	if diff := cmp.Diff(r.model, rows); diff != "" {
		rt.Fatalf("rows (-want +got):\n%s", diff)
	}
	page, err := r.api.index.Cats(search.Query{Where: []search.Clause{{Field: search.FieldShelter, AnyOf: []string{r.shelterID}}}, Limit: 100})
	if err != nil {
		rt.Fatal(err)
	}
	found := map[string]bool{}
	for _, hit := range page.Hits {
		if found[hit.ID] = true; hit.Version != versions[hit.ID] {
			rt.Fatalf("the index has %s at version %d, the log at %d", hit.ID, hit.Version, versions[hit.ID])
		}
	}
	if diff := cmp.Diff(offered, found); diff != "" {
		rt.Fatalf("index (-want +got):\n%s", diff)
	}
}
