package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// createLink creates a link to the assessment form of the first shelter.
func (v client) createLink(t *testing.T, body string) wire.AssessmentLink {
	t.Helper()
	return decode[wire.AssessmentLink](t, v.request(t, http.StatusCreated, "POST", "/v1/shelters/MD1/assessment-links", body))
}

// getForm requests the page of a link.
func getForm(t *testing.T, api *testServer, token string) *httptest.ResponseRecorder {
	t.Helper()
	return get(t, api, "/assess?token="+token)
}

// sendForm sends the form as a browser without scripts does.
func sendForm(t *testing.T, api *testServer, values url.Values, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(t, api, http.MethodPost, "/assess", values.Encode(), "", append(headers, "Content-Type: application/x-www-form-urlencoded")...)
}

// formPage is a page of the form, as a browser without scripts sees it.
type formPage struct {
	ids    []string
	links  []string          // to parts of the page
	hidden map[string]string // fields
	values map[string]string // of fields that are filled in or chosen
	cats   []string          // IDs
	text   string
}

func parseForm(t *testing.T, rec *httptest.ResponseRecorder) formPage {
	t.Helper()
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	page := formPage{hidden: map[string]string{}, values: map[string]string{}}
	for node := range root.Descendants() {
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
		}
		if id := attributes["id"]; id != "" {
			page.ids = append(page.ids, id)
		}
		if target, ok := strings.CutPrefix(attributes["href"], "#"); ok && node.Data == "a" {
			page.links = append(page.links, target)
		}
		_, checked := attributes["checked"]
		switch name, value := attributes["name"], attributes["value"]; {
		case node.Data == "input" && attributes["type"] == "hidden":
			page.hidden[name] = value
		case node.Data == "input" && (checked || attributes["type"] != "radio"):
			page.values[name] = value
		}
		if attributes["name"] == "cat" {
			page.cats = append(page.cats, attributes["value"])
		}
		if node.Type == html.TextNode {
			page.text += node.Data
		}
	}
	return page
}

// visitForm returns the fields of a visit to a cat, with what the page contains.
func visitForm(page formPage, cat string) url.Values {
	return url.Values{
		"token": {page.hidden["token"]}, "visit": {page.hidden["visit"]}, "cat": {cat}, "assessor": {"AB"}, "role": {"staff"}, "context": {"shelter_room"}, "days": {"9"},
		"date": {"2026-05-01"}, "look": {"leash"}, "level.outdoor_interest": {"4"}, "level.novelty_response": {"3"}, "level.sound_recovery": {"2"}, "level.play_drive": {"0"},
		"minutes": {"6"}, "note": {"After lunch."},
	}
}

// TestAssessmentForm_WithoutScripts opens a link, makes mistakes, corrects them, sends the form
// twice, and goes back and sends other answers.
func TestAssessmentForm_WithoutScripts(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		v := client{api, loadSpec(t), "writer"}
		link := v.createLink(t, `{}`)
		rec := get(t, api, strings.TrimPrefix(link.URL, "http://example.com"))
		page := parseForm(t, rec)
		if rec.Code != http.StatusOK || len(page.cats) != 5 || !strings.Contains(page.text, "Derwood Animal Center") {
			t.Fatalf("got %d with the cats %v: %s", rec.Code, page.cats, rec.Body)
		}
		for _, target := range page.links {
			if !slices.Contains(page.ids, target) {
				t.Errorf("the page has no %q, to which a link leads", target)
			}
		}
		cat, err := s.CatByNumber(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}

		visit := visitForm(page, cat.ID)
		wrong := url.Values{"assessor": {" "}, "days": {"many"}, "level.sound_recovery": {"9"}, "look": {""}}
		for name, values := range visit {
			if wrong[name] == nil {
				wrong[name] = values
			}
		}
		rec = sendForm(t, api, wrong)
		page = parseForm(t, rec)
		if rec.Code != http.StatusUnprocessableEntity || page.hidden["visit"] != visit.Get("visit") || page.values["level.novelty_response"] != "3" || page.values["cat"] != cat.ID {
			t.Errorf("got %d with %v and %v, want 422 and what was entered", rec.Code, page.hidden, page.values)
		}
		for _, at := range []string{"assessor", "days", "q-sound_recovery", "look"} {
			if !strings.Contains(rec.Body.String(), `<li><a href="#`+at+`">`) || !slices.Contains(page.ids, at) {
				t.Errorf("no error leads to #%s: %v", at, page.links)
			}
		}

		for range 2 { // as after a second press of the button
			rec = sendForm(t, api, visit)
			if rec.Code != http.StatusSeeOther {
				t.Fatalf("got %d, want 303: %s", rec.Code, rec.Body)
			}
		}
		if after := get(t, api, rec.Header().Get("Location")); !strings.Contains(after.Body.String(), "Your visit to Kenny Chatney is recorded.") {
			t.Errorf("got %d %s", after.Code, after.Body)
		}
		visit.Set("level.sound_recovery", "5")
		if rec := sendForm(t, api, visit); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "already recorded, with other answers") {
			t.Errorf("other answers for the same visit: got %d, want 409", rec.Code)
		}
		list := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/assessments", "")).Data
		want := "AB staff shelter_room 2026-05-01 9 short 6 After lunch. map[novelty_response:3 outdoor_interest:4 sound_recovery:2]"
		if len(list) != 1 || summary(list[0]) != want {
			t.Errorf("got %v, want one assessment: %s", list, want)
		}
		rated := decode[struct {
			Activities []struct {
				Activity string
				Score    *float64
			}
		}](t, v.request(t, http.StatusOK, "GET", "/v1/cats/1/adventure", ""))
		var scored []string
		for _, a := range rated.Activities {
			if a.Score != nil {
				scored = append(scored, a.Activity)
			}
		}
		if !slices.Equal(scored, []string{"leash_walk", "hike"}) {
			t.Errorf("got scores for %v, want leash_walk and hike", scored)
		}
	})
}

func summary(a wire.Assessment) string {
	return fmt.Sprint(a.Assessor.ID, " ", a.Assessor.Role, " ", a.Context, " ", a.ObservedOn, " ", *a.DaysInPlace, " ", *a.Form, " ", *a.DurationMinutes, " ", *a.Note, " ", a.Levels)
}

// The script of the form gets the ID of the assessment, and problems with pointers.
func TestAssessmentForm_AnswersItsScriptInJSON(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	page := parseForm(t, getForm(t, v.testServer, v.createLink(t, `{}`).Token))
	visit, accept := visitForm(page, page.cats[0]), "Accept: application/json"
	var ids []string
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		rec := sendForm(t, v.testServer, visit, accept)
		if rec.Code != want {
			t.Fatalf("got %d, want %d: %s", rec.Code, want, rec.Body)
		}
		ids = append(ids, decode[struct{ ID string }](t, rec.Body.Bytes()).ID)
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Errorf("got the IDs %v, want the same twice", ids)
	}
	for field, tt := range map[string]struct{ value, want string }{
		"date":                   {"2026-05-02", `"/observed_on"`},
		"level.baseline_calm":    {"6", `"/levels/baseline_calm"`},
		"level.kindness":         {"3", `"/levels/kindness"`},
		"context":                {"moon", `"/context"`},
		"role":                   {"listing", `"/assessor/role"`},
		"minutes":                {"5000", `"/duration_minutes"`},
		"visit":                  {"short", `"/visit"`},
		"level.outdoor_interest": {"4x", `"/levels/outdoor_interest"`},
		"surprise":               {"1", `"/surprise"`},
	} {
		wrong := visitForm(page, page.cats[0])
		wrong.Set(field, tt.value)
		if rec := sendForm(t, v.testServer, wrong, accept); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), tt.want) {
			t.Errorf("%s=%s: got %d %s, want 422 with %s", field, tt.value, rec.Code, rec.Body, tt.want)
		}
	}
}

// TestAssessmentLink_PermitsNothingElse sends every operation of the API with the token of a link
// as credential. Each is refused, also those that need no key.
func TestAssessmentLink_PermitsNothingElse(t *testing.T) {
	t.Parallel()

	s := newCrossPartnerServer(t)
	token := client{s.testServer, loadSpec(t), "writer"}.createLink(t, `{}`).Token
	s.keys["link"] = token
	refused := 0
	for _, op := range operations(t) {
		if slices.Contains(unlimitedPaths, op.path) || op.path == tokenPath {
			continue // these read no credentials, or their own
		}
		log := s.log(t)
		for _, path := range s.paths(t, op, false) {
			if rec := s.send(t, op, path, "link"); rec.Code != http.StatusUnauthorized {
				t.Errorf("%s %s: got %d, want 401", op.method, path, rec.Code)
			}
			refused++
		}
		if s.log(t) != log {
			t.Errorf("%s %s changed something", op.method, op.path)
		}
	}
	if refused < 100 {
		t.Errorf("sent %d requests, want at least 100", refused)
	}
	form := "grant_type=client_credentials&client_secret=" + token
	if rec := send(t, s.testServer, http.MethodPost, tokenPath, form, "", "Content-Type: application/x-www-form-urlencoded"); rec.Code != http.StatusUnauthorized {
		t.Errorf("a link gets an access token: %d %s", rec.Code, rec.Body)
	}
	page := getForm(t, s.testServer, token)
	if strings.Contains(page.Body.String(), privateMarker) {
		t.Errorf("the form shows something private: %s", page.Body)
	}
}

// A link is for the cats of its shelter, or for one cat.
func TestAssessmentLink_IsForItsCatsOnly(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	id := func(number int64) string {
		cat, err := v.store.CatByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		return cat.ID
	}
	whole, one := v.createLink(t, `{}`), v.createLink(t, `{"external_id":"A2","assessor_role":"volunteer"}`)
	page := parseForm(t, getForm(t, v.testServer, one.Token))
	if !slices.Equal(page.cats, []string{id(2)}) || page.values["cat"] != id(2) || *one.CatID != id(2) {
		t.Errorf("got the cats %v chosen %q, want only Rutile", page.cats, page.values["cat"])
	}
	if slices.Contains(page.ids, "q-adaptability") || !slices.Contains(page.ids, "q-baseline_calm") {
		t.Errorf("got the questions %v, want those of volunteers", page.ids)
	}
	for name, tt := range map[string]struct {
		token, cat string
		want       int
	}{
		"a cat of another shelter":   {whole.Token, id(7), http.StatusNotFound},
		"a removed cat":              {whole.Token, id(6), http.StatusNotFound},
		"another cat of the shelter": {one.Token, id(1), http.StatusNotFound},
		"a cat that does not exist":  {whole.Token, catalog.NewID(catalog.CatPrefix, [16]byte{9}), http.StatusNotFound},
		"a cat of the shelter":       {whole.Token, id(1), http.StatusCreated},
		"the one cat":                {one.Token, id(2), http.StatusCreated},
		"a modified token":           {one.Token + "a", id(2), http.StatusUnauthorized},
		"a key instead of a link":    {v.keys["admin"], id(2), http.StatusUnauthorized},
		"no token":                   {"", id(2), http.StatusUnauthorized},
	} {
		visit := visitForm(page, tt.cat)
		visit.Set("token", tt.token)
		if rec := sendForm(t, v.testServer, visit, "Accept: application/json"); rec.Code != tt.want {
			t.Errorf("%s: got %d %s, want %d", name, rec.Code, rec.Body, tt.want)
		}
	}
	list := decode[wire.AssessmentList](t, v.request(t, http.StatusOK, "GET", "/v1/cats/2/assessments", "")).Data
	if len(list) != 1 || list[0].Assessor.Role != "volunteer" {
		t.Errorf("got %v, want the role of the link in place of the one that was sent", list)
	}
	wrong := visitForm(page, id(2))
	wrong.Set("visit", strings.Repeat("b", 32))
	wrong.Set("level.adaptability", "4")
	if rec := sendForm(t, v.testServer, wrong, "Accept: application/json"); !strings.Contains(rec.Body.String(), "role_may_not_assess") {
		t.Errorf("a volunteer answers for staff: got %d %s", rec.Code, rec.Body)
	}
}

// A link ends with its time, with its key, and when its shelter gets another partner.
func TestAssessmentLink_Ends(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		end  func(*testing.T, client)
		want string
	}{
		"after its time": {func(_ *testing.T, v client) { *v.now = v.now.Add(30 * time.Minute) }, "This link has expired"},
		"with its key": {func(t *testing.T, v client) {
			t.Helper()
			if _, _, err := v.catalog.RevokeKey(t.Context(), keyOf(t, v.testServer, "writer").ID, true); err != nil {
				t.Fatal(err)
			}
		}, "This link was ended"},
		"with its partner": {func(t *testing.T, v client) {
			t.Helper()
			v.key = "admin"
			v.request(t, http.StatusOK, "PATCH", "/v1/shelters/MD1", `{"partner_id":"`+keyOf(t, v.testServer, "other").PartnerID+`"}`)
		}, "This link is not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			v := client{newSQLiteServer(t), loadSpec(t), "writer"}
			link := v.createLink(t, `{"expires_in_minutes":30}`)
			open := getForm(t, v.testServer, link.Token)
			page := parseForm(t, open)
			tt.end(t, v)
			ended := getForm(t, v.testServer, link.Token)
			if open.Code != http.StatusOK || ended.Code != http.StatusUnauthorized || !strings.Contains(ended.Body.String(), tt.want) || strings.Contains(ended.Body.String(), "Kenny") {
				t.Errorf("got %d, then %d %s", open.Code, ended.Code, ended.Body)
			}
			visit := visitForm(page, page.cats[0])
			if rec := sendForm(t, v.testServer, visit, "Accept: application/json"); rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Body.String(), `"unauthorized"`) {
				t.Errorf("a visit: got %d %s, want 401", rec.Code, rec.Body)
			}
			if rec := sendForm(t, v.testServer, visit); rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("a visit without scripts: got %d %s, want a page with 401", rec.Code, rec.Body)
			}
		})
	}
}

// A link for one cat shows a page, not JSON, when the cat is not listed anymore.
func TestAssessmentLink_CatIsRemoved(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	link := v.createLink(t, `{"cat":"1"}`)
	page := parseForm(t, getForm(t, v.testServer, link.Token))
	v.request(t, http.StatusNoContent, "DELETE", "/v1/cats/1", "")
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"form": getForm(t, v.testServer, link.Token), "visit": sendForm(t, v.testServer, visitForm(page, page.cats[0])),
	} {
		if body := rec.Body.String(); rec.Code != http.StatusNotFound || !strings.Contains(body, "<h2 class=\"closed\">The cat of this link is not listed anymore</h2>") {
			t.Errorf("%s: got %d %s, want a page", name, rec.Code, body)
		}
	}
}

func TestAssessmentLink_Requests(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	body, err := os.ReadFile(filepath.Join("..", "docs", "openapi", "examples", "createAssessmentLink.request.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkExample(t, "createAssessmentLink", v.request(t, http.StatusCreated, "POST", "/v1/shelters/MD1/assessment-links", string(body)))
	for body, want := range map[string]string{
		`{"expires_in_minutes":10081}`:   `"/expires_in_minutes"`,
		`{"assessor_role":"listing"}`:    "staff, volunteer, foster",
		`{"cat":"1","external_id":"A1"}`: `"/external_id"`,
		`{"expires":1}`:                  `"/expires"`,
	} {
		if got := v.request(t, http.StatusUnprocessableEntity, "POST", "/v1/shelters/MD1/assessment-links", body); !strings.Contains(string(got), want) {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	for body, want := range map[string]int{`{"cat":"7"}`: http.StatusNotFound, `{"external_id":"A9"}`: http.StatusNotFound, `{"cat":"6"}`: http.StatusNotFound} {
		v.request(t, want, "POST", "/v1/shelters/MD1/assessment-links", body)
	}
	other := client{v.testServer, v.spec, "other"}
	other.request(t, http.StatusForbidden, "POST", "/v1/shelters/MD1/assessment-links", `{}`)
	reader := client{v.testServer, v.spec, "reader"}
	reader.request(t, http.StatusForbidden, "POST", "/v1/shelters/MD1/assessment-links", `{}`)

	v.addKey(t, catalog.NewKey{PartnerID: keyOf(t, v.testServer, "writer").PartnerID, Name: "brief", Scopes: keyOf(t, v.testServer, "writer").Scopes, ExpiresAt: v.now.Add(time.Hour)})
	brief := client{v.testServer, v.spec, "brief"}
	if link := brief.createLink(t, `{}`); !link.ExpiresAt.Equal(v.now.Add(time.Hour)) {
		t.Errorf("the link of a key with one hour left expires at %s", link.ExpiresAt)
	}
	test := client{v.testServer, v.spec, "test"}
	page := getForm(t, v.testServer, test.createLink(t, `{}`).Token)
	visit := visitForm(parseForm(t, page), parseForm(t, page).cats[0])
	if rec := sendForm(t, v.testServer, visit, "Accept: application/json"); rec.Code != http.StatusCreated || !strings.Contains(page.Body.String(), "checked but not stored") {
		t.Errorf("the link of a test key: got %d %s", rec.Code, rec.Body)
	}
	if list := v.request(t, http.StatusOK, "GET", "/v1/cats/"+visit.Get("cat")+"/assessments", ""); !strings.Contains(string(list), `"data":[]`) {
		t.Errorf("the link of a test key stored %s", list)
	}
}

// The page may load photos of the cats from their servers, and nothing else from others.
func TestAssessmentForm_ContentSecurityPolicy(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t, func(c *Config) { c.KeyRequired = true }), loadSpec(t), "writer"}
	rec := getForm(t, v.testServer, v.createLink(t, `{}`).Token)
	want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https://photos.example.org; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	if got := rec.Header().Get("Content-Security-Policy"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if h := rec.Header(); h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "private, no-store" {
		t.Errorf("got %v, want no referrer and no cache", h)
	}
	for _, path := range []string{"/assess/sheet", "/assess/form.js", "/assess/form.css", "/assess/sheet.css", "/assess/worker.js"} {
		rec := get(t, v.testServer, path)
		again := get(t, v.testServer, path, "If-None-Match: "+rec.Header().Get("ETag"))
		if policy := rec.Header().Get("Content-Security-Policy"); rec.Code != http.StatusOK || again.Code != http.StatusNotModified || !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s: got %d, then %d, with %q", path, rec.Code, again.Code, policy)
		}
	}
	if rec := get(t, v.testServer, "/assess/nothing"); rec.Code != http.StatusNotFound {
		t.Errorf("got %d, want 404", rec.Code)
	}
}

// Words select cats by name, number and appearance, also without scripts.
func TestAssessmentForm_SearchesCats(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	token := v.createLink(t, `{}`).Token
	for words, want := range map[string]int{"": 5, "kenny": 1, "A2": 1, "brown+MALE": 1, "nobody": 0, "3+months": 2} {
		if page := parseForm(t, get(t, v.testServer, "/assess?token="+token+"&q="+words)); len(page.cats) != want {
			t.Errorf("%s: got %d cats, want %d", words, len(page.cats), want)
		}
	}
}
