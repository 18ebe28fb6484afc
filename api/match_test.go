package api

import (
	"net/http"
	"slices"
	"testing"

	"trailcat/api/wire"
)

const homeWithAChild = `{"near":"20850","radius_km":80,"home":{"type":"apartment","outdoors":"balcony","indoor_only":true},"other_animals":{"dogs":false,"cats":false},` +
	`"children":[9],"experience":"some","activities":["leash_walk","backpack"],"hours_away":8,"hours_for_cat":1.5,"training_weeks":8,` +
	`"prefers":{"age_groups":["young","adult"],"max_fee":{"amount_minor":15000,"currency":"USD"}},"limit":2}`

func TestMatches_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), loadSpec(t), "writer"}
	v.request(t, http.StatusCreated, "POST", "/v1/cats/1/assessments", visitOfS1)
	checkExample(t, "matchCats.request", []byte(homeWithAChild))
	checkExample(t, "matchCats", client{v.testServer, v.spec, ""}.request(t, http.StatusOK, "POST", "/v1/matches", homeWithAChild))
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
