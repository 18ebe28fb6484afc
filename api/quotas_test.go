package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// quotaUsage returns the quotas of a key.
func (s *testServer) quotaUsage(t *testing.T, key string) *wire.QuotaUsage {
	t.Helper()
	var me Me
	unmarshal(t, get(t, s, "/v1/me", s.bearer(key)), &me)
	return me.Quotas
}

// A partner cannot exceed its quota of cats by any kind of write, a removed cat makes room
// for another one, and an operator has no quota.
func TestQuotas_Cats(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		used := newServer(t, s).quotaUsage(t, "writer").Cats.Used
		api := newServer(t, s, func(c *Config) { c.Quotas.Cats = new(used + 2) })
		put := func(key, name, more string) (int, httpkit.Problem) {
			t.Helper()
			rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/"+name, `{"name":"`+name+`"`+more+`}`, key)
			var problem httpkit.Problem
			if rec.Code >= 300 {
				unmarshal(t, rec, &problem)
			}
			return rec.Code, problem
		}
		check := func(want int64) {
			t.Helper()
			if got := api.quotaUsage(t, "writer").Cats; got.Used != want || *got.Limit != used+2 {
				t.Errorf("got %d of %d cats, want %d of %d", got.Used, *got.Limit, want, used+2)
			}
		}
		put("writer", "Q1", "")
		put("test", "Q2", "") // is not kept
		check(used + 1)
		put("writer", "Q2", `,"status":"adopted"`)
		check(used + 2)
		status, problem := put("writer", "Q3", "")
		if want := fmt.Sprintf("have %d cats that are not removed, and your quota is %d.", used+2, used+2); status != http.StatusConflict || problem.Code != "quota_exceeded" || !strings.Contains(problem.Detail, want) {
			t.Errorf("beyond the quota: got %d %+v, want 409 quota_exceeded with %q", status, problem, want)
		}
		if status, _ := put("writer", "Q1", `,"description":"Still here."`); status != http.StatusOK {
			t.Errorf("change of a cat: got %d", status)
		}

		rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert", `{"cats":[{"external_id":"Q1","name":"Q1","status":"removed"},{"external_id":"Q4","name":"Q4"},{"external_id":"Q5","name":"Q5"}]}`, "writer")
		var report BulkReport
		unmarshal(t, rec, &report)
		if report.Summary.Created != 1 || report.Summary.Updated != 1 || len(report.Results) != 3 || len(report.Results[2].Errors) != 1 || report.Results[2].Errors[0].Code != "quota_exceeded" {
			t.Errorf("bulk: got %s, want the last cat rejected", rec.Body)
		}
		if status, problem := put("writer", "Q1", ""); status != http.StatusConflict || problem.Code != "quota_exceeded" {
			t.Errorf("removed cat listed again: got %d %+v, want 409 quota_exceeded", status, problem)
		}
		check(used + 2)

		rec = api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(600, sequentialID))
		var done wire.ImportRun
		unmarshal(t, rec, &done)
		if done.Report == nil || done.Report.Created != 0 || done.Report.Rejected != 600 || !strings.Contains(done.Report.Errors[0].Reason, "your quota is") {
			t.Errorf("import: got %d %.300s, want every row rejected by the quota", rec.Code, rec.Body)
		}
		if status, _ := put("admin", "Q6", ""); status != http.StatusCreated {
			t.Errorf("operator: got %d, want 201", status)
		}
		check(used + 3)
	})
}

// Imports of a partner beyond its quota of files delete its oldest file.
func TestQuotas_ImportFiles(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s, func(c *Config) { c.Quotas.ImportFiles = new(int64(2)) })
		var locations []string
		for n := range 3 {
			*api.now = api.now.Add(time.Minute)
			rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(n+1, sequentialID))
			locations = append(locations, rec.Header().Get("Location"))
		}
		rec := get(t, api, locations[0]+"/file", api.bearer("writer"))
		if rec.Code != http.StatusGone || !strings.Contains(rec.Body.String(), "file_deleted") {
			t.Errorf("oldest file: got %d %s, want 410 file_deleted", rec.Code, rec.Body)
		}
		var oldest, newest wire.ImportRun
		unmarshal(t, get(t, api, locations[0], api.bearer("writer")), &oldest)
		unmarshal(t, get(t, api, locations[2], api.bearer("writer")), &newest)
		if oldest.File.DeletedAt == nil || oldest.Report == nil || newest.File.DeletedAt != nil {
			t.Errorf("got %+v and %+v, want only the file of the first deleted, and its report kept", oldest, newest)
		}
		for _, location := range locations[1:] {
			if rec := get(t, api, location+"/file", api.bearer("writer")); rec.Code != http.StatusOK || rec.Body.Len() == 0 {
				t.Errorf("newer file: got %d", rec.Code)
			}
		}
		if got, want := api.quotaUsage(t, "writer").ImportFiles, (wire.Quota{Used: 2, Limit: new(int64(2))}); !cmp.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// Quotas of a partner take precedence over those of the server; 0 is unlimited.
func TestQuotas_OfOnePartner(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.Quotas = catalog.Quotas{Webhooks: new(int64(1)), Searches: new(int64(1))} })
	hook := createWebhook(t, api, "MD1")
	post := func(path, body string) string {
		t.Helper()
		rec := send(t, api, http.MethodPost, path, body, "writer")
		if rec.Code == http.StatusCreated {
			return ""
		}
		var problem httpkit.Problem
		unmarshal(t, rec, &problem)
		return string(problem.Code)
	}
	newHook := func() string { return post("/v1/webhooks", `{"url":"https://hooks.example.org/"}`) }
	newSearch := func() string { return post("/v1/searches", `{"name":"All","query":{},"webhook_id":"`+hook.ID+`"}`) }
	patch := func(quotas string) {
		t.Helper()
		if rec := send(t, api, http.MethodPatch, "/v1/partners/"+hook.PartnerID, `{"quotas":`+quotas+`}`, "admin"); rec.Code != http.StatusOK {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
	}
	results := []string{newHook(), newSearch(), newSearch()} // has a webhook already
	patch(`{"webhooks":2,"searches":0}`)
	results = append(results, newHook(), newHook(), newSearch())
	patch(`{"searches":null}`)
	results = append(results, newSearch())
	const exceeded = "quota_exceeded"
	if want := []string{exceeded, "", exceeded, "", exceeded, "", exceeded}; !cmp.Equal(results, want) {
		t.Errorf("got %q, want %q", results, want)
	}
	got := api.quotaUsage(t, "writer")
	if got.Webhooks.Used != 2 || *got.Webhooks.Limit != 2 || got.Searches.Used != 2 || *got.Searches.Limit != 1 || got.Cats.Limit != nil {
		text, _ := json.Marshal(got)
		t.Errorf("got %s, want 2 of 2 webhooks, 2 of 1 searches, and cats without a limit", text)
	}
	if got := api.quotaUsage(t, "admin"); got != nil {
		t.Errorf("operator: got %+v, want null", got)
	}
	if rec := send(t, api, http.MethodPatch, "/v1/partners/"+hook.PartnerID, `{"quotas":{"cats":-1}}`, "admin"); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "/quotas/cats") {
		t.Errorf("negative quota: got %d %s, want 422", rec.Code, rec.Body)
	}
}
