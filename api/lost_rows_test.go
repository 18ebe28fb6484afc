package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// rowsHook is a store that calls a function once before its next call of a method.
type rowsHook struct {
	*store.Store
	mu     sync.Mutex
	before map[string]func() // by method
}

func (s *rowsHook) call(method string) {
	s.mu.Lock()
	hook := s.before[method]
	delete(s.before, method)
	s.mu.Unlock()
	if hook != nil {
		hook()
	}
}

func (s *rowsHook) HeadSince(ctx context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error) {
	s.call("HeadSince")
	return s.Store.HeadSince(ctx, known, read...)
}

func (s *rowsHook) Shelters(ctx context.Context) ([]catalog.Shelter, catalog.LogPosition, error) {
	s.call("Shelters")
	return s.Store.Shelters(ctx)
}

func (s *rowsHook) SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	s.call("SheltersByID")
	return s.Store.SheltersByID(ctx, ids)
}

func (s *rowsHook) SearchesAfter(ctx context.Context, after string, limit int) ([]catalog.SavedSearch, catalog.LogPosition, error) {
	s.call("SearchesAfter")
	return s.Store.SearchesAfter(ctx, after, limit)
}

func (s *rowsHook) SearchesByID(ctx context.Context, ids []string) ([]catalog.SavedSearch, catalog.LogPosition, error) {
	s.call("SearchesByID")
	return s.Store.SearchesByID(ctx, ids)
}

func (s *rowsHook) ScanCats(ctx context.Context, each func([]catalog.Cat, catalog.LogPosition) error) error {
	s.call("ScanCats")
	return s.Store.ScanCats(ctx, each)
}

func (s *rowsHook) CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	s.call("CatsWithPosition")
	return s.Store.CatsWithPosition(ctx, ids)
}

func (s *rowsHook) CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error) {
	s.call("CatsByID")
	return s.Store.CatsByID(ctx, ids)
}

// failover is a server whose database loses what was written last.
type failover struct {
	*testServer
	t      *testing.T
	url    string
	hooked *rowsHook
	lose   func()
	places *geo.Gazetteer
}

func eachFailover(t *testing.T, test func(t *testing.T, f *failover)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		f := &failover{t: t, url: url, hooked: &rowsHook{Store: storetest.Open(t, url), before: map[string]func(){}}, places: geo.Default()}
		f.testServer = newServer(t, f.hooked.Store)
		index := f.newIndex()
		f.testServer = newServer(t, f.hooked.Store, func(c *Config) { c.Store, c.Index, c.Exports = f.hooked, index, newExportCache(t, f.hooked, *c) }, mountPetfinder)
		f.index = index
		f.follow(index)
		test(t, f)
	})
}

// before makes the next call of a method of the store call a function first.
func (f *failover) before(method string, hook func()) { f.hooked.before[method] = hook }

// newIndex returns an index over the store.
func (f *failover) newIndex() *search.Index {
	return search.New(f.hooked, search.Options{
		Card:        wire.CardEncoder(""),
		PostalPoint: func(string, string) (geo.Point, bool) { return geo.Point{}, false },
		Now:         func() time.Time { return *f.now },
	})
}

// rename renames a cat of the shelter MD1, without telling the server's index.
func (f *failover) rename(id, name string) {
	f.t.Helper()
	shelter, _ := f.index.ShelterInfo("MD1")
	if _, err := f.catalog.UpsertCats(f.t.Context(), shelter.ID, []catalog.CatUpdate{cat(id, name, 40, nil)}); err != nil {
		f.t.Fatal(err)
	}
}

// renameShelter renames the shelter MD1.
func (f *failover) renameShelter(name string) {
	f.t.Helper()
	shelter, _ := f.index.ShelterInfo("MD1")
	if _, err := f.catalog.ChangeShelter(f.t.Context(), f.places, shelter.ID, 0, func(p *catalog.Profile) { p.Name = name }); err != nil {
		f.t.Fatal(err)
	}
}

// saved makes failOver lose what is written from now on.
func (f *failover) saved() { f.lose = storetest.Save(f.t, f.url) }

// failOver loses what was written since saved, and writes as much and more.
func (f *failover) failOver() {
	f.lose()
	for _, name := range []string{"Kept 1", "Kept 2", "Kept 3"} {
		f.rename("A2", name)
	}
}

// follow lets an index follow the log, as Follow does.
func (f *failover) follow(x *search.Index) {
	f.t.Helper()
	if err := x.CatchUp(f.t.Context()); err != nil && !x.State().Refilling {
		f.t.Fatal(err)
	}
	for x.State().Refilling {
		if err := x.Fill(f.t.Context()); err != nil {
			f.t.Fatal(err)
		}
	}
}

// requireEqualDatabase fails the test unless an index has what the database has.
func (f *failover) requireEqualDatabase(x *search.Index) {
	f.t.Helper()
	fresh := f.newIndex()
	if err := fresh.Fill(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	if diff := cmp.Diff(contentOf(f.t, fresh), contentOf(f.t, x)); diff != "" {
		f.t.Errorf("the index (-database +index):\n%s", diff)
	}
}

// contentOf returns the cats of an index and the name of the shelter MD1.
func contentOf(t *testing.T, x *search.Index) string {
	t.Helper()
	shelter, _ := x.ShelterInfo("MD1")
	page, err := x.Cats(search.Query{Order: search.OrderName, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	content := []string{shelter.Name}
	for _, hit := range page.Hits {
		content = append(content, string(hit.Card.Append(nil)))
	}
	return strings.Join(content, "\n")
}

// An index is filled while rows are written that a failover loses before the index reads
// the log.
func TestIndex_NoticesThatRowsOfItsFillWereLost(t *testing.T) {
	t.Parallel()

	for method, write := range map[string]func(*failover){
		"ScanCats": func(f *failover) { f.rename("A1", "Lost") },
		"Shelters": func(f *failover) { f.renameShelter("Lost") },
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			eachFailover(t, func(t *testing.T, f *failover) {
				f.saved()
				f.before(method, func() {
					write(f)
					f.before("HeadSince", f.failOver)
				})
				x := f.newIndex()
				for x.Fill(t.Context()) != nil { // it starts over
				}
				f.follow(x)
				f.requireEqualDatabase(x)
			})
		})
	}
}

// An index applies log entries with rows that are newer and are lost before it reads the
// next entries.
func TestIndex_NoticesThatRowsAfterItsPositionWereLost(t *testing.T) {
	t.Parallel()

	for method, write := range map[string]func(f *failover, name string){
		"CatsWithPosition": func(f *failover, name string) { f.rename("A1", name) },
		"SheltersByID":     (*failover).renameShelter,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			eachFailover(t, func(t *testing.T, f *failover) {
				x := f.newIndex()
				if err := x.Fill(t.Context()); err != nil {
					t.Fatal(err)
				}
				write(f, "Before")
				f.saved()
				f.before(method, func() { write(f, "Lost") })
				f.follow(x)
				if !strings.Contains(contentOf(t, x), "Lost") {
					t.Fatal("the index has no row that is newer than its position")
				}
				f.failOver()
				f.follow(x)
				f.requireEqualDatabase(x)
			})
		})
	}
}

// A single cat is read with content that is newer than the index and is lost.
func TestCat_ETagOfLostContentMatchesNothing(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		f.saved()
		f.before("CatsWithPosition", func() { f.rename("A1", "Lost") })
		first := send(t, f.testServer, http.MethodGet, "/v1/cats/1", "", "")
		if !strings.Contains(first.Body.String(), "Lost") {
			t.Fatalf("got %d %s, want content that is newer than the index", first.Code, first.Body)
		}
		f.failOver()
		f.rename("A1", "Other")
		f.follow(f.index)
		rec := send(t, f.testServer, http.MethodGet, "/v1/cats/1", "", "", "If-None-Match: "+first.Header().Get("ETag"))
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Other") {
			t.Errorf("got %d %s, want 200 with the other content", rec.Code, rec.Body)
		}
	})
}

// An index is filled again, for example because the log was truncated, after it applied
// rows that are lost.
func TestIndex_NoticesAfterAnotherFillThatRowsWereLost(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		x := f.newIndex()
		if err := x.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.rename("A1", "Before")
		f.saved()
		f.before("CatsWithPosition", func() { f.rename("A1", "Lost") })
		f.follow(x)
		from := x.Head()
		f.failOver()
		if err := x.Fill(t.Context()); err == nil && x.Head().Epoch == from.Epoch {
			t.Error("the log has the epoch in which lost rows were shown")
		}
	})
}

// A list of animals that were cached before the failover has none of their lost content.
func TestPetfinder_ShowsNoLostContent(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		f.saved()
		f.rename("A1", "Lost")
		f.follow(f.index)
		read := func() string {
			return send(t, f.testServer, http.MethodGet, "/v2/animals?limit=100", "", "other").Body.String()
		}
		if !strings.Contains(read(), "Lost") {
			t.Fatal("/v2/animals does not show the new name")
		}
		f.failOver()
		f.follow(f.index)
		if body := read(); strings.Contains(body, "Lost") {
			t.Errorf("got lost content: %s", body)
		}
	})
}

// The index finds a cat, which is then hidden before it is read from the database.
func TestLists_LeaveOutACatThatWasHiddenMeanwhile(t *testing.T) {
	t.Parallel()

	for _, path := range []string{"/v1/matches", "/v1/cats.atom?limit=100", "/v1/cats.json-feed?limit=100", "/v2/animals?limit=100"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			eachFailover(t, func(t *testing.T, f *failover) {
				read := func() string {
					method, body := http.MethodGet, ""
					if path == "/v1/matches" {
						method, body = http.MethodPost, `{"near":"20850","limit":50}`
					}
					return send(t, f.testServer, method, path, body, "other").Body.String()
				}
				var me struct{ Partner struct{ ID string } }
				unmarshal(t, send(t, f.testServer, http.MethodGet, "/v1/me", "", "other"), &me)
				f.rename("A1", "Seen")
				f.follow(f.index)
				if !strings.Contains(read(), "Seen") {
					t.Fatal("the list does not show the cat")
				}
				f.rename("A1", "Changed") // so that it is cached nowhere
				f.follow(f.index)
				f.before("CatsByID", func() {
					shelter, _ := f.index.ShelterInfo("MD1")
					if _, err := f.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{cat("A1", "Secret", 40, func(facts *catalog.Facts) { facts.HiddenFrom.Partners = []string{me.Partner.ID} })}); err != nil {
						t.Fatal(err)
					}
				})
				if body := read(); strings.Contains(body, "Secret") {
					t.Errorf("the list shows a cat that is hidden: %s", body)
				}
			})
		})
	}
}

// A client that reads changes with the resources gets content that is newer than the
// changes. If that is lost, it starts over from an export.
func TestChanges_ExpandedContentThatWasLostResetsTheClient(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		mirror := &mirror{filters: "stale=true,false", key: "writer", cursor: "", cats: nil, seen: nil, resets: 0}
		mirror.reset()
		mirror.check(t, f.testServer)
		f.rename("A1", "Before")
		f.follow(f.index)
		f.saved()
		f.before("CatsWithPosition", func() { f.rename("A1", "Lost") })
		mirror.step(t, f.testServer, 50)
		if !mirror.has("Lost") {
			t.Fatal("the mirror has no content that is newer than its changes")
		}
		f.failOver()
		rec := send(t, f, http.MethodGet, "/v1/changes?expand=resource&cursor="+mirror.cursor, "", "writer")
		if rec.Code != http.StatusGone || !strings.Contains(rec.Body.String(), "log_reset") {
			t.Errorf("got %d %.200s, want 410 log_reset", rec.Code, rec.Body)
		}
		f.follow(f.index)
		mirror.load(t, f.testServer)
		mirror.check(t, f.testServer)
		if mirror.has("Lost") {
			t.Error("the mirror has lost content")
		}
	})
}

// The type of an event depends on rows of the index that are newer than the change.
func TestChanges_EventThatDependsOnALostRowResetsTheClient(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		f.rename("A1", "Before")
		f.saved()
		f.before("CatsWithPosition", func() {
			shelter, _ := f.index.ShelterInfo("MD1")
			if _, err := f.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{cat("A1", "Lost", 40, func(facts *catalog.Facts) { facts.Status = catalog.Removed })}); err != nil {
				t.Fatal(err)
			}
		})
		page, err := f.feed(f.index).Read(t.Context(), changefeed.Query{}, changefeed.NewCursor(f.index.Head()), 100)
		if err != nil || len(page.Events) != 1 || page.Events[0].Type != "cat.removed" {
			t.Fatalf("got %+v, %v, want cat.removed", page.Events, err)
		}
		f.failOver()
		other := newServer(t, f.hooked.Store)
		if err := f.feed(other.index).Check(t.Context(), page.Next); catalog.KindOf(err) != catalog.Gone {
			t.Errorf("got %v from another node, want gone", err)
		}
	})
}

// feed returns a feed of a node with an index.
func (f *failover) feed(x *search.Index) *changefeed.Feed { return changefeed.NewFeed(f.feedConfig(x)) }

func (f *failover) feedConfig(x *search.Index) changefeed.Config {
	return changefeed.Config{Log: f.hooked, Index: x, Places: f.places, Now: func() time.Time { return *f.now }, PublicURL: ""}
}

// has reports whether a cat of the copy contains a text.
func (m *mirror) has(text string) bool {
	for _, cat := range m.cats {
		if strings.Contains(string(cat), text) {
			return true
		}
	}
	return false
}

// load replaces the copy by an export.
func (m *mirror) load(t *testing.T, api *testServer) {
	t.Helper()
	rec := get(t, api, "/v1/exports/cats", "Accept-Encoding: identity", api.bearer(m.key))
	if rec.Code != http.StatusOK {
		t.Fatalf("export: got %d %s", rec.Code, rec.Body)
	}
	e := parseExport(t, rec.Body.String())
	m.reset()
	m.cursor = e.header.Cursor
	for _, line := range e.lines {
		m.cats[decode[wire.Cat](t, []byte(line)).ID] = []byte(strings.TrimSpace(line))
	}
}

// The node that sent a webhook lost content gives the log a new epoch, so that the webhook
// is told.
func TestWebhookFeed_NoticesThatExpandedContentWasLost(t *testing.T) {
	t.Parallel()

	eachFailover(t, func(t *testing.T, f *failover) {
		feed := changefeed.NewWebhookFeed(f.feedConfig(f.index))
		f.follow(f.index)
		from := f.index.Head()
		f.rename("A1", "Before")
		f.follow(f.index)
		f.saved()
		f.before("CatsWithPosition", func() { f.rename("A1", "Lost") })
		batch, err := feed.Batch(t.Context(), catalog.Webhook{ID: "whk_a", Expand: true, Version: 1}, from, catalog.EntryPart{}, f.index.Head().Seq, 100)
		if err != nil || len(batch.Events) != 1 || !strings.Contains(string(batch.Events[0]), "Lost") {
			t.Fatalf("got %d events %s, %v, want one with newer content", len(batch.Events), batch.Events, err)
		}
		f.failOver()
		f.follow(f.index)
		if got := f.index.Head(); got.Epoch == from.Epoch {
			t.Error("the log has the epoch in which content was sent that is lost")
		}
		if rec := send(t, f, http.MethodGet, "/v1/changes?cursor="+batch.Cursor, "", "writer"); rec.Code != http.StatusGone {
			t.Errorf("cursor of the message: got %d, want 410", rec.Code)
		}
	})
}

// The saved searches of webhooks are read while others are created that are lost.
func TestWebhookFeed_NoticesThatSavedSearchesWereLost(t *testing.T) {
	t.Parallel()

	for _, method := range []string{"SearchesAfter", "SearchesByID"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			eachFailover(t, func(t *testing.T, f *failover) {
				feed := changefeed.NewWebhookFeed(f.feedConfig(f.index))
				from := f.index.Head()
				w, err := f.catalog.CreateWebhook(t.Context(), catalog.Webhook{URL: "https://a.example/", Secret: catalog.NewWebhookSecret([32]byte{1})}, from.Seq)
				if err != nil {
					t.Fatal(err)
				}
				addSearch := func(name string) {
					if _, err := f.catalog.CreateSearch(t.Context(), catalog.SavedSearch{WebhookID: w.ID, Name: name, Query: "sex=female"}); err != nil {
						t.Fatal(err)
					}
				}
				read := func() {
					f.follow(f.index)
					if _, err := feed.Batch(t.Context(), w, from, catalog.EntryPart{}, f.index.Head().Seq, 100); err != nil {
						t.Fatal(err)
					}
				}
				if method == "SearchesByID" {
					read() // loads all
				}
				addSearch("Before")
				f.follow(f.index)
				f.saved()
				f.before(method, func() { addSearch("Lost") })
				read()
				f.failOver()
				f.follow(f.index)
				if f.index.Head().Epoch == from.Epoch {
					t.Error("the log has the epoch in which a search was read that is lost")
				}
			})
		})
	}
}
