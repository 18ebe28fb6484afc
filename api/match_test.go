package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
)

const homeWithAChild = `{"near":"20850","radius_km":80,"home":{"type":"apartment","outdoors":"balcony","indoor_only":true,"noise":"busy"},"other_animals":{"dogs":false,"cats":false},` +
	`"children":[9],"experience":"some","activities":["leash_walk","backpack"],"hours_away":8,"hours_for_cat":1.5,"training_weeks":8,` +
	`"prefers":{"age_groups":["young","adult"],"max_fee":{"amount_minor":15000,"currency":"USD"}},"limit":2}`

func TestMatches_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	checkExample(t, "matchCats.request", []byte(homeWithAChild))
	checkExample(t, "matchCats", client{v.testServer, v.spec, ""}.request(t, http.StatusOK, "POST", "/v1/matches", homeWithAChild))
}

// The hours of a day are 24.
func TestMatches_HoursOfADay(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), ""}
	body := v.request(t, http.StatusUnprocessableEntity, "POST", "/v1/matches", `{"hours_away":20,"hours_for_cat":5}`)
	if !strings.Contains(string(body), `"/hours_for_cat"`) {
		t.Errorf("got %s, want an error of /hours_for_cat", body)
	}
}

// A home in which no cat should live is told so; it still gets matches.
func TestMatches_AdviceForTheHome(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), ""}
	list := decode[wire.MatchList](t, v.request(t, http.StatusOK, "POST", "/v1/matches", `{"hours_away":20}`))
	if len(list.Advice) != 1 || list.Advice[0].Code != "alone_too_long" || len(list.Data) == 0 {
		t.Errorf("got advice %+v and %d matches, want alone_too_long and matches", list.Advice, len(list.Data))
	}
}

// A cat that is known to live well with dogs is found behind more nearer cats than are
// evaluated.
func TestMatches_FindsKnownGoodCatsFarAway(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	edits := make([]catalog.CatUpdate, matchNearest+matchSuitable)
	for i := range edits {
		name := fmt.Sprintf("Near %d", i)
		edits[i] = catalog.CatUpdate{ExternalID: name, Source: "api", Edit: func(f *catalog.Facts) {
			f.Name, f.Status, f.FosterPostalCode = name, catalog.Available, "20850"
			f.ListedAt = v.now.AddDate(0, -1, 0) // those that wait longest come first
		}}
	}
	edits[len(edits)-1].Edit = func(f *catalog.Facts) {
		f.Name, f.Status, f.GoodWith.Dogs, f.FosterPostalCode, f.ListedAt = "Known", catalog.Available, new(true), "21701", *v.now
	}
	shelter, _ := v.index.ShelterInfo("MD1")
	if _, err := v.catalog.UpsertCats(t.Context(), shelter.ID, edits); err != nil {
		t.Fatal(err)
	}
	if err := v.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := decode[wire.MatchList](t, v.request(t, http.StatusOK, "POST", "/v1/matches", `{"near":"20850","other_animals":{"dogs":true},"activities":["leash_walk"],"limit":1}`))
	if got := list.Data[0].Cat.Name; got != "Known" {
		t.Errorf("got %s first of %d evaluated, want Known", got, list.Evaluated)
	}
}

// Cats that are adopted, on hold, removed or stale are not matched.
func TestMatches_OnlyAdoptableCats(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusOK, "POST", "/v1/cats/2/status", `{"status":"on_hold"}`)
	v.request(t, http.StatusNoContent, "DELETE", "/v1/cats/3", "")
	list := decode[wire.MatchList](t, v.request(t, http.StatusOK, "POST", "/v1/matches", `{"near":"20850"}`))
	var numbers []int64
	for _, m := range list.Data {
		numbers = append(numbers, m.Cat.Number)
	}
	if want := []int64{1, 4, 5}; !slices.Equal(numbers, want) || list.WithinRadius != 3 {
		t.Errorf("got %v of %d within the radius, want %v", numbers, list.WithinRadius, want)
	}
}
