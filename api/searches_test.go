package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createWebhook creates a webhook of the partner of a shelter.
func createWebhook(t *testing.T, api *testServer, shelter string) catalog.Webhook {
	t.Helper()
	found, _ := api.index.ShelterInfo(shelter)
	hook, err := api.catalog.CreateWebhook(t.Context(), catalog.Webhook{PartnerID: found.PartnerID, URL: "https://example.org/hook"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

func TestSavedSearches_Examples(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook, id := createWebhook(t, api, "MD1"), ""
	for _, request := range []struct{ id, method, path, body string }{
		{"createSearch", "POST", "/v1/searches", `{"name":"Leash-ready near Rockville","query":{"activity":"leash_walk","age_group":"young","near":"20850","radius_km":50},"webhook_id":"` + hook.ID + `"}`},
		{"listSearches", "GET", "/v1/searches", ""},
		{"getSearch", "GET", "/v1/searches/{id}", ""},
		{"changeSearch", "PATCH", "/v1/searches/{id}", `{"query":"activity=leash_walk&near=20850&radius_km=80"}`},
	} {
		rec := send(t, api, request.method, strings.Replace(request.path, "{id}", id, 1), request.body, "writer")
		if rec.Code >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", request.id, rec.Code, rec.Body)
		}
		checkExample(t, request.id, rec.Body.Bytes())
		if request.body != "" {
			checkExample(t, request.id+".request", []byte(request.body))
		}
		if id == "" {
			id = strings.TrimPrefix(rec.Header().Get("Location"), "/v1/searches/")
		}
	}
}

func TestSavedSearches_Validation(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook, otherHook := createWebhook(t, api, "MD1"), createWebhook(t, api, "WA1")
	body := func(query string) string {
		return `{"name":"A search","query":` + query + `,"webhook_id":"` + hook.ID + `"}`
	}
	tests := map[string]struct {
		body    string
		query   string // as it is stored
		pointer string // of the field error; empty: valid
		message string // part of the message
	}{
		"filters are sorted":                           {body(`{"sex":"female","age_group":"young"}`), "age_group=young&sex=female", "", ""},
		"list of values":                               {body(`{"age_group":["young","kitten"]}`), "age_group=kitten%2Cyoung", "", ""},
		"repeated filters":                             {body(`"age_group=young&age_group=kitten,young&tag[]=Lap+cat"`), "age_group=kitten%2Cyoung&tag=Lap+cat", "", ""},
		"numbers and booleans":                         {body(`{"near":"20850","radius_km":50,"good_with_dogs":true}`), "good_with_dogs=true&near=20850&radius_km=50", "", ""},
		"query string":                                 {body(`"?sex=female&breed=Siamese"`), "breed=Siamese&sex=female", "", ""},
		"presentation parameters are dropped":          {body(`"sex=female&sort=newest&limit=5&cursor=abc&facets=all&fields=id&expand=shelter&include_total=true&seed=1"`), "sex=female", "", ""},
		"last word is a whole word":                    {body(`{"q":"bird wat"}`), "q=bird+wat+", "", ""},
		"phrase is unchanged":                          {body(`{"q":"\"bird watching\""}`), "q=%22bird+watching%22", "", ""},
		"no filters: all available cats":               {body(`{}`), "", "", ""},
		"unknown filter":                               {body(`{"age_grup":"young"}`), "", "/query/age_grup", `Did you mean \"age_group\"`},
		"unknown filter in a query string":             {body(`"age_grup=young"`), "", "/query", `age_grup: Unknown parameter`},
		"unknown value":                                {body(`{"sex":"femal"}`), "", "/query/sex", `Did you mean \"female\"`},
		"unknown place":                                {body(`{"near":"Atlantisburg"}`), "", "/query/near", "Atlantisburg"},
		"radius without a place":                       {body(`{"radius_km":5}`), "", "/query/radius_km", "Requires the parameter near"},
		"text without words":                           {body(`{"q":"?!"}`), "", "/query/q", "a letter or digit"},
		"age in months, which change without an event": {body(`{"age_months_min":3}`), "", "/query/age_months_min", "Use age_group"},
		"object as a value":                            {body(`{"sex":{"is":"female"}}`), "", "/query/sex", "an array of these"},
		"query is a number":                            {body(`7`), "", "/query", "Expected an object"},
		"no query":                                     {`{"name":"A","webhook_id":"` + hook.ID + `"}`, "", "/query", "required"},
		"no name":                                      {`{"query":{},"webhook_id":"` + hook.ID + `"}`, "", "/name", "equired"},
		"webhook of another partner":                   {`{"name":"A","query":{},"webhook_id":"` + otherHook.ID + `"}`, "", "/webhook_id", "no webhook"},
		"unknown webhook":                              {`{"name":"A","query":{},"webhook_id":"whk_1"}`, "", "/webhook_id", "no webhook"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rec := send(t, api, http.MethodPost, "/v1/searches", test.body, "writer")
			if test.pointer == "" {
				var made wire.SavedSearch
				if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil || rec.Code != http.StatusCreated || made.Query != test.query || made.Problem != nil {
					t.Fatalf("got %d %s, want the query %q", rec.Code, rec.Body, test.query)
				}
				if list := get(t, api, made.CatsURL); list.Code != http.StatusOK {
					t.Errorf("%s: got %d %s", made.CatsURL, list.Code, list.Body)
				}
				return
			}
			var problem httpkit.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &problem); err != nil || len(problem.Errors) != 1 {
				t.Fatalf("got %d %s, want one field error", rec.Code, rec.Body)
			}
			status := http.StatusUnprocessableEntity
			if problem.Errors[0].Code == "unknown_parameter" {
				status = http.StatusBadRequest // as in a list
			}
			if rec.Code != status {
				t.Errorf("got %d, want %d: %s", rec.Code, status, rec.Body)
			}
			if got := problem.Errors[0]; got.Pointer != test.pointer || !strings.Contains(rec.Body.String(), test.message) {
				t.Errorf("got %s, want %q at %s", rec.Body, test.message, test.pointer)
			}
		})
	}
}

func TestSavedSearches_InvalidQueryIsAProblem(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	_, err := api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{PartnerID: hook.PartnerID, WebhookID: hook.ID, Name: "Of another version", Query: "breed=Unicorn"})
	if err != nil {
		t.Fatal(err)
	}
	rec := send(t, api, http.MethodGet, "/v1/searches", "", "writer")
	var page wire.SavedSearchPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || len(page.Data) != 1 || !strings.Contains(wire.StringOrEmpty(page.Data[0].Problem), "breed: ") {
		t.Errorf("got %s, want a problem with the breed", rec.Body)
	}
}

func TestSavedSearches_Pages(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	for _, name := range []string{"a", "b", "c"} {
		if _, err := api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{PartnerID: hook.PartnerID, WebhookID: hook.ID, Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for path := "/v1/searches?limit=2"; path != ""; {
		rec := send(t, api, http.MethodGet, path, "", "writer")
		var page wire.SavedSearchPage
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Data {
			names = append(names, s.Name)
		}
		path = strings.TrimPrefix(strings.TrimSuffix(rec.Header().Get("Link"), `>; rel="next"`), "<")
	}
	if got := strings.Join(names, ""); got != "abc" {
		t.Errorf("got %q, want each search once, in order", got)
	}
	if rec := send(t, api, http.MethodGet, "/v1/searches", "", "other"); strings.Contains(rec.Body.String(), `"name"`) {
		t.Errorf("another partner: got %s", rec.Body)
	}
	if rec := send(t, api, http.MethodGet, "/v1/searches", "", "admin"); strings.Count(rec.Body.String(), `"name"`) != 3 {
		t.Errorf("operator: got %s", rec.Body)
	}
	if rec := send(t, api, http.MethodGet, "/v1/searches?cursor=7", "", "writer"); rec.Code != http.StatusBadRequest {
		t.Errorf("invalid cursor: got %d, want 400", rec.Code)
	}
}

// A search needs a webhook that is subscribed to events of searches.
func TestSavedSearches_NeedASubscribedWebhook(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	shelter, _ := api.index.ShelterInfo("MD1")
	for types, want := range map[string]int{"": http.StatusCreated, "cat.created": http.StatusUnprocessableEntity, "cat.created,search.matched": http.StatusCreated} {
		hook := catalog.Webhook{PartnerID: shelter.PartnerID, URL: "https://example.org/hook"}
		if types != "" {
			hook.Types = strings.Split(types, ",")
		}
		hook, err := api.catalog.CreateWebhook(t.Context(), hook, 0)
		if err != nil {
			t.Fatal(err)
		}
		rec := send(t, api, "POST", "/v1/searches", `{"name":"Young","query":"age_group=young","webhook_id":"`+hook.ID+`"}`, "writer")
		if rec.Code != want || want == http.StatusUnprocessableEntity && !strings.Contains(rec.Body.String(), "search.matched") {
			t.Errorf("types %q: got %d %s, want %d", types, rec.Code, rec.Body, want)
		}
	}
}
