package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// namesOf returns the names of the cats of a list, sorted.
func namesOf(t *testing.T, api *testServer, query string) string {
	t.Helper()
	rec := get(t, api, "/v1/cats?limit=100&"+query)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
	}
	var names []string
	for _, card := range decodeBody[wire.CatPage](t, rec).Data {
		names = append(names, card.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestListCats_ExcludesValues(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, body := range []string{
		`{"name":"Tia","breed":{"primary":"Siamese"},"traits":{"tags":["Lap cat"]},"fee":{"amount_minor":5000,"currency":"USD"}}`,
		`{"name":"Una","fee":{"amount_minor":15050,"currency":"USD"}}`,
		`{"name":"Vic","colors":{"primary":"Black","secondary":"White"},"birth":{"date":"2018-01-01","precision":"month"},"fee":{"amount_minor":9900,"currency":"USD","waived":true}}`,
	} {
		path := "/v1/shelters/WA1/cats/X" + body[9:12]
		if rec := send(t, api, http.MethodPut, path, body, "other"); rec.Code != http.StatusCreated {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	const mine = "shelter=WA1&ids=7,8,9,10,11,12,13,14&source=api&"
	for query, want := range map[string]string{
		"":                                    "Tia Una Vic",
		"not_breed=Siamese":                   "Una Vic", // an unknown breed is not excluded
		"not_breed=siamese,Bengal":            "Una Vic",
		"not_color=White":                     "Tia Una",
		"not_age_group=senior":                "Tia Una",
		"not_age_group=unknown":               "Vic",
		"not_tag=LAP+cat":                     "Una Vic",
		"not_shelter=MD1":                     "Tia Una Vic",
		"not_region=MD":                       "Tia Una Vic",
		"not_region=Washington&country=USA":   "",
		"not_country=Canada":                  "Tia Una Vic",
		"not_country=United+States":           "",
		"not_breed[]=Siamese&not_color=Black": "Una",
		"fee_max=50":                          "Tia Vic",
		"fee_max=49.99":                       "Vic",
		"fee_max=0":                           "Vic",
		"fee_min=0.01":                        "Tia Una",
		"fee_min=150.5&fee_max=150.5":         "Una",
	} {
		if got := namesOf(t, api, mine+query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"breed=Siamese&not_breed=siamese":       "not_breed conflict",
		"region=MD,VA&not_region=Maryland,VA":   "not_region conflict",
		"not_breed=Siamees":                     "not_breed unknown_value",
		"breed=-Siamese":                        "breed unknown_value", // a sign is not ignored: it means the opposite
		"breed=!Siamese":                        "breed unknown_value",
		"country=!US":                           "country unknown_value",
		"region=CA,-MD":                         "region unknown_value",
		"source=~api":                           "source unknown_value",
		"tag=-Lap+cat":                          "tag unknown_value",
		"tag_all=!Lap+cat":                      "tag_all unknown_value",
		"coat=%E2%88%92long":                    "coat unknown_value",
		"good_with_dogs=!true":                  "good_with_dogs unknown_value",
		"not_color=!Black":                      "not_color unknown_value",
		"sort=!newest":                          "sort unknown_value",
		"not_shelter=XX9":                       "not_shelter unknown_value",
		"not_country=Untied+States":             "not_country unknown_value",
		"not_region=Marland":                    "not_region unknown_value",
		"not_region=Western+Australia":          "not_region ambiguous",
		"region=Maryland&country=CA":            "region unknown_value",
		"region=MD&country=Canada":              "region unknown_value",
		"not_age_group=baby,robot":              "not_age_group unknown_value",
		"fee_min=9&fee_max=8":                   "fee_min conflict",
		"fee_max=-1":                            "fee_max out_of_range",
		"fee_max=free":                          "fee_max malformed",
		"ids=7,cat_1":                           "ids malformed_id",
		"not_ids=x":                             "not_ids malformed_id",
		"ids=" + strings.Repeat("1", 20):        "ids malformed_id",
		"ids=" + numbers(101):                   "ids too_many",
		"near=shl_01kabq4z8vf3ht2v0xw9r6m5ec":   "near unknown_place",
		"near=place_us.md.nowhere&radius_mi=50": "near unknown_place",
	} {
		rec := get(t, api, "/v1/cats?"+query)
		problem := decodeBody[httpkit.Problem](t, rec)
		if len(problem.Errors) == 0 || problem.Errors[0].Parameter+" "+string(problem.Errors[0].Code) != want {
			t.Errorf("%s: got %d %+v, want %s", query, rec.Code, problem.Errors, want)
		}
	}
	if rec := get(t, api, "/v1/cats?breed=!Siamese"); !strings.Contains(rec.Body.String(), "not_breed=Siamese") {
		t.Errorf("got %s, want a hint to not_breed=Siamese", rec.Body)
	}
	if rec := get(t, api, "/v1/shelters?region=MD&country=Canada"); rec.Code != http.StatusBadRequest {
		t.Errorf("shelters of Maryland in Canada: got %d %s, want 400", rec.Code, rec.Body)
	}
}

// numbers returns the numbers from 1 to n, separated by commas.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",%d", i+1)
	}
	return b.String()[1:]
}

// Exactly the list parameters whose filter has a field of the index have a counterpart that
// excludes values if they are marked so; this test lists them for the reader.
func TestListCats_ParametersThatExclude(t *testing.T) {
	t.Parallel()

	var got []string
	for _, p := range parseSpec(t).Paths.Value("/v1/cats").Get.Parameters {
		if name, excludes := strings.CutPrefix(p.Value.Name, "not_"); excludes {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	const want = "age_group breed coat color country ids pattern region shelter size source tag temperament"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	for _, name := range got {
		if !slices.ContainsFunc(search.Fields(), func(f search.FieldInfo) bool { return string(f.Field) == name }) {
			t.Errorf("not_%s excludes nothing: there is no such field", name)
		}
	}
}

func TestListCats_ByIDs(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	cards := decodeBody[wire.CatPage](t, get(t, api, "/v1/cats?limit=100&status=available,adopted&sort=name")).Data
	byName := map[string]wire.CatCard{}
	for _, card := range cards {
		byName[card.Name] = card
	}
	pip, rutile, zoe := byName["Pip"], byName["Rutile"], byName["Zoë"]
	hide := send(t, api, http.MethodPatch, "/v1/cats/"+rutile.ID, hiddenFromOther(t, api), "writer")
	if hide.Code != http.StatusOK {
		t.Fatalf("%d %s", hide.Code, hide.Body)
	}
	const unknown = "cat_01kabq4z8vf3ht2v0xw9r6m5ec"
	for name, test := range map[string]struct{ query, key, want, warnings string }{
		"by id and number, in the order of the list": {query: fmt.Sprintf("sort=name&ids=%s,%d", rutile.ID, pip.Number), want: "Pip Rutile"},
		"repeated":               {query: fmt.Sprintf("sort=name&ids=%s&ids=%d&ids=%d", rutile.ID, rutile.Number, pip.Number), want: "Pip Rutile"},
		"in any status":          {query: "sort=name&ids=" + zoe.ID + "," + pip.ID, want: "Pip Zoë"},
		"in a status":            {query: "status=available&ids=" + zoe.ID + "," + pip.ID, want: "Pip"},
		"without the others":     {query: "sort=name&ids=" + zoe.ID + "," + pip.ID + "&not_ids=" + zoe.ID, want: "Pip"},
		"unknown":                {query: "ids=" + unknown + ",99999," + pip.ID, want: "Pip", warnings: "99999 " + unknown},
		"removed":                {query: "ids=6," + pip.ID, want: "Pip", warnings: "6"},
		"hidden from the caller": {query: "ids=" + rutile.ID + "," + pip.ID, key: "other", want: "Pip", warnings: rutile.ID},
		"excluded and unknown":   {query: "sort=name&ids=" + pip.ID + "&not_ids=" + unknown, want: "Pip", warnings: unknown},
		"the number with zeros":  {query: fmt.Sprintf("ids=00%d", pip.Number), want: "Pip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			page := decodeBody[wire.CatPage](t, send(t, api, http.MethodGet, "/v1/cats?"+test.query, "", test.key))
			var names, warned []string
			for _, card := range page.Data {
				names = append(names, card.Name)
			}
			for _, w := range page.Warnings {
				warned = append(warned, w.Value)
				if w.Message != "No cat with this ID or number was found, or you may not see it." {
					t.Errorf("got %q, which differs between hidden and unknown cats", w.Message)
				}
			}
			if strings.Join(names, " ") != test.want || strings.Join(warned, " ") != test.warnings {
				t.Errorf("got %v with warnings about %v, want %s and %s", names, warned, test.want, test.warnings)
			}
		})
	}
}

// hiddenFromOther returns the body of a patch that hides a cat from the key "other".
func hiddenFromOther(t *testing.T, api *testServer) string {
	t.Helper()
	other, _ := api.index.ShelterInfo("WA1")
	return fmt.Sprintf(`{"hidden_from":{"classes":[],"partners":[%q]}}`, other.PartnerID)
}

// Every JSON response to filters says which of their values no cat has.
func TestFilters_WarnWhereverTheyAreAccepted(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	const query = "tag=zzz&not_tag=yyy&source=test&ids=99999"
	values := func(warnings []wire.FilterWarning) string {
		var out []string
		for _, w := range warnings {
			out = append(out, w.Parameter+"="+w.Value)
		}
		slices.Sort(out)
		return strings.Join(out, "&")
	}
	got := map[string]string{
		"list":              values(decodeBody[wire.CatPage](t, get(t, api, "/v1/cats?"+query)).Warnings),
		"changes":           values(decodeBody[ChangePage](t, get(t, api, "/v1/changes?"+query)).Warnings),
		"cats of a shelter": values(decodeBody[wire.OwnCatPage](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?"+query, "", "writer")).Warnings),
		"JSON feed":         values(decodeBody[JSONFeed](t, get(t, api, "/v1/cats.json-feed?"+query)).Trailcat.Warnings),
	}
	owner, _ := api.index.ShelterInfo("MD1")
	hook, err := api.catalog.CreateWebhook(t.Context(), catalog.Webhook{PartnerID: owner.PartnerID, URL: "https://example.org/hook", Filters: query}, 0)
	if err != nil {
		t.Fatal(err)
	}
	got["webhook"] = values(decodeBody[wire.Webhook](t, send(t, api, http.MethodGet, "/v1/webhooks/"+hook.ID, "", "writer")).Warnings)
	rec := send(t, api, http.MethodPost, "/v1/searches", fmt.Sprintf(`{"name":"S","query":%q,"webhook_id":%q}`, query, hook.ID), "writer")
	got["saved search"] = values(decodeBody[wire.SavedSearch](t, rec).Warnings)
	for where, warnings := range got {
		if want := "ids=99999&not_tag=yyy&tag=zzz"; warnings != want {
			t.Errorf("%s: got %q, want %s", where, warnings, want)
		}
	}
}

// A value that only hidden cats have gets the same warning as one that no cat has.
func TestFilters_WarningsDoNotRevealHiddenCats(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	body := `{"name":"Hid","traits":{"tags":["Secret"]},` + hiddenFromOther(t, api)[1:]
	if rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/HID", body, "writer"); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for key, want := range map[string]int{"writer": 0, "": 0, "other": 2} {
		for _, path := range []string{"/v1/cats?limit=1&tag=secret&not_tag=Secret,bb", "/v1/changes?limit=1&tag=secret&not_tag=Secret,bb"} {
			warnings := decodeBody[wire.CatPage](t, send(t, api, http.MethodGet, path, "", key)).Warnings
			if n := len(warnings) - 1; n != want { // one is about bb
				t.Errorf("%s for %q: got %v, want %d warnings about the tag", path, key, warnings, want)
			}
		}
	}
}

// A saved search keeps its exclusions, and names the same cats as the list at cats_url.
func TestSavedSearches_KeepExclusions(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	resolver := filters.NewQueryResolver(api.index, geo.Default())
	for _, query := range []string{"not_breed=Siamese,Bengal&fee_max=50", "ids=1,4,9", "not_region=MD&not_tag=a,b", "ids=9&status=available"} {
		var errs catalog.FieldErrors
		stored := resolver.ParseSavedSearch(query, &errs)
		values, err := url.ParseQuery(stored)
		if err != nil || len(errs) > 0 {
			t.Fatal(err, errs)
		}
		q, errs := resolver.SavedSearchQuery(values)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		q.Limit, q.Total = 1, true
		page, err := api.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		listed := decodeBody[wire.CatPage](t, get(t, api, "/v1/cats?include_total=true&"+stored))
		if *listed.Page.Total != *page.Total {
			t.Errorf("%s: the list has %d cats, the search %d", stored, *listed.Page.Total, *page.Total)
		}
	}
}

func TestLists_DistanceInMiles(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for path, inMiles := range map[string]bool{
		"/v1/cats?near=21201&radius_mi=3000": true, "/v1/cats?near=21201&radius_km=5000": false, "/v1/cats?near=21201": false,
		"/v1/shelters?near=21201&radius_mi=3000": true, "/v1/shelters?near=21201&radius_km=5000": false,
	} {
		page := decodeBody[struct {
			Data []struct {
				DistanceKm *float64 `json:"distance_km"`
				DistanceMi *float64 `json:"distance_mi"`
			}
		}](t, get(t, api, path))
		for _, item := range page.Data {
			if item.DistanceKm == nil || (item.DistanceMi != nil) != inMiles {
				t.Fatalf("%s: got %v km and %v mi", path, item.DistanceKm, item.DistanceMi)
			}
			if inMiles && max(*item.DistanceMi*1.609344-*item.DistanceKm, *item.DistanceKm-*item.DistanceMi*1.609344) > 0.15 {
				t.Errorf("%s: got %v km and %v mi", path, *item.DistanceKm, *item.DistanceMi)
			}
		}
		if len(page.Data) == 0 {
			t.Errorf("%s: got no items", path)
		}
	}
}

// page.near names the place that was taken and others of the same name, and near accepts
// the IDs of all of them, those of /v1/places and those of shelters.
func TestNear_NamesOtherPlacesAndAcceptsTheirIDs(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	near := func(text string) wire.Near {
		t.Helper()
		rec := get(t, api, "/v1/cats?limit=1&near="+url.QueryEscape(text))
		if rec.Code != http.StatusOK {
			t.Fatalf("near=%s: %d %s", text, rec.Code, rec.Body)
		}
		return *decodeBody[wire.CatPage](t, rec).Page.Near
	}
	for text, want := range map[string]string{
		"London": "London, England, GB; London, ON, CA", "Montréal": "Montreal, QC, CA; Montreal, MO, US", "Springfield": "Springfield, MO, US; Springfield, MA, US",
		"Rockville, MD": "Rockville, MD, US", "10115": "New York, NY 10115, US; Berlin, 10115, DE", "39.08,-77.15": "39.08,-77.15",
	} {
		got := near(text)
		labels := []string{got.Label}
		for _, other := range got.Others[:min(1, len(got.Others))] {
			labels = append(labels, other.Label)
		}
		if strings.Join(labels, "; ") != want || len(got.Others) > 5 || len(got.Others) > got.OtherCount {
			t.Errorf("near=%s: got %s of %d others, want %s", text, strings.Join(labels, "; "), got.OtherCount, want)
		}
		for _, other := range got.Others {
			if byID := near(other.ID); byID.Label != other.Label || len(byID.Others) > 0 {
				t.Errorf("near=%s: got %s with %d others, want %s alone", other.ID, byID.Label, len(byID.Others), other.Label)
			}
		}
	}
	for _, place := range decodeBody[PlaceList](t, get(t, api, "/v1/places?q=spring&limit=20")).Data {
		if got := near(place.ID); got.Label != place.Label || got.Lat != place.Lat || got.ID == nil || *got.ID != place.ID {
			t.Errorf("near=%s: got %+v, want %s", place.ID, got, place.Label)
		}
	}
	shelter, _ := api.index.ShelterInfo("MD1")
	if got := near(shelter.ID); got.Lat != shelter.Point.Lat || got.Lng != shelter.Point.Lng || got.ID != nil {
		t.Errorf("near=%s: got %+v, want %v", shelter.ID, got, shelter.Point)
	}
}

// The public follows a bonded pair by the IDs of the cats, except to cats that it may not
// see. Adopted cats stay, removed ones do not.
func TestGetCat_NamesBondedCats(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	id := map[string]string{}
	for _, card := range decodeBody[wire.CatPage](t, get(t, api, "/v1/cats?limit=100")).Data {
		id[card.Name] = card.ID
	}
	read := func(key string) (string, string) {
		t.Helper()
		rec := send(t, api, http.MethodGet, "/v1/cats/"+id["Pip"], "", key)
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return strings.Join(decodeBody[wire.Cat](t, rec).BondedCats, " "), rec.Header().Get("ETag")
	}
	before, etag := read("")
	if before != id["Squeak"] {
		t.Fatalf("got %q, want %s", before, id["Squeak"])
	}
	if rec := get(t, api, "/v1/cats/"+id["Pip"], "If-None-Match: "+etag); rec.Code != http.StatusNotModified {
		t.Errorf("same ETag: got %d, want 304", rec.Code)
	}
	for _, step := range []struct{ name, body, key, want string }{
		{"hidden", hiddenFromOther(t, api), "other", ""},
		{"hidden from others", `{}`, "writer", id["Squeak"]},
		{"adopted", `{"status":"adopted"}`, "", id["Squeak"]},
		{"removed", `{"status":"removed"}`, "", ""},
	} {
		if rec := send(t, api, http.MethodPatch, "/v1/cats/"+id["Squeak"], step.body, "writer"); rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", step.name, rec.Code, rec.Body)
		}
		got, tag := read(step.key)
		if got != step.want || got == "" && tag == etag {
			t.Errorf("%s: got %q with ETag %s, want %q", step.name, got, tag, step.want)
		}
	}
}
