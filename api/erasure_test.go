package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// Words that occur nowhere else, each in every text that one kind of erasure erases.
const (
	wordOfCat      = "quixcatword"
	wordOfShelter  = "quixshelterword"
	wordOfAssessor = "quixassessorword"
	wordOfPeople   = "quixpeopleword"
	erasedAddress  = "203.0.113.77"
)

// fillTexts sets every text within a struct to a word: each string that has no vocabulary,
// URLs to one that contains the word, and the texts of lists and maps.
func fillTexts(v reflect.Value, word string, except ...string) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		for _, skipped := range except {
			if name == skipped {
				name = ""
			}
		}
		isURL := strings.HasSuffix(name, "URL") || name == "Website" || name == "License"
		switch {
		case name == "" || field.Type() == reflect.TypeFor[time.Time]():
		case field.Type() == reflect.TypeFor[string]() && isURL:
			field.SetString("https://" + word + ".example.org/")
		case field.Type() == reflect.TypeFor[string]():
			field.SetString(word)
		case field.Type() == reflect.TypeFor[[]string]():
			field.Set(reflect.ValueOf([]string{word}))
		case field.Type() == reflect.TypeFor[map[string]string]():
			field.Set(reflect.ValueOf(map[string]string{"size": word}))
		case field.Kind() == reflect.Struct:
			fillTexts(field, word, except...)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			fillTexts(field.Index(0), word, except...)
		}
	}
}

// wordyCat is a cat with a word in every text, in a version.
func wordyCat(id, word string, version int) catalog.CatUpdate {
	return cat(id, word, 20, func(f *catalog.Facts) {
		fillTexts(reflect.ValueOf(f).Elem(), word, "Currency", "Temperament", "Primary", "Secondary", "Tertiary", "Pattern", "Status", "HiddenFrom", "Hash")
		f.Description = fmt.Sprintf("%s in version %d", word, version)
	})
}

// wordyServer is a server with a shelter whose cats, evidence, outcomes, imports, responses
// and deliveries contain the words.
type wordyServer struct {
	*testServer
	url         string // of the database
	shelterID   string
	doomed, cat string // ids of cats; the first has wordOfCat, the second wordOfPeople
}

func newWordyServer(t *testing.T, url string) wordyServer {
	t.Helper()
	v := wordyServer{testServer: newServer(t, storetest.Open(t, url)), url: url} //nolint:exhaustruct // follows
	shelter, err := v.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	v.shelterID = shelter.ID
	for version := range 2 {
		if _, err := v.catalog.ChangeShelter(t.Context(), geo.Default(), v.shelterID, 0, func(p *catalog.Profile) {
			fillTexts(reflect.ValueOf(p).Elem(), wordOfShelter, "Region", "PostalCode", "Country", "HiddenFrom")
			p.Email, p.Mission = wordOfShelter+"@example.org", fmt.Sprint(wordOfShelter, version)
			p.HiddenFrom = catalog.Restriction{Classes: []string{string(catalog.PetfinderReader)}}
		}); err != nil {
			t.Fatal(err)
		}
		v.doomed = putCats(t, v.catalog, v.shelterID, wordyCat(wordOfCat, wordOfCat, version))[0].Cat.ID
	}
	v.cat = putCats(t, v.catalog, v.shelterID, cat("B1", "Bea", 20, func(f *catalog.Facts) { f.FosterPostalCode = wordOfPeople }))[0].Cat.ID
	putCats(t, v.catalog, v.shelterID, cat("B1", "Bea", 20, func(f *catalog.Facts) {
		f.FosterPostalCode, f.StatusReason, f.Terms.Credit, f.Description = wordOfPeople, wordOfPeople, wordOfPeople, "Another text."
	}))
	putCats(t, v.catalog, v.shelterID, cat("S1", wordOfShelter, 20, nil))
	if err := v.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.addEvidence(t)
	v.addImport(t)
	v.addResponses(t)
	return v
}

func (v wordyServer) want(t *testing.T, status int, method, path, body string, headers ...string) {
	t.Helper()
	rec := send(t, v.testServer, method, path, body, "writer", headers...)
	if rec.Code != status {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, rec.Code, rec.Body, status)
	}
}

// addEvidence adds assessments of two people, with a correction, and outcomes.
func (v wordyServer) addEvidence(t *testing.T) {
	t.Helper()
	for id, word := range map[string]string{v.doomed: wordOfCat, v.cat: wordOfPeople} {
		path := "/v1/cats/" + id
		for i, assessor := range []string{wordOfAssessor, "s2", "s3"} {
			assessment := strings.NewReplacer(`"s1"`, `"`+assessor+`"`, "After lunch.", word).Replace(visitOfS1)
			v.want(t, http.StatusCreated, http.MethodPost, path+"/assessments", assessment, "Idempotency-Key: visit "+strconv.Itoa(i)+id)
		}
		v.want(t, http.StatusCreated, http.MethodPut, path+"/health/ID.CHIP", `{"status":"ok","verified_by":"`+wordOfAssessor+`","verified_on":"2026-04-28"}`)
		v.want(t, http.StatusOK, http.MethodPost, path+"/status", `{"status":"adopted","date":"2026-02-01","reason":"`+word+`"}`)
		v.want(t, http.StatusCreated, http.MethodPost, path+"/outcomes", `{"activity":"hike","days_after_adoption":60,"reported_on":"2026-04-28","tried":true,"calm_outings":4,"note":"`+word+`"}`)
	}
}

// addImport imports files whose rows have words and errors.
func (v wordyServer) addImport(t *testing.T) {
	t.Helper()
	for _, word := range []string{wordOfCat, wordOfPeople, wordOfShelter} {
		file := "external_id,name,description\n" + word + strings.Repeat("x", catalog.MaxExternalID) + "," + word + "," + word + "\n"
		req := v.newFileRequest(t, "writer", "/v1/shelters/MD1/imports", file)
		req.RemoteAddr = erasedAddress + ":1234"
		rec := httptest.NewRecorder()
		v.ServeHTTP(rec, req)
		if rec.Code != http.StatusCreated || !strings.Contains(rec.Body.String(), word) {
			t.Fatalf("import: got %d %s, want 201 and errors with %s", rec.Code, rec.Body, word)
		}
	}
}

// addResponses sends requests whose stored responses contain words, and stores a delivery to
// an endpoint that repeats what it gets.
func (v wordyServer) addResponses(t *testing.T) {
	t.Helper()
	for i, word := range []string{wordOfCat, wordOfPeople, wordOfShelter} {
		v.want(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/shelters/MD1/cats", `{"external_id":"`+word+`z","name":"`+word+`","size":"`+word+`","url":"`+word+`"}`, fmt.Sprint("Idempotency-Key: bad ", i))
	}
	for id, word := range map[string]string{v.doomed: wordOfCat, v.cat: wordOfPeople, v.shelterID: wordOfShelter} {
		request := catalog.IdempotentRequest{Holder: keyOf(t, v.testServer, "other").ID, Name: id, Fingerprint: id, At: *v.now}
		if _, err := v.store.BeginRequest(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		response := catalog.StoredResponse{Status: http.StatusOK, Header: map[string]string{}, Body: []byte(`{"id":"` + id + `","name":"` + word + `"}`)}
		if err := v.store.EndRequest(t.Context(), request, response); err != nil {
			t.Fatal(err)
		}
	}
	hook := createWebhook(t, v.testServer, "MD1")
	delivery := v.catalog.NewDelivery()
	delivery.WebhookID, delivery.Type, delivery.At, delivery.Since = hook.ID, "changes", *v.now, *v.now
	delivery.Response = strings.Join([]string{wordOfCat, wordOfPeople, wordOfShelter}, " ")
	if err := v.store.SaveDelivery(t.Context(), delivery); err != nil {
		t.Fatal(err)
	}
}

// find returns where the database contains a word, after Purge.
func (v wordyServer) find(t *testing.T, word string) []string {
	t.Helper()
	if done, err := v.store.Purge(t.Context()); !done || err != nil {
		t.Fatalf("purge: got %v, %v", done, err)
	}
	return storetest.Find(t, v.url, word)
}

// TestErasure_LeavesNothing fills every text with words, erases, and searches the whole
// database for them.
func TestErasure_LeavesNothing(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		v := newWordyServer(t, url)
		copies := []*mirror{{key: "writer"}, {key: "admin", filters: "region=MD"}}
		for _, m := range copies {
			m.reset()
			m.check(t, v.testServer)
		}
		known := v.index.Head()
		readers := []*batchReader{newBatchReader(v.testServer, catalog.Webhook{ID: "whk_1", Types: []string{"search.matched"}, Expand: true}), newBatchReader(v.testServer, catalog.Webhook{ID: "whk_2", Types: []string{"shelter.updated"}})}
		for _, erase := range []struct{ word, path, body, key string }{
			{wordOfAssessor, "/v1/shelters/MD1/assessors/erasure", `{"assessor_id":"` + wordOfAssessor + `"}`, "writer"},
			{wordOfPeople, "/v1/cats/" + v.cat + "/people/erasure", "", "writer"},
			{wordOfCat, "/v1/cats/" + v.doomed + "/erasure", "", "writer"},
			{wordOfShelter, "/v1/shelters/MD1/erasure", "", "admin"},
			{erasedAddress, "/v1/audit/addresses/erasure", `{"address":"` + erasedAddress + `"}`, "admin"},
		} {
			if found := v.find(t, erase.word); len(found) == 0 && erase.word != erasedAddress {
				t.Fatalf("%s: found nothing before, so that the test shows nothing", erase.word)
			}
			for _, resource := range []string{"cats", "shelters"} { // which caches it
				send(t, v.testServer, http.MethodGet, "/v1/exports/"+resource, "", "admin")
			}
			rec := send(t, v.testServer, http.MethodPost, erase.path, erase.body, erase.key)
			if got := decodeBody[wire.Erasure](t, rec); rec.Code != http.StatusOK || got.Count == 0 && erase.word != erasedAddress {
				t.Fatalf("%s: got %d %s", erase.path, rec.Code, rec.Body)
			}
			if found := v.find(t, erase.word); len(found) > 0 {
				t.Errorf("%s after %s: found in %v", erase.word, erase.path, found)
			}
			for _, resource := range []string{"cats", "shelters"} {
				if rec := send(t, v.testServer, http.MethodGet, "/v1/exports/"+resource, "", "admin"); strings.Contains(rec.Body.String(), erase.word) {
					t.Errorf("%s after %s: the export of %s still has it", erase.word, erase.path, resource)
				}
			}
			for _, m := range copies {
				m.check(t, v.testServer)
				for id, content := range m.cats {
					if strings.Contains(string(content), erase.word) {
						t.Errorf("the mirror of %q still has %s in %s", m.filters, erase.word, id)
					}
				}
			}
		}
		erased := map[string]bool{}
		for _, reader := range readers {
			for events, _ := reader.next(t); len(events) > 0; events, _ = reader.next(t) {
				for _, e := range events {
					erased[e.Type+" "+e.ID] = e.Erased
				}
			}
		}
		for _, want := range []string{"cat.removed " + v.doomed, "cat.removed " + v.cat, "shelter.removed " + v.shelterID} {
			if !erased[want] {
				t.Errorf("webhooks for searches and shelters got %v, want %s as erased", erased, want)
			}
		}
		if head, err := v.store.HeadSince(t.Context(), known); err != nil || head.Epoch != known.Epoch {
			t.Errorf("the log after the erasures: got epoch %s, %v, want %s", head.Epoch, err, known.Epoch)
		}
		// A new table with data of shelters or cats must be erased as well.
		if got, want := storetest.TablesWith(t, url, "shelter_id", v.shelterID), []string{"cat_counts", "cats", "changes"}; !slices.Equal(got, want) {
			t.Errorf("tables with the erased shelter: got %v, want only %v", got, want)
		}
		if got := storetest.TablesWith(t, url, "cat_id", v.doomed); len(got) > 0 {
			t.Errorf("tables with the erased cat: got %v, want none", got)
		}
	})
}

func TestErasure_Examples(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, request := range []struct{ id, path, body, key string }{
		{"eraseAddresses", "/v1/audit/addresses/erasure", `{"address":"192.0.2.1","before":"2026-05-02T00:00:00Z"}`, "admin"},
		{"eraseAssessor", "/v1/shelters/MD1/assessors/erasure", `{"assessor_id":"volunteer-17"}`, "writer"},
		{"erasePeople", "/v1/cats/1/people/erasure", "", "writer"},
		{"eraseCat", "/v1/cats/1/erasure", "", "writer"},
		{"eraseShelter", "/v1/shelters/MD1/erasure", "", "admin"},
	} {
		rec := send(t, api, http.MethodPost, request.path, request.body, request.key)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: got %d %s, want 200", request.id, rec.Code, rec.Body)
		}
		checkExample(t, request.id, rec.Body.Bytes())
		if request.body != "" {
			checkExample(t, request.id+".request", []byte(request.body))
		}
	}
}

// TestErasure_OfAssessorsKeepsRatings erases a verifier and two assessors of a cat: they stay three, so that
// the rating, which counts people, and the calibration stay the same.
func TestErasure_OfAssessorsKeepsRatings(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusCreated, "PUT", "/v1/cats/1/health/ID.CHIP", `{"status":"ok","verified_on":"2026-04-01","verified_by":"vet"}`)
	for _, assessor := range []string{"s1", "s2", "s1"} {
		v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", strings.Replace(visitOfS1, `"s1"`, `"`+assessor+`"`, 1))
	}
	v.request(t, http.StatusOK, "POST", "/v1/cats/1/status", `{"status":"adopted","date":"2026-05-01"}`)
	*v.now = v.now.AddDate(0, 0, 30)
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 30, 4))
	read := func() string {
		return string(v.request(t, http.StatusOK, "GET", "/v1/cats/1/adventure", "")) + string(v.request(t, http.StatusOK, "GET", "/v1/rubrics/1.1.0/calibration", ""))
	}
	before := read()
	for _, assessor := range []string{"vet", "s1", "s2"} {
		v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessors/erasure", `{"assessor_id":"`+assessor+`"}`)
	}
	var got []string
	for _, a := range decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", "")).Data {
		got = append(got, a.Assessor.ID)
	}
	if want := []string{"erased-2", "erased-3", "erased-2"}; !slices.Equal(got, want) {
		t.Errorf("got the assessors %v, want %v", got, want)
	}
	if after := read(); after != before {
		t.Errorf("the rating or the calibration changed: got\n%s\nwant\n%s", after, before)
	}
}

// TestErasure_WaitsForImports refuses to erase while an import of the shelter runs, which
// would store its file again.
func TestErasure_WaitsForImports(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		shelter, err := s.ShelterByCode(t.Context(), "MD1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.catalog.BeginImport(t.Context(), catalog.Import{ShelterID: shelter.ID, Mode: catalog.ModeIncremental}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/v1/cats/1/erasure", "/v1/cats/1/people/erasure", "/v1/shelters/MD1/erasure"} {
			if rec := send(t, api, http.MethodPost, path, "", "admin"); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), `"import_running"`) {
				t.Errorf("%s: got %d %s, want 409 import_running", path, rec.Code, rec.Body)
			}
		}
		if rec := send(t, api, http.MethodGet, "/v1/cats/1", "", ""); rec.Code != http.StatusOK {
			t.Errorf("after the refusals: got %d, want the cat", rec.Code)
		}
		*api.now = api.now.Add(catalog.ImportLease + time.Second)
		if rec := send(t, api, http.MethodPost, "/v1/cats/1/erasure", "", "admin"); rec.Code != http.StatusOK {
			t.Errorf("after the import stopped: got %d %s, want 200", rec.Code, rec.Body)
		}
	})
}

// TestErasure_OfPeopleMatchesNoSearch erases people from a cat that matches a saved search
// before and after.
func TestErasure_OfPeopleMatchesNoSearch(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	createSearches(t, api, hook, 1)
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	reader := newBatchReader(api, hook)
	if rec := send(t, api, http.MethodPatch, "/v1/cats/3", `{"foster_postal_code":"21202"}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	if rec := send(t, api, http.MethodPost, "/v1/cats/3/people/erasure", "", "writer"); rec.Code != http.StatusOK {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	var got []string
	for events, _ := reader.next(t); len(events) > 0; events, _ = reader.next(t) {
		for _, e := range events {
			got = append(got, e.Type+" "+strings.Join(e.Fields, ","))
		}
	}
	if want := []string{"cat.updated foster_postal_code", "cat.updated foster_postal_code"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestErasure_SelectsNothing sends bodies that name nothing to erase. They must not be read
// as everything.
func TestErasure_SelectsNothing(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	send(t, api, http.MethodPost, "/v1/cats/1/status", `{"status":"pending"}`, "writer")
	addresses := func() (out []string) {
		entries, err := api.store.AuditLog(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Actor.Address)
		}
		return out
	}
	before := addresses()
	if strings.Join(before, "") == "" {
		t.Fatal("the audit log has no address, so that the test shows nothing")
	}
	for _, request := range []struct{ path, body, key string }{
		{"/v1/audit/addresses/erasure", `{}`, "admin"},
		{"/v1/audit/addresses/erasure", `{"address":null}`, "admin"},
		{"/v1/audit/addresses/erasure", `{"address":""}`, "admin"},
		{"/v1/audit/addresses/erasure", `{"address":" "}`, "admin"},
		{"/v1/audit/addresses/erasure", `{"before":""}`, "admin"},
		{"/v1/audit/addresses/erasure", `{"address":"192.0.2.999"}`, "admin"},
		{"/v1/shelters/MD1/assessors/erasure", `{}`, "writer"},
		{"/v1/shelters/MD1/assessors/erasure", `{"assessor_id":""}`, "writer"},
	} {
		if rec := send(t, api, http.MethodPost, request.path, request.body, request.key); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: got %d %s, want 422", request.path, request.body, rec.Code, rec.Body)
		}
	}
	if rec := send(t, api, http.MethodPost, "/v1/audit/addresses/erasure", `{"before":"0001-01-01T00:00:00Z"}`, "admin"); rec.Code != http.StatusOK {
		t.Errorf("before the first year: got %d %s, want 200", rec.Code, rec.Body)
	}
	if after := addresses(); !slices.Equal(after[:len(before)], before) {
		t.Errorf("addresses in the audit log: got %q, want %q", after, before)
	}
}
