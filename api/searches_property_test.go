package api

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/filters"
	"trailcat/internal/search"
)

// searchFollower maintains the lists of cats that match saved searches, from the events
// that their webhook gets.
type searchFollower struct {
	api     *testServer
	feed    *changefeed.Feed
	webhook catalog.Webhook
	after   changefeed.Cursor
	lists   map[string]map[string]bool // cat IDs by search ID
	queries map[string]search.Query    // by search ID
}

// newSearchFollower creates saved searches and starts with the cats that match them.
func newSearchFollower(t *testing.T, s *simulation, key string, searches []string) *searchFollower {
	t.Helper()
	owner := catalog.Webhook{URL: "https://example.org/" + key, Types: []string{changefeed.SearchMatched, changefeed.SearchLeft}}
	shelter, _ := s.api.index.ShelterInfo("MD1")
	if key == "other" {
		shelter, _ = s.api.index.ShelterInfo("WA1")
	}
	owner.PartnerID = shelter.PartnerID
	webhook, err := s.api.catalog.CreateWebhook(t.Context(), owner, s.api.index.Head().Seq)
	if err != nil {
		t.Fatal(err)
	}
	follower := &searchFollower{api: s.api, webhook: webhook, lists: map[string]map[string]bool{}, queries: map[string]search.Query{}}
	follower.feed = changefeed.NewFeed(changefeed.Config{Log: s.api.store, Index: s.api.index, Places: s.places, Now: func() time.Time { return *s.api.now }, PublicURL: ""})
	resolver := filters.NewQueryResolver(s.api.index, s.places)
	for _, text := range searches {
		saved, err := s.api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{PartnerID: owner.PartnerID, WebhookID: webhook.ID, Name: text, Query: text})
		if err != nil {
			t.Fatal(err)
		}
		values, _ := url.ParseQuery(text)
		q, errs := resolver.SavedSearchQuery(values)
		if len(errs) > 0 {
			t.Fatalf("%s: %v", text, errs)
		}
		q.Audience = webhook.Audience()
		follower.queries[saved.ID] = q
		follower.lists[saved.ID] = follower.list(t, q)
	}
	follower.after = changefeed.NewCursor(s.api.index.Head())
	return follower
}

// list returns the IDs of the cats in the list with a query.
func (f *searchFollower) list(t *testing.T, q search.Query) map[string]bool {
	t.Helper()
	if err := f.api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.Limit = 1000
	page, err := f.api.index.Cats(q)
	if err != nil || page.HasMore {
		t.Fatal(err, page.HasMore)
	}
	list := map[string]bool{}
	for _, hit := range page.Hits {
		list[hit.ID] = true
	}
	return list
}

// step applies the next events and reports whether more follow.
func (f *searchFollower) step(t *testing.T, limit int) bool {
	t.Helper()
	page, err := f.feed.Read(t.Context(), changefeed.Query{Types: f.webhook.Types, Audience: f.webhook.Audience(), WebhookID: f.webhook.ID}, f.after, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Events {
		for _, ref := range e.Searches {
			if e.Type == changefeed.SearchMatched {
				f.lists[ref.ID][e.ID] = true
			} else {
				delete(f.lists[ref.ID], e.ID)
			}
		}
	}
	f.after = page.Next
	return page.Next.Seq < page.Head.Seq
}

func (f *searchFollower) check(t *testing.T) {
	t.Helper()
	for f.step(t, 100) {
	}
	matches := 0
	for id, q := range f.queries {
		want := slices.Sorted(maps.Keys(f.list(t, q)))
		matches += len(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(f.lists[id]))); diff != "" {
			t.Errorf("search %+v (-list +events):\n%s", q, diff)
		}
	}
	if matches < len(f.queries) {
		t.Errorf("got %d matches of %d searches, too few for a test", matches, len(f.queries))
	}
}

// randomSearch returns filters by facts in which the cats of the simulation differ.
func randomSearch(rng *rand.Rand) string {
	filters := url.Values{}
	for range 1 + rng.IntN(3) {
		filter := [][2]string{
			{"near", "20850"},
			{"near", "98032"},
			{"near", "21201"},
			{"region", "MD"},
			{"region", "MD,WA"},
			{"country", "US"},
			{"shelter", "MD1"},
			{"status", "available,pending"},
			{"status", "pending,adopted"},
			{"sex", "female"},
			{"sex", "male"},
			{"breed", "Siamese"},
			{"breed", "Domestic Short Hair"},
			{"good_with_dogs", "true"},
			{"good_with_dogs", "unknown,false"},
			{"age_group", "kitten"},
			{"age_group", "young,adult"},
			{"stale", "true,false"},
			{"q", "harness "},
			{"q", `"likes birds"`},
			{"q", "cat quiet "},
			{"updated_since", "2026-05-03"},
			{"source", "test"},
			{"not_breed", "Siamese"},
			{"not_age_group", "kitten,unknown"},
			{"not_shelter", "MD1"},
			{"not_region", "Maryland"},
			{"not_country", "Canada"},
			{"not_source", "test"},
			{"not_ids", "1,8,9,10"},
			{"ids", "8,9,10,11,12,13,14"},
			{"fee_max", "60"},
			{"fee_min", "60"},
		}[rng.IntN(33)]
		if filters.Set(filter[0], filter[1]); filter[0] == "near" {
			filters.Set("radius_km", []string{"10", "50", "4000"}[rng.IntN(3)])
		}
	}
	for name := range filters {
		if base, excludes := strings.CutPrefix(name, "not_"); excludes && filters.Has(base) { // may be a conflict
			filters.Del(name)
		}
	}
	return filters.Encode()
}

// changeDescription gives a cat another description.
func (s *simulation) changeDescription(t *testing.T, rng *rand.Rand) {
	t.Helper()
	words := []string{"", "Walks on a harness", "A quiet cat", "Likes birds and quiet", "She likes birds, on a harness too"}[rng.IntN(5)]
	edit := cat(fmt.Sprintf("R%d", rng.IntN(25)), "Described", rng.IntN(40), func(f *catalog.Facts) { f.Description = words })
	if _, err := s.api.catalog.UpsertCats(t.Context(), s.shelters[rng.IntN(len(s.shelters))], []catalog.CatUpdate{edit}); err != nil {
		t.Error(err)
	}
}

// passDays advances the clock and runs the daily tasks: cats grow older, listings become
// stale.
func (s *simulation) passDays(t *testing.T, days int) {
	t.Helper()
	*s.api.now = s.api.now.AddDate(0, 0, days)
	if _, _, err := s.api.catalog.Rerate(t.Context(), catalog.RerateOptions{Leases: s.api.store, Holder: "test"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.api.catalog.MarkStale(t.Context(), true); err != nil {
		t.Fatal(err)
	}
}

// Whatever changes, and however late a client reads, adding the cats of search.matched and
// removing those of search.left results in the list of the search.
func TestSavedSearches_EventsResultInTheList(t *testing.T) {
	t.Parallel()

	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()

			rng := rand.New(rand.NewPCG(seed, 17))
			sim := newSimulation(t, newFixtureStore(t))
			var searches []string
			for range 60 {
				searches = append(searches, randomSearch(rng))
			}
			eager, late := newSearchFollower(t, sim, "writer", searches), newSearchFollower(t, sim, "other", searches)
			for range 60 {
				if sim.change(t, rng); rng.IntN(2) == 0 {
					sim.changeDescription(t, rng)
				}
				*sim.api.now = sim.api.now.Add(time.Duration(rng.IntN(2*60)) * time.Minute)
				if rng.IntN(15) == 0 {
					sim.passDays(t, 20)
				}
				if rng.IntN(3) == 0 {
					eager.step(t, 1+rng.IntN(20))
				}
			}
			sim.passDays(t, 1)
			eager.check(t)
			late.check(t)
		})
	}
}

// A search near to a shelter follows the shelter.
func TestSavedSearches_NearToAShelterThatMoves(t *testing.T) {
	t.Parallel()

	sim := newSimulation(t, newFixtureStore(t))
	moving, _ := sim.api.index.ShelterInfo("MD1")
	follower := newSearchFollower(t, sim, "writer", []string{"near=" + moving.ID + "&radius_km=30&shelter=WA1"})
	other, _ := sim.api.index.ShelterInfo("WA1")
	write := func(method, path, body, key string) {
		t.Helper()
		if rec := send(t, sim.api, method, path, body, key); rec.Code >= http.StatusBadRequest {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		for follower.step(t, 100) {
		}
	}
	write(http.MethodPut, "/v1/shelters/WA1/cats/FAR", `{"name":"Far"}`, "other")
	write(http.MethodPatch, "/v1/shelters/MD1", fmt.Sprintf(`{"address":{"street":null,"city":%q,"region":"WA","postal_code":%q,"country":"US"}}`, other.Address.City, other.Address.PostalCode), "writer")
	write(http.MethodPut, "/v1/shelters/WA1/cats/NEAR", `{"name":"Near"}`, "other")
	for _, list := range follower.lists {
		if len(list) != 1 {
			t.Errorf("got %v after the shelter moved to WA1, want the new cat there", list)
		}
	}
}

func TestSavedSearches_ChangesTakeEffect(t *testing.T) {
	t.Parallel()

	rng := rand.New(rand.NewPCG(5, 17))
	sim := newSimulation(t, newFixtureStore(t))
	follower := newSearchFollower(t, sim, "writer", []string{"sex=female", "sex=male"})
	for follower.step(t, 100) {
	}
	saved, err := sim.api.store.Searches(t.Context(), nil, "", 10)
	if err != nil || len(saved) != 2 {
		t.Fatal(saved, err)
	}
	if _, err := sim.api.catalog.ChangeSearch(t.Context(), saved[0].ID, 0, func(s *catalog.SavedSearch) { s.Query, s.Name = "sex=unknown", "Unknown" }); err != nil {
		t.Fatal(err)
	}
	if err := sim.api.catalog.DeleteSearch(t.Context(), saved[1].ID, 0); err != nil {
		t.Fatal(err)
	}
	sim.changeDescription(t, rng) // creates a cat of unknown sex
	page, err := follower.feed.Read(t.Context(), changefeed.Query{Types: nil, Audience: follower.webhook.Audience(), WebhookID: follower.webhook.ID, Expand: true}, follower.after, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range page.Events {
		got = append(got, e.Type)
		for _, s := range e.Searches {
			got = append(got, s.Name)
		}
		if e.Data == nil {
			t.Errorf("got %s without the cat", e.Type)
		}
	}
	if got, want := strings.Join(got, " "), "cat.created search.matched Unknown"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := sim.api.catalog.DeleteWebhook(t.Context(), follower.webhook.ID, 0); err != nil {
		t.Fatal(err)
	}
	sim.changeDescription(t, rng)
	page, err = follower.feed.Read(t.Context(), changefeed.Query{Types: follower.webhook.Types, Audience: follower.webhook.Audience(), WebhookID: follower.webhook.ID}, page.Next, 100)
	if err != nil || len(page.Events) != 0 {
		t.Errorf("got %d events of searches whose webhook was deleted: %v", len(page.Events), err)
	}
}
