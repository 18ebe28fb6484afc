package api

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/apitest"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
)

// matchProfiles are homes as shelters meet them. All want cats from the demo lists.
var matchProfiles = []struct{ name, body string }{
	{"first cat in a flat, two short walks a day", `{"home":{"type":"apartment","outdoors":"none","indoor_only":true,"noise":"normal"},"experience":"first_time","activities":["leash_walk","backpack"],"hours_away":8,"hours_for_cat":1.5,"training_weeks":8}`},
	{"family with a toddler", `{"home":{"type":"house","outdoors":"yard","indoor_only":true,"noise":"busy"},"children":[2],"experience":"some","activities":["patio_visit"],"hours_away":4,"hours_for_cat":1}`},
	{"family with a dog and two school children", `{"home":{"type":"house","outdoors":"yard","indoor_only":true,"noise":"busy"},"other_animals":{"dogs":true},"children":[7,10],"experience":"experienced","activities":["leash_walk"],"hours_away":6,"hours_for_cat":1}`},
	{"hiker who wants a companion for hard days", `{"home":{"type":"house","outdoors":"none","indoor_only":true},"experience":"experienced","activities":["hike","backpack"],"hours_away":8,"hours_for_cat":2,"training_weeks":26}`},
	{"retired couple, quiet flat with a balcony", `{"home":{"type":"apartment","outdoors":"balcony","indoor_only":true,"noise":"quiet"},"experience":"experienced","activities":["patio_visit"],"hours_away":2,"hours_for_cat":3,"prefers":{"age_groups":["adult","senior"]}}`},
	{"shift worker, away 20 hours", `{"home":{"type":"apartment","outdoors":"none","indoor_only":true},"experience":"first_time","activities":["leash_walk"],"hours_away":20,"hours_for_cat":0.25,"training_weeks":1}`},
	{"two cats at home already", `{"other_animals":{"cats":true},"home":{"type":"house","outdoors":"catio","indoor_only":true},"experience":"experienced","activities":[],"hours_away":6,"hours_for_cat":1}`},
	{"farm, the cat goes out alone", `{"home":{"type":"house","outdoors":"yard","indoor_only":false},"other_animals":{"dogs":true,"cats":true},"experience":"some","activities":[]}`},
	{"wants a kitten, works full time", `{"home":{"type":"apartment","outdoors":"balcony","indoor_only":true},"experience":"first_time","activities":["leash_walk"],"hours_away":9,"hours_for_cat":1,"prefers":{"age_groups":["kitten"]}}`},
	{"patient and experienced, takes a shy cat", `{"home":{"type":"house","outdoors":"catio","indoor_only":true,"noise":"quiet"},"experience":"experienced","activities":["leash_walk"],"hours_away":3,"hours_for_cat":3,"training_weeks":26}`},
}

// What was observed of some cats of the demo lists, by name.
var matchAssessments = map[string]string{
	"Sorbie": `{"outdoor_interest":4,"novelty_response":4,"sound_recovery":4,"baseline_calm":5,"adaptability":4,"food_motivation":4,"handling_comfort":4,"carrier_comfort":4}`,
	"Bibsy":  `{"outdoor_interest":2,"novelty_response":2,"sound_recovery":2,"baseline_calm":2,"adaptability":2,"food_motivation":3,"handling_comfort":2,"carrier_comfort":2}`,
	"Prince": `{"outdoor_interest":5,"novelty_response":5,"sound_recovery":5,"baseline_calm":5,"adaptability":5,"food_motivation":5,"handling_comfort":5,"harness_comfort":4,"carrier_comfort":5}`,
	"Bella":  `{"outdoor_interest":3,"novelty_response":3,"sound_recovery":3,"baseline_calm":3,"adaptability":3,"food_motivation":4,"handling_comfort":3,"carrier_comfort":3}`,
}

var matchFacts = map[string]string{
	"Sorbie": `{"good_with":{"cats":true,"children":true}}`,
	"Prince": `{"good_with":{"cats":false,"dogs":true}}`,
}

// Ten homes and the demo lists, four of whose cats were assessed: the first five matches of
// each home are as testdata/match_profiles.txt has them, and no sentence contradicts the
// rating or the listing of its cat.
func TestMatches_AdopterProfiles(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	if _, err := demo.LoadListings(t.Context(), api.catalog, geo.Default(), *api.now, false); err != nil {
		t.Fatal(err)
	}
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	operator := client{api, nil, "admin"}
	for _, m := range decode[wire.MatchList](t, operator.request(t, http.StatusOK, "POST", "/v1/matches", `{"near":"98032","limit":50}`)).Data {
		path := fmt.Sprintf("/v1/cats/%d", m.Cat.Number)
		if levels := matchAssessments[m.Cat.Name]; levels != "" {
			operator.request(t, http.StatusCreated, "POST", path+"/assessments", `{"assessor":{"id":"s1","role":"staff"},"context":"shelter_room","observed_on":"2026-04-25","days_in_place":10,"levels":`+levels+`}`)
		}
		if facts := matchFacts[m.Cat.Name]; facts != "" {
			operator.request(t, http.StatusOK, "PATCH", path, facts)
		}
	}
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, p := range matchProfiles {
		body := strings.Replace(p.body, "{", `{"near":"98032","radius_km":50,"limit":50,`, 1)
		list := decode[wire.MatchList](t, operator.request(t, http.StatusOK, "POST", "/v1/matches", body))
		fmt.Fprintf(&out, "# %s\n%s\n", p.name, p.body)
		for _, a := range list.Advice {
			fmt.Fprintf(&out, "advice: %s\n", a.Text)
		}
		for i, m := range list.Data {
			checkMatchAgrees(t, operator, m)
			if i < 5 {
				printMatch(&out, m)
			}
		}
		fmt.Fprintln(&out)
	}
	const file = "testdata/match_profiles.txt"
	if apitest.Update() {
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != out.String() {
		t.Errorf("%s is stale, run go test ./api -update (%v):\n%s", file, err, cmp.Diff(string(want), out.String()))
	}
}

func printMatch(out *bytes.Buffer, m wire.Match) {
	age := "of unknown age"
	if m.Cat.AgeMonths != nil {
		age = fmt.Sprintf("%d months", *m.Cat.AgeMonths)
	}
	fmt.Fprintf(out, "%5.1f %s, %s, %s\n", m.Fit, m.Cat.Name, m.Cat.Sex, age)
	for _, r := range slices.Concat(m.ReasonsFor, m.ReasonsAgainst, m.Unknown) {
		fmt.Fprintf(out, "      %+5.1f %s\n", r.Points, r.Text)
	}
}

// checkMatchAgrees checks the sentences of a match against the cat's own rating and listing.
func checkMatchAgrees(t *testing.T, v client, m wire.Match) {
	t.Helper()
	path := fmt.Sprintf("/v1/cats/%d", m.Cat.Number)
	rated := decode[wire.AdventureRating](t, v.request(t, http.StatusOK, "GET", path+"/adventure", ""))
	cat := decode[wire.Cat](t, v.request(t, http.StatusOK, "GET", path, ""))
	names := map[string]string{"leash_walk": "leash walks", "backpack": "backpack outings", "hike": "hikes", "patio_visit": "patio visits"}
	for _, r := range slices.Concat(m.ReasonsFor, m.ReasonsAgainst, m.Unknown) {
		if r.Code == "training" && r.Points != 0 {
			agrees := slices.ContainsFunc(rated.Activities, func(a wire.AdventureActivity) bool {
				return a.TrainingWeeks != nil && strings.Contains(r.Text, names[a.Activity]+" takes") && strings.Contains(r.Text, fmt.Sprintf("%g week", a.TrainingWeeks.High)) ||
					a.TrainingWeeks != nil && a.TrainingWeeks.High == 1 && strings.Contains(r.Text, "a week")
			})
			if !agrees {
				t.Errorf("%s: got %q, want the weeks of the rating", m.Cat.Name, r.Text)
			}
		}
		for _, h := range cat.ListingReading.Household {
			if strings.HasSuffix(h.Fact, r.Code) && strings.HasPrefix(r.Text, "Nobody has said") {
				t.Errorf("%s: got %q, but the listing says %q", m.Cat.Name, r.Text, h.Quote)
			}
		}
	}
}
