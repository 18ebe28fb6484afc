package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/store/storetest"
)

// wantedCat is the expected state of a cat.
type wantedCat struct {
	Name    string
	Status  string
	Version int64
}

// After writes of all kinds in any order, the log, the rows, their counts and the index
// agree with each other and with the responses.
func TestWrites_LogRowsAndIndexAgree(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		api := newServer(t, s)
		places := geo.Default()
		md1, err := s.ShelterByCode(t.Context(), "MD1")
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(r *rapid.T) {
			shelter, err := api.catalog.CreateShelter(t.Context(), places, md1.PartnerID, catalog.Profile{Name: "Any", Address: catalog.Address{PostalCode: "20855", Country: "US"}})
			if err != nil {
				t.Fatal(err)
			}
			w := &writes{testServer: api, t: t, shelter: shelter, want: map[string]wantedCat{}}
			for range rapid.IntRange(1, 6).Draw(r, "writes") {
				w.write(r)
			}
			w.check(r)
			storetest.CheckCatCounts(t, url)
		})
	})
}

// writes sends random writes to one shelter and computes the expected cats.
type writes struct {
	*testServer

	t       *testing.T
	shelter catalog.Shelter
	want    map[string]wantedCat
}

var (
	someID     = rapid.SampledFrom([]string{"1", "2", "3", "4"})
	someName   = rapid.SampledFrom([]string{"Ada", "Bo", ""}) // no cat can be nameless
	someStatus = rapid.SampledFrom([]string{"", "available", "pending", "adopted", "removed"})
)

func (w *writes) write(r *rapid.T) {
	id, name, status := someID.Draw(r, "id"), someName.Draw(r, "name"), someStatus.Draw(r, "status")
	known, exists := w.want[id]
	one := fmt.Sprintf("/v1/shelters/%s/cats/%s", w.shelter.Code, id)
	switch kind := rapid.SampledFrom([]string{"put", "create", "patch", "status", "delete", "bulk", "atomic"}).Draw(r, "kind"); kind {
	case "put":
		w.send(r, http.MethodPut, one, draftJSON("", name, status), map[bool]int{true: 200, false: 201}[exists], name != "")
		w.expect(id, name, status, name != "")
	case "create":
		w.send(r, http.MethodPost, strings.TrimSuffix(one, "/"+id), draftJSON(id, name, status), map[bool]int{true: 409, false: 201}[exists], name != "")
		w.expect(id, name, status, name != "" && !exists)
	case "patch":
		if exists && known.Status != "removed" {
			w.send(r, http.MethodPatch, w.path(id), draftJSON("", name, status), 200, name != "")
			w.expect(id, name, status, name != "")
		}
	case "status":
		if exists && status != "" {
			w.send(r, http.MethodPost, w.path(id)+"/status", draftJSON("", "-", status), 200, true)
			w.expect(id, known.Name, status, true)
		}
	case "delete":
		if exists {
			w.send(r, http.MethodDelete, w.path(id), "", 204, true)
			w.expect(id, known.Name, "removed", true)
		}
	default:
		w.bulk(r, kind == "atomic")
	}
}

func draftJSON(id, name, status string) string {
	said := map[string]string{"name": name, "external_id": id, "status": status}
	maps.DeleteFunc(said, func(key, value string) bool { return value == "" && key != "name" || value == "-" })
	text, err := json.Marshal(said)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// send sends a write and expects a status, or 422 if the request is not valid.
func (w *writes) send(r *rapid.T, method, path, body string, status int, sound bool) []byte {
	contentType := map[bool]string{true: httpkit.MergePatchType, false: "application/json"}[method == http.MethodPatch]
	rec := w.do(w.t.Context(), "writer", method, path, contentType, strings.NewReader(body))
	if !sound {
		status = http.StatusUnprocessableEntity
	}
	if rec.Code != status {
		r.Fatalf("%s %s %s: got %d, want %d: %s", method, path, body, rec.Code, status, rec.Body)
	}
	return rec.Body.Bytes()
}

// expect computes the expected result of a write.
func (w *writes) expect(id, name, status string, done bool) catalog.Result {
	if !done {
		return catalog.ResultRejected
	}
	known, exists := w.want[id]
	next := wantedCat{Name: name, Status: status, Version: known.Version + 1}
	if status == "" {
		next.Status = known.Status
		if !exists || known.Status == "removed" {
			next.Status = "available"
		}
	}
	switch {
	case !exists:
		w.want[id] = next
		return catalog.ResultCreated
	case known.Name == next.Name && known.Status == next.Status:
		return catalog.ResultUnchanged
	default:
		w.want[id] = next
		return catalog.ResultUpdated
	}
}

func (w *writes) bulk(r *rapid.T, atomic bool) {
	before := maps.Clone(w.want)
	var rows, results []string
	seen, refused := map[string]bool{}, 0
	for range rapid.IntRange(0, 5).Draw(r, "rows") {
		id, name, status := someID.Draw(r, "id"), someName.Draw(r, "name"), someStatus.Draw(r, "status")
		rows = append(rows, draftJSON(id, name, status))
		result := w.expect(id, name, status, name != "" && !seen[id])
		if seen[id] = true; result == catalog.ResultRejected {
			refused++
		}
		results = append(results, string(result))
	}
	path := fmt.Sprintf("/v1/shelters/%s/cats/bulk-upsert?atomic=%t", w.shelter.Code, atomic)
	sound := !atomic || refused == 0
	if !sound {
		w.want = before
	}
	body := w.send(r, http.MethodPost, path, `{"cats":[`+strings.Join(rows, ",")+`]}`, 200, sound)
	if !sound {
		return
	}
	var report BulkReport
	if err := json.Unmarshal(body, &report); err != nil {
		r.Fatal(err)
	}
	var got []string
	for _, result := range report.Results {
		got = append(got, result.Result)
	}
	if diff := cmp.Diff(results, got); diff != "" {
		r.Fatalf("%s (-want +got):\n%s", rows, diff)
	}
}

// path returns the path of a cat.
func (w *writes) path(id string) string {
	cat, err := w.store.CatByExternalID(w.t.Context(), w.shelter.ID, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return "/v1/cats/" + cat.ID
}

// check compares the rows, the log and the index with the expected cats.
func (w *writes) check(r *rapid.T) {
	rows, versions := map[string]wantedCat{}, map[string]int64{}
	ids := map[string]string{}
	for id := range w.want {
		cat, err := w.store.CatByExternalID(w.t.Context(), w.shelter.ID, id)
		if err != nil {
			r.Fatal(err)
		}
		rows[id], ids[cat.ID] = wantedCat{Name: cat.Name, Status: string(cat.Status), Version: cat.Version}, id
	}
	if diff := cmp.Diff(w.want, rows); diff != "" {
		r.Errorf("rows (-want +got):\n%s", diff)
	}
	for _, c := range w.log(r) {
		if c.Version != versions[ids[c.ResourceID]]+1 || (c.Op == catalog.Created) != (c.Version == 1) {
			r.Errorf("the log has %s of version %d after version %d", c.Op, c.Version, versions[ids[c.ResourceID]])
		}
		versions[ids[c.ResourceID]] = c.Version
	}
	for id, cat := range rows {
		if versions[id] != cat.Version {
			r.Errorf("the log ends with version %d of %s, the row has %d", versions[id], id, cat.Version)
		}
	}
	maps.DeleteFunc(rows, func(_ string, cat wantedCat) bool { return cat.Status == "removed" })
	if diff := cmp.Diff(rows, w.found(r)); diff != "" {
		r.Errorf("index (-row +found):\n%s", diff)
	}
}

// log returns the log entries of the shelter's cats.
func (w *writes) log(r *rapid.T) []catalog.Change {
	head, err := w.store.Head(w.t.Context())
	if err != nil {
		r.Fatal(err)
	}
	changes, err := w.store.Changes(w.t.Context(), max(0, head.Seq-200), 200) // no check writes more
	if err != nil {
		r.Fatal(err)
	}
	return slices.DeleteFunc(changes, func(c catalog.Change) bool {
		return c.ShelterID != w.shelter.ID || c.Resource != catalog.CatResource
	})
}

// found returns the shelter's cats that a list finds.
func (w *writes) found(r *rapid.T) map[string]wantedCat {
	if len(w.want) == 0 {
		return map[string]wantedCat{} // nothing was written that made this node read the log, and find the shelter
	}
	rec := w.do(w.t.Context(), "writer", http.MethodGet, "/v1/cats?limit=100&status=available,pending,on_hold,adopted&shelter="+w.shelter.ID, "", http.NoBody)
	var page wire.CatPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
		r.Fatal(rec.Code, err)
	}
	found := map[string]wantedCat{}
	for _, card := range page.Data {
		cat, err := w.store.Cat(w.t.Context(), card.ID)
		if err != nil {
			r.Fatal(err)
		}
		found[cat.ExternalID] = wantedCat{Name: card.Name, Status: card.Status, Version: card.Version}
	}
	return found
}
