package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestWriteBack_CatIsReadChangedAndSentBack reads every cat of a shelter, sends it back
// unchanged and with one change, by PUT and by PATCH.
func TestWriteBack_CatIsReadChangedAndSentBack(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		page := decodeBody[struct{ Data []map[string]any }](t, send(t, api, http.MethodGet, "/v1/cats?shelter=MD1&limit=100", "", "writer"))
		if len(page.Data) != 5 {
			t.Fatalf("%d cats", len(page.Data))
		}
		for _, card := range page.Data {
			for _, expand := range []string{"", "?expand=shelter"} {
				checkWriteBack(t, api, card["id"].(string), expand)
			}
		}
	})
}

// checkWriteBack sends a cat back. Only what was changed may differ then.
func checkWriteBack(t *testing.T, api *testServer, id, expand string) {
	t.Helper()
	read := func() map[string]any {
		return decodeBody[map[string]any](t, send(t, api, http.MethodGet, "/v1/cats/"+id+expand, "", "writer"))
	}
	write := func(method string, cat map[string]any) (result string) {
		body, err := json.Marshal(cat)
		if err != nil {
			t.Fatal(err)
		}
		path, contentType := "/v1/cats/"+id, "Content-Type: "+httpkit.MergePatchType
		if method == http.MethodPut {
			path, contentType = "/v1/shelters/MD1/cats/"+cat["external_id"].(string), "Content-Type: application/json"
		}
		rec := send(t, api, method, path, string(body), "writer", contentType)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return rec.Header().Get("Trailcat-Result")
	}
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		if result := write(method, read()); result != "unchanged" {
			t.Errorf("%s of the cat as it was read: %s, want unchanged", method, result)
		}
		changed := read()
		changed["name"] = changed["name"].(string) + " Jr."
		write(method, changed)
		got := read()
		for _, derived := range []string{"version", "updated_at", "attribution"} {
			delete(got, derived)
			delete(changed, derived)
		}
		if want, got := canonicalJSON(t, changed), canonicalJSON(t, got); want != got {
			t.Errorf("%s with another name: got %s, want %s", method, got, want)
		}
	}
}

// An imported cat that is sent back unchanged stays as it is, with its source. What does not
// state the source is from the API.
func TestWriteBack_ImportedCatKeepsItsSource(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		if rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(3, sequentialID)); rec.Code != http.StatusCreated {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		page := decodeBody[struct{ Data []map[string]any }](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?source=montgomery&limit=100", "", "writer"))
		if len(page.Data) != 3 {
			t.Fatalf("got %d imported cats, want 3", len(page.Data))
		}
		for _, cat := range page.Data {
			checkWriteBack(t, api, cat["id"].(string), "")
			path := "/v1/shelters/MD1/cats/" + cat["external_id"].(string)
			read := decodeBody[map[string]any](t, send(t, api, http.MethodGet, path, "", "writer"))
			if read["source"] != "montgomery" {
				t.Errorf("the source is %v after writes that stated it, want montgomery", read["source"])
			}
			delete(read, "source")
			rec := send(t, api, http.MethodPut, path, canonicalJSON(t, withoutMember(read, "version")), "writer")
			if got := decodeBody[map[string]any](t, rec); rec.Code != http.StatusOK || got["source"] != "api" {
				t.Errorf("got %d %s, want the source api", rec.Code, rec.Body)
			}
		}
	})
}

func withoutMember(object map[string]any, name string) map[string]any {
	object = maps.Clone(object)
	delete(object, name)
	return object
}

// The rows of a bulk request can be read, changed and sent back as the body of a PUT can, in
// both forms, all or nothing too.
func TestWriteBack_BulkRows(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		read := func() []map[string]any {
			return decodeBody[struct{ Data []map[string]any }](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?limit=100", "", "writer")).Data
		}
		write := func(form string, cats []map[string]any) BulkReport {
			t.Helper()
			path, body, contentType := "/v1/shelters/MD1/cats/bulk-upsert", canonicalJSON(t, map[string]any{"cats": cats}), "application/json"
			switch form {
			case "ndjson":
				lines := make([]string, len(cats))
				for i, cat := range cats {
					lines[i] = canonicalJSON(t, cat)
				}
				body, contentType = strings.Join(lines, "\n"), "application/x-ndjson"
			case "atomic":
				path += "?atomic=true"
			}
			rec := send(t, api, http.MethodPost, path, body, "writer", "Content-Type: "+contentType)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", form, rec.Code, rec.Body)
			}
			return decodeBody[BulkReport](t, rec)
		}
		for _, form := range []string{"json", "ndjson", "atomic"} {
			cats := read()
			if got := write(form, cats).Summary; len(cats) != 5 || got.Unchanged != 5 {
				t.Errorf("%s of %d cats as they were read: got %+v, want all unchanged", form, len(cats), got)
			}
			cats[0]["name"] = cats[0]["name"].(string) + " Jr."
			if got := write(form, cats).Summary; got.Unchanged != 4 || got.Updated != 1 {
				t.Errorf("%s with another name: got %+v, want one updated", form, got)
			}
		}
		stale, fresh, wrong := read(), read(), read()
		stale[1]["version"], wrong[2]["name"], wrong[2]["number"], wrong[2]["sex"] = 99, "", 99, 7
		added := withoutMember(fresh[3], "id")
		added["external_id"] = "A99"
		report := write("ndjson", []map[string]any{stale[0], stale[1], wrong[2], added, fresh[4]})
		for i, want := range [][]string{nil, {"/version"}, {"/sex", "/number"}, {"/version", "/number"}, nil} {
			var pointers []string
			for _, e := range report.Results[i].Errors {
				pointers = append(pointers, e.Pointer)
			}
			for _, pointer := range want {
				if !slices.Contains(pointers, pointer) {
					t.Errorf("row %d: got errors at %v, want one at %s", i, pointers, pointer)
				}
			}
			if got := report.Results[i].Result; (got == "rejected") != (want != nil) {
				t.Errorf("row %d: got %s %v", i, got, pointers)
			}
		}
		if rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert?atomic=true", canonicalJSON(t, map[string]any{"cats": stale}), "writer"); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), `"/cats/1/version"`) {
			t.Errorf("atomic with one row that differs: got %d %s, want 422", rec.Code, rec.Body)
		}
	})
}

// The lines of an export are rows of a bulk request.
func TestWriteBack_ExportedLinesAreBulkRows(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	lines := strings.Split(strings.TrimSpace(get(t, api, "/v1/exports/cats", api.bearer("writer")).Body.String()), "\n")
	var own []string
	for _, line := range lines[1 : len(lines)-1] {
		if shelter, _ := api.index.ShelterInfo("MD1"); strings.Contains(line, shelter.ID) {
			own = append(own, line)
		}
	}
	rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert", strings.Join(own, "\n"), "writer", "Content-Type: application/x-ndjson")
	if got := decodeBody[BulkReport](t, rec).Summary; len(own) != 5 || got.Unchanged != 5 {
		t.Errorf("got %+v of %d lines: %s, want all unchanged", got, len(own), rec.Body)
	}
}

func canonicalJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestWriteBack_StatusChangeHasDatesOfItsOwn changes only the status of a cat that was read.
func TestWriteBack_StatusChangeHasDatesOfItsOwn(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	put := func(cat map[string]any) map[string]any {
		rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/A1", canonicalJSON(t, cat), "writer")
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return decodeBody[map[string]any](t, rec)
	}
	put(map[string]any{"name": "Kenny", "status": "adopted", "adopted_on": "2026-04-20", "status_changed_at": "2026-04-20T00:00:00Z"})
	cat := decodeBody[map[string]any](t, send(t, api, http.MethodGet, "/v1/cats/1", "", "writer"))
	cat["status"] = "available"
	got := put(cat)
	if got["status"] != "available" || got["adopted_on"] != nil || !strings.HasPrefix(got["status_changed_at"].(string), "2026-05-01") {
		t.Errorf("got %v, %v, %v", got["status"], got["adopted_on"], got["status_changed_at"])
	}
}

// TestWriteBack_ReadOnlyFieldThatDiffersIsRefused sends a read-only field with another value.
func TestWriteBack_ReadOnlyFieldThatDiffersIsRefused(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, test := range map[string]struct{ method, path, body, want string }{
		"put":              {http.MethodPut, "/v1/shelters/MD1/cats/A1", `{"name":"Kenny","version":9}`, `Field \"version\" is read-only and is 1; got 9.`},
		"put of an object": {http.MethodPut, "/v1/shelters/MD1/cats/A1", `{"name":"Kenny","listing_reading":{}}`, `Field \"listing_reading\" is read-only and differs`},
		"put of a new cat": {http.MethodPut, "/v1/shelters/MD1/cats/A99", `{"name":"Kenny","version":1}`, `Field \"version\" is read-only; omit it.`},
		"patch":            {http.MethodPatch, "/v1/cats/1", `{"number":2}`, `Field \"number\" is read-only and is 1; got 2.`},
		"create":           {http.MethodPost, "/v1/shelters/MD1/cats", `{"external_id":"A98","name":"Kenny","version":1}`, `Field \"version\" is read-only; omit it.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rec := send(t, api, test.method, test.path, test.body, "writer")
			if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), test.want) {
				t.Errorf("got %d %s, want 422 and %s", rec.Code, rec.Body, test.want)
			}
		})
	}
}
