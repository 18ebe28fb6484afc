package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// adoptKenny records an assessment and the adoption of cat 1 and advances the clock by days.
func adoptKenny(t *testing.T, v client, days int) {
	t.Helper()
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	v.request(t, http.StatusOK, "POST", "/v1/cats/1/status", `{"status":"adopted","date":"2026-05-01"}`)
	*v.now = v.now.AddDate(0, 0, days)
}

func outcomeJSON(v client, days, calm int) string {
	return fmt.Sprintf(`{"activity":"leash_walk","days_after_adoption":%d,"reported_on":%q,"tried":true,"calm_outings":%d,"stopped_for_fear":0,"escapes":0}`,
		days, v.now.Format(time.DateOnly), calm)
}

func TestOutcomes_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	adoptKenny(t, v, 60)
	draft := `{"activity":"leash_walk","days_after_adoption":60,"reported_on":"2026-06-30","tried":true,"calm_outings":4,"stopped_for_fear":1,"escapes":0,"note":"Likes the canal path."}`
	checkExample(t, "createOutcome.request", []byte(draft))
	checkExample(t, "createOutcome", v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", draft))
	checkExample(t, "listOutcomes", v.request(t, http.StatusOK, "GET", "/v1/cats/1/outcomes", ""))
}

// The prediction is the rating on the day of the adoption; later observations do not
// change it.
func TestOutcomes_PredictionDoesNotChange(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := client{newServer(t, s), spec, "writer"}
		adoptKenny(t, v, 30)
		want := decode[wire.AdventureRating](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/adventure?as_of=2026-05-01", "")).Activities[1]
		// Thirty days later the old observation is withdrawn and a worse one is recorded.
		worse := `{"assessor":{"id":"s2","role":"staff"},"context":"shelter_room","observed_on":"2026-04-30","levels":{"sound_recovery":1,"novelty_response":1,"baseline_calm":1}}`
		v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", worse)
		v.request(t, http.StatusCreated, "PUT", "/v1/cats/1/health/MED.ILL", `{"status":"fail"}`)
		first := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", "")).Data[0]
		v.request(t, http.StatusNoContent, "DELETE", "/v1/cats/1/assessments/"+first.ID, "")

		made := decode[wire.Outcome](t, v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 30, 1)))
		if want.Score == nil || made.Prediction.Score == nil || *made.Prediction.Score != *want.Score || wire.StringOrEmpty(made.Prediction.AsOf) != "2026-05-01" || *made.Prediction.Readiness != want.Readiness {
			t.Fatalf("predicted %+v, want the rating of the day of the adoption: %v %s", made.Prediction, want.Score, want.Readiness)
		}
		corrected := decode[wire.Outcome](t, v.request(t, http.StatusOK, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 30, 2)))
		if corrected.ID != made.ID || corrected.Version != 2 || *corrected.CalmOutings != 2 {
			t.Errorf("corrected: %+v", corrected)
		}
		*v.now = v.now.AddDate(0, 0, 30)
		later := decode[wire.Outcome](t, v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 60, 5)))
		for _, one := range []wire.Outcome{corrected, later} {
			if diff := cmp.Diff(made.Prediction, one.Prediction); diff != "" {
				t.Errorf("the prediction changed (-want +got):\n%s", diff)
			}
		}
	})
}

// A report is logged once; the same report again is not logged.
func TestOutcomes_AreInTheChangeLog(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	adoptKenny(t, v, 30)
	steps := []struct {
		does       string
		key        string
		want, calm int
		log        []string
	}{
		{"a test key keeps nothing", "test", 201, 1, nil},
		{"the first report", "writer", 201, 1, []string{"created outcome 1"}},
		{"the same again", "writer", 200, 1, nil},
		{"another in its place", "writer", 200, 3, []string{"updated outcome 2"}},
		{"another partner", "other", 403, 1, nil},
	}
	for _, step := range steps {
		head, err := v.store.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		client{v.testServer, v.spec, step.key}.request(t, step.want, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 30, step.calm))
		if diff := cmp.Diff(step.log, logAfter(t, v.store, head.Seq)); diff != "" {
			t.Errorf("%s, log (-want +got):\n%s", step.does, diff)
		}
	}
}

// A cat may be removed without a status adopted. Then the report states the day of the
// adoption.
func TestOutcomes_OfARemovedCat(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	v.request(t, http.StatusNoContent, "DELETE", "/v1/cats/1", "")
	*v.now = v.now.AddDate(0, 0, 80)
	made := decode[wire.Outcome](t, v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 60, 3)))
	if wire.StringOrEmpty(made.Prediction.AsOf) != "2026-05-01" || made.Prediction.Score == nil || made.AdoptedOn != nil {
		t.Errorf("predicted as of %v: %+v; want as of the day of the removal, which came before day -60", made.Prediction.AsOf, made)
	}
	tooLate := decode[wire.Outcome](t, v.request(t, http.StatusCreated, "POST", "/v1/cats/1/outcomes", outcomeJSON(v, 90, 3)))
	if wire.StringOrEmpty(tooLate.Prediction.AsOf) != "2026-05-01" {
		t.Errorf("the second report of the adoption has another prediction: %+v", tooLate.Prediction)
	}
}
