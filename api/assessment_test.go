package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/suitability"
)

// client sends requests to a server with one of its keys.
type client struct {
	*testServer
	spec *spec
	key  string
}

// request sends a request, fails unless the status is want, and returns the body.
func (v client) request(t *testing.T, want int, method, path, body string) []byte {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader([]byte(body)))
	req.Header.Set("Content-Type", "application/json")
	if v.key != "" {
		req.Header.Set("Authorization", "Bearer "+v.keys[v.key])
	}
	rec := httptest.NewRecorder()
	v.ServeHTTP(rec, req)
	v.spec.check(t, req, rec)
	if rec.Code != want {
		t.Fatalf("%s %s answers %d, want %d: %s", method, path, rec.Code, want, rec.Body)
	}
	return rec.Body.Bytes()
}

func decode[T any](t *testing.T, body []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

const visitOfS1 = `{"assessor":{"id":"s1","role":"staff"},"context":"shelter_room","observed_on":"2026-04-28","days_in_place":10,` +
	`"levels":{"outdoor_interest":5,"novelty_response":4,"sound_recovery":4,"baseline_calm":4,"food_motivation":5,"handling_comfort":4,"carrier_comfort":3,"stranger_ease":4},"note":"After lunch."}`

func TestAssessments_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	checkExample(t, "createAssessment.request", []byte(visitOfS1))
	made := v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	checkExample(t, "createAssessment", made)
	patch := `{"levels":{"sound_recovery":3,"stranger_ease":null}}`
	checkExample(t, "correctAssessment.request", []byte(patch))
	checkExample(t, "correctAssessment", v.request(t, http.StatusOK, "PATCH", "/v1/cats/1/assessments/"+decode[wire.Assessment](t, made).ID, patch))
	checkExample(t, "listAssessments", v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", ""))
	item := `{"status":"ok","verified_by":"vet","verified_on":"2026-04-20"}`
	checkExample(t, "putHealth.request", []byte(item))
	checkExample(t, "putHealth", v.request(t, http.StatusCreated, "PUT", "/v1/cats/1/health/ID.CHIP", item))
	checkExample(t, "listHealth", v.request(t, http.StatusOK, "GET", "/v1/cats/1/health", ""))
	checkExample(t, "getAdventure", v.request(t, http.StatusOK, "GET", "/v1/cats/1/adventure", ""))
}

// Creating, correcting and withdrawing an assessment changes the cat's version and the log
// exactly when it changes the rating.
func TestAssessments_Lifecycle(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := client{newServer(t, s), spec, "writer"}
		cat := decode[wire.Cat](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1", ""))
		id := ""
		steps := []struct {
			does               string
			want               int
			method, path, body string
			log                []string
		}{
			{"a first visit rates the cat", 201, "POST", "/v1/cats/1/assessments", visitOfS1, []string{"created assessment 1", "rated cat 2"}},
			{"a correction that says the same changes nothing", 200, "PATCH", "/v1/cats/1/assessments/{id}", `{"note":"After lunch."}`, nil},
			{"a note does not move the rating", 200, "PATCH", "/v1/cats/1/assessments/{id}", `{"note":null}`, []string{"updated assessment 2", "created assessment 1"}},
			{"a level does", 200, "PATCH", "/v1/cats/1/assessments/{id}", `{"levels":{"sound_recovery":2}}`, []string{"updated assessment 2", "created assessment 1", "rated cat 3"}},
			{"a bad level is refused", 422, "PATCH", "/v1/cats/1/assessments/{id}", `{"levels":{"sound_recovery":7}}`, nil},
			{"another partner's cat is refused", 403, "POST", "/v1/cats/7/assessments", visitOfS1, nil},
			{"a health item that holds moves the rating", 201, "PUT", "/v1/cats/1/health/MED.ILL", `{"status":"fail"}`, []string{"created health_item 1", "rated cat 4"}},
			{"the same again changes nothing", 200, "PUT", "/v1/cats/1/health/MED.ILL", `{"status":"fail"}`, nil},
			{"withdrawn, it counts no longer", 204, "DELETE", "/v1/cats/1/assessments/{id}", "", []string{"removed assessment 2", "rated cat 5"}},
			{"withdrawn again, nothing changes", 204, "DELETE", "/v1/cats/1/assessments/{id}", "", nil},
			{"what was withdrawn cannot be corrected", 409, "PATCH", "/v1/cats/1/assessments/{id}", `{"levels":{"play_drive":1}}`, nil},
		}
		for _, step := range steps {
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			path := step.path
			if i := len(path) - len("{id}"); path[i:] == "{id}" {
				path = path[:i] + id
			}
			body := v.request(t, step.want, step.method, path, step.body)
			if step.want < 300 && bytes.Contains(body, []byte(`"assessor"`)) {
				id = decode[wire.Assessment](t, body).ID
			}
			if diff := cmp.Diff(step.log, logAfter(t, s, head.Seq)); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.does, diff)
			}
		}
		kept, err := s.Cat(t.Context(), cat.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept.Version != 5 || kept.Rating.Overall != nil || kept.Rating.Activities[0].Readiness != "on_hold" {
			t.Errorf("in the end the cat has version %d and the rating %+v", kept.Version, kept.Rating)
		}
	})
}

func logAfter(t *testing.T, s *store.Store, after int64) []string {
	t.Helper()
	changes, err := s.Changes(t.Context(), after, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%s %s %d", c.Op, c.Resource, c.Version))
	}
	return out
}

// The same assessor id under two partners is two people, and ten observations of one person
// weigh less than twice the best.
func TestAssessments_SameAssessorCountsOnce(t *testing.T) {
	t.Parallel()

	seen := catalog.Assessment{PartnerID: "a", AssessorID: "s1", Role: "staff", Context: "shelter_room", DaysInPlace: new(20), Levels: map[string]int{"sound_recovery": 5}}
	seen.ObservedOn = goldenDay.AddDate(0, 0, -5)
	other := seen
	other.PartnerID = "b"
	rubric := rubricForTest(t)
	weight := func(list ...catalog.Assessment) float64 {
		rated := suitability.Rate((*rating.Rubric).Rate, rubric, &catalog.Cat{}, list, nil, suitability.ListingEvidence{}, goldenDay)
		for _, trait := range rated.Traits {
			if trait.Trait == "sound_recovery" {
				return trait.Weight
			}
		}
		return 0
	}
	one, two := weight(seen), weight(seen, other)
	if two != 2*one {
		t.Errorf("weight of two people %v, of one %v", two, one)
	}
	if ten := weight(seen, seen, seen, seen, seen, seen, seen, seen, seen, seen); ten >= 2*one || ten <= one {
		t.Errorf("weight of ten observations of one person %v, of one observation %v", ten, one)
	}
}

// A test key gets the usual response, and nothing is stored.
func TestAssessments_TestKeyWritesNothing(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "test"}
	head, err := v.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	v.request(t, http.StatusCreated, "PUT", "/v1/cats/1/health/MED.ILL", `{"status":"fail"}`)
	if log := logAfter(t, v.store, head.Seq); log != nil {
		t.Errorf("a test key wrote %v", log)
	}
	if list := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", "")); len(list.Data) > 0 {
		t.Errorf("a test key recorded %v", list.Data)
	}
}

// An error in the assessor is reported once, at its place in the request.
func TestAssessments_MissingAssessorIsOneError(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	rec := send(t, api, http.MethodPost, "/v1/cats/1/assessments",
		`{"assessor":{"id":"","role":"wizard"},"context":"kennel","observed_on":"2026-04-30","levels":{"sound_recovery":4,"baseline_calm":4}}`, "writer")
	var problem httpkit.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &problem); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, fault := range problem.Errors {
		got[fault.Pointer]++
	}
	if want := map[string]int{"/assessor/id": 1, "/assessor/role": 1}; rec.Code != http.StatusUnprocessableEntity || !maps.Equal(got, want) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
