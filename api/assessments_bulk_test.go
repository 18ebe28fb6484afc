package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// visitOf returns an assessment of a cat by its external id, with more fields or levels.
func visitOf(externalID, assessor, levels string) string {
	return fmt.Sprintf(`{"external_id":%q,"assessor":{"id":%q,"role":"staff"},"context":"shelter_room","observed_on":"2026-04-28","days_in_place":10,"levels":{%s}}`, externalID, assessor, levels)
}

func assessmentsOf(rows ...string) string { return `{"assessments":[` + strings.Join(rows, ",") + `]}` }

func TestBulkAssessments_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	body := assessmentsOf(
		visitOf("A1", "s1", `"outdoor_interest":5,"novelty_response":4,"sound_recovery":4,"baseline_calm":4,"food_motivation":5,"handling_comfort":4,"carrier_comfort":3,"stranger_ease":4`),
		visitOf("A2", "s1", `"sound_recovery":2,"stranger_ease":6`))
	checkExample(t, "createAssessments.request", []byte(body))
	checkExample(t, "createAssessments", v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessments", body))
	checkExample(t, "listNextAssessments", v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/assessments/next?limit=2", ""))
	health := `{"health":[{"code":"ID.CHIP","status":"ok","verified_by":"vet","verified_on":"2026-04-20"},{"code":"MED.RABIES","status":"ok","happened_on":"2026-04-20","valid_until":"2027-04-19"}]}`
	checkExample(t, "replaceHealth.request", []byte(health))
	checkExample(t, "replaceHealth", v.request(t, http.StatusOK, "PUT", "/v1/cats/1/health", health))
	checkExample(t, "replaceHealthOfShelter.request", []byte(health))
	checkExample(t, "replaceHealthOfShelter", v.request(t, http.StatusOK, "PUT", "/v1/shelters/MD1/cats/A1/health", health))
	checkExample(t, "listHealthOfShelter", v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/cats/A1/health", ""))
	checkExample(t, "createAssessmentOfShelter.request", []byte(visitOfS1))
	checkExample(t, "createAssessmentOfShelter", v.request(t, http.StatusCreated, "POST", "/v1/shelters/MD1/cats/A2/assessments", visitOfS1))
	checkExample(t, "listAssessmentsOfShelter", v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/cats/A2/assessments", ""))
}

func TestBulkAssessments_HaveAllFieldsOfAnAssessment(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	row := strings.Replace(visitOf("A1", "s1", `"sound_recovery":4`), "{", `{"form":"short","duration_minutes":7,"note":"Quiet.",`, 1)
	v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessments", assessmentsOf(row))
	got := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/cats/A1/assessments", "")).Data
	if len(got) != 1 || got[0].Form == nil || *got[0].Form != "short" || got[0].DurationMinutes == nil || *got[0].DurationMinutes != 7 || got[0].Note == nil || *got[0].Note != "Quiet." {
		t.Errorf("got %+v, want one assessment with the form, the duration and the note", got)
	}
}

// Each row has its own result and log entry, and each cat is rated once.
func TestBulkAssessments_Lifecycle(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := client{newServer(t, s), spec, "writer"}
		core := `"outdoor_interest":5,"novelty_response":4,"sound_recovery":4,"baseline_calm":4`
		two := decode[wire.Cat](t, v.request(t, http.StatusOK, "GET", "/v1/cats/2", ""))
		foreign := decode[wire.Cat](t, v.request(t, http.StatusOK, "GET", "/v1/cats/7", ""))
		byID := strings.Replace(visitOf("", "s1", core), `"external_id":""`, `"cat_id":"`+two.ID+`"`, 1)
		steps := []struct {
			does, query string
			want        int
			rows        []string
			results     []string
			log         []string
		}{
			{
				"two people saw one cat, which is rated once", "", 200,
				[]string{visitOf("A1", "s1", core), visitOf("A1", "s2", core), byID},
				[]string{"created", "created", "created"},
				[]string{"created assessment 1", "created assessment 1", "created assessment 1", "rated cat 2", "rated cat 2"},
			},
			{"the same again changes nothing", "", 200, []string{visitOf("A1", "s1", core), visitOf("A1", "s2", core), byID}, []string{"unchanged", "unchanged", "unchanged"}, nil},
			{
				"a row with errors does not affect the others", "", 200,
				[]string{visitOf("A1", "s1", `"sound_recovery":9,"beauty":3`), visitOf("nobody", "s1", core), visitOf("A3", "s1", core), strings.Replace(byID, two.ID, foreign.ID, 1), `{"levels":7}`},
				[]string{
					"rejected /levels/beauty unknown_trait /levels/sound_recovery out_of_range", "rejected /external_id not_found", "created", "rejected /cat_id not_found",
					"rejected /assessor required /context required /levels wrong_type /observed_on required",
				},
				[]string{"created assessment 1", "rated cat 2"},
			},
			{"all or none", "?atomic=true", 422, []string{visitOf("A4", "s1", core), visitOf("nobody", "s1", core)}, []string{"/assessments/1/external_id not_found"}, nil},
			{"all", "?atomic=true", 200, []string{visitOf("A4", "s1", core)}, []string{"created"}, []string{"created assessment 1", "rated cat 2"}},
		}
		for _, step := range steps {
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			body := v.request(t, step.want, "POST", "/v1/shelters/MD1/assessments"+step.query, assessmentsOf(step.rows...))
			var got []string
			if step.want == http.StatusOK {
				for _, r := range decode[AssessmentsReport](t, body).Results {
					got = append(got, strings.TrimSpace(r.Result+" "+strings.Join(pointersOf(r.Errors), " ")))
				}
			} else {
				got = pointersOf(decode[httpkit.Problem](t, body).Errors)
			}
			if diff := cmp.Diff(step.results, got); diff != "" {
				t.Errorf("%s, results (-want +got):\n%s", step.does, diff)
			}
			if diff := cmp.Diff(step.log, logAfter(t, s, head.Seq)); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.does, diff)
			}
		}
		card := decode[wire.Cat](t, v.request(t, http.StatusOK, "GET", "/v1/cats/2", ""))
		if card.Adventure == nil {
			t.Error("the index does not have the rating of a cat that was assessed")
		}
	})
}

func pointersOf(errs []httpkit.ProblemError) []string {
	var out []string
	for _, e := range errs {
		out = append(out, e.Pointer+" "+string(e.Code))
	}
	slices.Sort(out)
	return out
}

// What a request as a whole is refused for.
func TestBulkAssessments_InvalidRequests(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	tooMany := slices.Repeat([]string{visitOf("A1", "s1", `"sound_recovery":4`)}, wire.MaxAssessments+1)
	for name, tt := range map[string]struct {
		body, want string
	}{
		"no list":       {`{}`, "/assessments required"},
		"not a list":    {`{"assessments":{}}`, "/assessments wrong_type"},
		"unknown field": {`{"assessments":[],"atomic":true}`, "/atomic unknown_field"},
		"too many":      {assessmentsOf(tooMany...), "/assessments too_many"},
	} {
		got := pointersOf(decode[httpkit.Problem](t, v.request(t, http.StatusUnprocessableEntity, "POST", "/v1/shelters/MD1/assessments", tt.body)).Errors)
		if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, key := range []string{"other", "test"} {
		want := map[string]int{"other": http.StatusForbidden, "test": http.StatusOK}[key]
		client{v.testServer, v.spec, key}.request(t, want, "POST", "/v1/shelters/MD1/assessments", assessmentsOf(visitOf("A1", "s1", `"sound_recovery":4`)))
	}
	if list := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", "")); len(list.Data) > 0 {
		t.Errorf("a test key recorded %+v", list.Data)
	}
}

// The list of gates is complete: what it omits is unknown.
func TestReplaceHealth_ListIsComplete(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		v := client{newServer(t, s), spec, "writer"}
		chip, ill := `{"code":"ID.CHIP","status":"ok"}`, `{"code":"MED.ILL","status":"fail"}`
		for _, step := range []struct {
			does, body string
			want       int
			log        []string
		}{
			{"two gates", chip + "," + ill, 200, []string{"created health_item 1", "created health_item 1", "rated cat 2"}},
			{"the same again", ill + "," + chip, 200, nil},
			{"one changes and one is omitted", `{"code":"ID.CHIP","status":"fail"}`, 200, []string{"removed health_item 1", "updated health_item 1"}},
			{"a duplicate", chip + "," + chip, 422, nil},
			{"an unknown gate", `{"code":"ID.TATTOO","status":"ok"}`, 422, nil},
			{"none", "", 200, []string{"removed health_item 1", "rated cat 3"}},
		} {
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			v.request(t, step.want, "PUT", "/v1/shelters/MD1/cats/A1/health", `{"health":[`+step.body+`]}`)
			if diff := cmp.Diff(step.log, logAfter(t, s, head.Seq)); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.does, diff)
			}
		}
		if list := decode[wire.HealthList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/health", "")); len(list.Data) > 0 {
			t.Errorf("after an empty list the cat has %+v", list.Data)
		}
	})
}

// An assessment that was corrected or withdrawn is known, so that a repeated batch does not
// record it again.
func TestBulkAssessments_CorrectedAssessmentIsKnown(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	rows := assessmentsOf(visitOf("A1", "s1", `"sound_recovery":4`), visitOf("A2", "s1", `"sound_recovery":4`))
	made := decode[AssessmentsReport](t, v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessments", rows)).Results
	v.request(t, http.StatusOK, "PATCH", "/v1/cats/1/assessments/"+made[0].ID, `{"levels":{"sound_recovery":2}}`)
	v.request(t, http.StatusNoContent, "DELETE", "/v1/cats/2/assessments/"+made[1].ID, "")
	for i, again := range decode[AssessmentsReport](t, v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessments", rows)).Results {
		if again.Result != string(catalog.ResultUnchanged) || again.ID != made[i].ID {
			t.Errorf("row %d: got %+v, want it unchanged with the id %s", i, again, made[i].ID)
		}
	}
}

// Cats without an assessment come first, available ones before the others; pages have each
// cat once.
func TestWorklist_OrderAndPages(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusOK, "POST", "/v1/shelters/MD1/assessments", assessmentsOf(visitOf("A1", "s1", `"sound_recovery":4`)))
	v.request(t, http.StatusOK, "POST", "/v1/cats/2/status", `{"status":"pending"}`)
	whole := decode[NextAssessmentPage](t, v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/assessments/next?limit=100", "")).Data
	at := func(externalID string) int {
		return slices.IndexFunc(whole, func(n NextAssessment) bool { return n.ExternalID == externalID })
	}
	if len(whole) < 4 || at("A3") > at("A1") || at("A1") > at("A2") {
		t.Fatalf("got %d cats with A3, A1 and A2 at %d, %d and %d", len(whole), at("A3"), at("A1"), at("A2"))
	}
	if seen := whole[at("A1")]; seen.LastObservedOn == nil || *seen.LastObservedOn != "2026-04-28" || seen.Trait.Code == "sound_recovery" || !strings.Contains(seen.Reason, "3 days ago") {
		t.Errorf("the assessed cat has %+v", seen)
	}
	var paged []NextAssessment
	for path := "/v1/shelters/MD1/assessments/next?limit=2"; ; {
		page := decode[NextAssessmentPage](t, v.request(t, http.StatusOK, "GET", path, ""))
		paged = append(paged, page.Data...)
		if !page.Page.HasMore {
			break
		}
		path = "/v1/shelters/MD1/assessments/next?limit=2&cursor=" + *page.Page.NextCursor
	}
	if diff := cmp.Diff(whole, paged); diff != "" {
		t.Errorf("pages (-whole +paged):\n%s", diff)
	}
	hike := v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/assessments/next?activity=hike", "")
	if !bytes.Contains(hike, []byte("says most about hike")) {
		t.Errorf("for hikes: %s", hike)
	}
	v.request(t, http.StatusBadRequest, "GET", "/v1/shelters/MD1/assessments/next?cursor=1.2", "")
	v.request(t, http.StatusBadRequest, "GET", "/v1/shelters/MD1/assessments/next?activity=swim", "")
	client{v.testServer, v.spec, "other"}.request(t, http.StatusForbidden, "GET", "/v1/shelters/MD1/assessments/next", "")
}

// A key that may only write listings records no assessments with a file, and is told so.
func TestImport_AssessmentsNeedTheirScope(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.addKey(t, catalog.NewKey{PartnerID: keyOf(t, v.testServer, "writer").PartnerID, Name: "listings", Scopes: []access.Scope{access.ListingsWrite}})
	file := "external_id,name,assessed_on,assessor_id,assessor_role,assessment_context,baseline_calm,health_id_chip,health_verified_by\nE1,Ivy,2026-04-28,s1,staff,shelter_room,4,ok,vet\n"
	for _, step := range []struct {
		key      string
		warnings int
		recorded int
		reported bool
	}{{"listings", 2, 0, true}, {"writer", 0, 1, false}} {
		run := decodeBody[wire.ImportRun](t, v.postFile(t, step.key, "/v1/shelters/MD1/imports?format=trailcat", file))
		assessments := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/cats/E1/assessments", "")).Data
		health := decode[wire.HealthList](t, v.request(t, http.StatusOK, "GET", "/v1/shelters/MD1/cats/E1/health", "")).Data
		if run.Report.WarningCount != step.warnings || run.Report.Assessments != step.recorded || len(assessments) != step.recorded {
			t.Errorf("with the key %s: got %d warnings and %d assessments, want %d and %d: %+v", step.key, run.Report.WarningCount, len(assessments), step.warnings, step.recorded, run.Report.Warnings)
		}
		if len(health) != 1 || health[0].Reported != step.reported {
			t.Errorf("with the key %s: got the gates %+v, want one that is reported: %t", step.key, health, step.reported)
		}
	}
}
