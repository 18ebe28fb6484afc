package api

import (
	"fmt"
	"maps"
	"math/rand/v2"
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
	"trailcat/internal/store/storetest"
)

// watcher keeps lists of cats by what the webhook of its saved searches is told.
type watcher struct {
	api   *stage
	feed  *changefeed.Feed
	hook  catalog.Webhook
	after int64
	lists map[string]map[string]bool // of cats, by search
	asked map[string]search.Query
}

// newWatcher saves searches, and begins with what is on their lists.
func newWatcher(t *testing.T, w *world, key string, searches []string) *watcher {
	t.Helper()
	owner := catalog.Webhook{URL: "https://example.org/" + key, Types: []string{changefeed.SearchMatched, changefeed.SearchLeft}}
	home, _, _ := w.api.index.Shelter("MD1")
	if key == "other" {
		home, _, _ = w.api.index.Shelter("WA1")
	}
	owner.PartnerID = home.PartnerID
	hook, err := w.api.catalog.CreateWebhook(t.Context(), owner, w.api.index.Head().Seq)
	if err != nil {
		t.Fatal(err)
	}
	watch := &watcher{api: w.api, hook: hook, lists: map[string]map[string]bool{}, asked: map[string]search.Query{}}
	watch.feed = changefeed.NewFeed(changefeed.Config{Log: w.api.store, Index: w.api.index, Places: w.places, Now: func() time.Time { return *w.api.now }, PublicURL: ""})
	resolver := filters.NewQueryResolver(w.api.index, w.places)
	for _, text := range searches {
		saved, err := w.api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{PartnerID: owner.PartnerID, WebhookID: hook.ID, Name: text, Query: text})
		if err != nil {
			t.Fatal(err)
		}
		values, _ := url.ParseQuery(text)
		q, bad := resolver.SavedSearchQuery(values)
		if len(bad) > 0 {
			t.Fatalf("%s: %v", text, bad)
		}
		q.Audience = hook.Audience()
		watch.asked[saved.ID] = q
		watch.lists[saved.ID] = watch.listed(t, q)
	}
	watch.after = w.api.index.Head().Seq
	return watch
}

// listed is what the list answers.
func (w *watcher) listed(t *testing.T, q search.Query) map[string]bool {
	t.Helper()
	if err := w.api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.Limit = 1000
	page, err := w.api.index.Cats(q)
	if err != nil || page.HasMore {
		t.Fatal(err, page.HasMore)
	}
	list := map[string]bool{}
	for _, hit := range page.Hits {
		list[hit.ID] = true
	}
	return list
}

// step takes over what it is told next, and says whether there is more.
func (w *watcher) step(t *testing.T, limit int) bool {
	t.Helper()
	page, err := w.feed.Read(t.Context(), changefeed.Query{Types: w.hook.Types, Audience: w.hook.Audience(), WebhookID: w.hook.ID}, w.after, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Events {
		for _, s := range e.Searches {
			if e.Type == changefeed.SearchMatched {
				w.lists[s.ID][e.ID] = true
			} else {
				delete(w.lists[s.ID], e.ID)
			}
		}
	}
	w.after = page.Next
	return page.Next < page.Head.Seq
}

func (w *watcher) check(t *testing.T) {
	t.Helper()
	for w.step(t, 100) {
	}
	matches := 0
	for id, q := range w.asked {
		want := slices.Sorted(maps.Keys(w.listed(t, q)))
		matches += len(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(w.lists[id]))); diff != "" {
			t.Errorf("search %+v (-listed +told):\n%s", q, diff)
		}
	}
	if matches < len(w.asked) {
		t.Errorf("%d matches of %d searches: they ask for too much to prove anything", matches, len(w.asked))
	}
}

// anySearch asks for what the cats of the world differ in.
func anySearch(chance *rand.Rand) string {
	filters := url.Values{}
	for range 1 + chance.IntN(3) {
		one := [][2]string{
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
		}[chance.IntN(23)]
		if filters.Set(one[0], one[1]); one[0] == "near" {
			filters.Set("radius_km", []string{"10", "50", "4000"}[chance.IntN(3)])
		}
	}
	return filters.Encode()
}

// retell gives a cat another description.
func (w *world) retell(t *testing.T, chance *rand.Rand) {
	t.Helper()
	words := []string{"", "Walks on a harness", "A quiet cat", "Likes birds and quiet", "She likes birds, on a harness too"}[chance.IntN(5)]
	edit := cat(fmt.Sprintf("R%d", chance.IntN(25)), "Told", chance.IntN(40), func(f *catalog.Facts) { f.Description = words })
	if _, err := w.api.catalog.UpsertCats(t.Context(), w.shelters[chance.IntN(len(w.shelters))], []catalog.CatUpdate{edit}); err != nil {
		t.Error(err)
	}
}

// passDays has time pass, and what comes with it: cats grow older, listings stale.
func (w *world) passDays(t *testing.T, days int) {
	t.Helper()
	*w.api.now = w.api.now.AddDate(0, 0, days)
	if _, _, err := w.api.catalog.Rerate(t.Context(), catalog.RerateOptions{Leases: w.api.store, Holder: "test"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.catalog.MarkStale(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsToldOfSavedSearchesEndsAsTheirLists: whatever changes, and however
// late somebody reads, to add what matched and to drop what left ends with what
// the list answers.
func TestWhatIsToldOfSavedSearchesEndsAsTheirLists(t *testing.T) {
	t.Parallel()

	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()

			chance := rand.New(rand.NewPCG(seed, 17))
			w := newWorld(t, storetest.New(t))
			var searches []string
			for range 100 {
				searches = append(searches, anySearch(chance))
			}
			eager, late := newWatcher(t, w, "writer", searches), newWatcher(t, w, "other", searches)
			for range 100 {
				if w.change(t, chance); chance.IntN(2) == 0 {
					w.retell(t, chance)
				}
				*w.api.now = w.api.now.Add(time.Duration(chance.IntN(2*60)) * time.Minute)
				if chance.IntN(15) == 0 {
					w.passDays(t, 20)
				}
				if chance.IntN(3) == 0 {
					eager.step(t, 1+chance.IntN(20))
				}
			}
			w.passDays(t, 1)
			eager.check(t)
			late.check(t)
		})
	}
}

func TestSavedSearchesAreFollowedAsTheyChange(t *testing.T) {
	t.Parallel()

	chance := rand.New(rand.NewPCG(5, 17))
	w := newWorld(t, storetest.New(t))
	watch := newWatcher(t, w, "writer", []string{"sex=female", "sex=male"})
	for watch.step(t, 100) {
	}
	saved, err := w.api.store.Searches(t.Context(), "", true, "", 10)
	if err != nil || len(saved) != 2 {
		t.Fatal(saved, err)
	}
	if _, err := w.api.catalog.ChangeSearch(t.Context(), saved[0].ID, 0, func(s *catalog.SavedSearch) { s.Query, s.Name = "sex=unknown", "Unknown" }); err != nil {
		t.Fatal(err)
	}
	if err := w.api.catalog.DeleteSearch(t.Context(), saved[1].ID, 0); err != nil {
		t.Fatal(err)
	}
	w.retell(t, chance) // a new cat, of which nobody said whether it is female
	page, err := watch.feed.Read(t.Context(), changefeed.Query{Types: nil, Audience: watch.hook.Audience(), WebhookID: watch.hook.ID, Expand: true}, watch.after, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range page.Events {
		told = append(told, e.Type)
		for _, s := range e.Searches {
			told = append(told, s.Name)
		}
		if e.Data == nil {
			t.Errorf("%s without the cat", e.Type)
		}
	}
	if got := strings.Join(told, " "); got != "cat.created search.matched Unknown" {
		t.Errorf("got %q", got)
	}
	if err := w.api.catalog.DeleteWebhook(t.Context(), watch.hook.ID, 0); err != nil {
		t.Fatal(err)
	}
	w.retell(t, chance)
	page, err = watch.feed.Read(t.Context(), changefeed.Query{Types: watch.hook.Types, Audience: watch.hook.Audience(), WebhookID: watch.hook.ID}, page.Next, 100)
	if err != nil || len(page.Events) != 0 {
		t.Errorf("got %d events of searches whose webhook was deleted: %v", len(page.Events), err)
	}
}
