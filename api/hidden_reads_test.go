package api

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trailcat/api/petfinder"
	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// hiddenRead is a request that would reveal a cat of the first shelter.
type hiddenRead struct {
	path    string // with the method before it unless that is GET
	reveals string // regular expression that matches the response to who may see the cat
	syncing bool   // clients without a key are aggregators
	v2      bool
}

// hiddenReads has every way to read cat 1, Kenny, and what else is known of the cats of its shelter.
var hiddenReads = map[string]hiddenRead{
	"list":                      {path: "/v1/cats?limit=100"},
	"list of the shelter":       {path: "/v1/cats?shelter=MD1"},
	"list by id":                {path: "/v1/cats?ids=1,CAT"},
	"list by distance":          {path: "/v1/cats?near=20850&sort=distance"},
	"list by text":              {path: "/v1/cats?q=kenny"},
	"list with shelters":        {path: "/v1/cats?expand=shelter&limit=100"},
	"list of one field":         {path: "/v1/cats?fields=id&limit=100", reveals: `"id":"CAT"`},
	"total":                     {path: "/v1/cats?q=kenny&include_total=true&limit=1", reveals: `"total":1\b`},
	"facets":                    {path: "/v1/cats?q=kenny&facets=all&limit=1", reveals: `"value":"Domestic Short Hair"`},
	"cat by number":             {path: "/v1/cats/1"},
	"cat by id":                 {path: "/v1/cats/CAT"},
	"cat with its shelter":      {path: "/v1/cats/CAT?expand=shelter"},
	"cat that is cached":        {path: "/v1/cats/CAT?any-version", reveals: `^304`},
	"similar to the cat":        {path: "/v1/cats/1/similar", reveals: `^200`},
	"among similar cats":        {path: "/v1/cats/7/similar?limit=20"},
	"rating":                    {path: "/v1/cats/1/adventure", reveals: `^200`},
	"rating of an earlier day":  {path: "/v1/cats/1/adventure?as_of=2026-04-30", reveals: `^200`},
	"picture":                   {path: "/v1/cats/1/adventure.svg"},
	"image":                     {path: "/v1/cats/1/adventure.png", reveals: `^200`},
	"picture of another style":  {path: "/v1/cats/CAT/adventure.svg?style=card"},
	"linked data":               {path: "/v1/cats/1.jsonld"},
	"matches":                   {path: "POST /v1/matches"},
	"Atom feed":                 {path: "/v1/cats.atom"},
	"Atom feed of the shelter":  {path: "/v1/cats.atom?shelter=MD1"},
	"JSON feed":                 {path: "/v1/cats.json-feed"},
	"JSON feed by text":         {path: "/v1/cats.json-feed?q=kenny"},
	"sitemap":                   {path: "/sitemaps/cats-1.xml", reveals: "CAT"},
	"count of a shelter":        {path: "/v1/shelters/MD1", reveals: `"available_cats":COUNT\b`},
	"count in list of shelters": {path: "/v1/shelters?region=MD", reveals: `"available_cats":COUNT\b`},
	"changes":                   {path: "/v1/changes?expand=resource&limit=100", syncing: true},
	"changes that match":        {path: "/v1/changes?expand=resource&shelter=MD1", syncing: true},
	"export as NDJSON":          {path: "/v1/exports/cats", syncing: true},
	"export as CSV":             {path: "/v1/exports/cats?format=csv", syncing: true},
	"count in shelters, NDJSON": {path: "/v1/exports/shelters", syncing: true, reveals: `"code":"MD1".*"available_cats":COUNT\b`},
	"/v2 list":                  {path: "/v2/animals?limit=100", v2: true},
	"/v2 second list":           {path: "/v2/animals?limit=100&page=1&sort=random", v2: true},
	"/v2 list of the shelter":   {path: "/v2/animals?organization=MD1", v2: true},
	"/v2 list by name":          {path: "/v2/animals?name=kenny", v2: true},
	"/v2 animal":                {path: "/v2/animals/1", v2: true},
	"webhook":                   {path: "webhook", syncing: true},
	"webhook with a filter":     {path: "webhook shelter=MD1", syncing: true},
}

const unrestricted = `{"classes":[],"partners":[]}`

// hiddenReaders are the readers from whom each restriction hides the cats, in lists, in data to
// copy, in /v2 and in messages to webhooks.
var hiddenReaders = map[string]struct{ lists, copies, v2, webhooks []string }{
	unrestricted:                              {},
	`{"classes":[],"partners":["PARTNER"]}`:   {[]string{"other"}, []string{"other"}, []string{"other"}, []string{"other"}},
	`{"classes":["petfinder"],"partners":[]}`: {nil, nil, []string{"other", "aggregator", "unowned"}, nil},
	`{"classes":["aggregator"],"partners":[]}`: {
		[]string{"aggregator"}, []string{"", "aggregator", "unowned"}, []string{"aggregator"}, []string{"other", "aggregator", "unowned", "admin"},
	},
	`{"classes":["aggregator","petfinder"],"partners":["PARTNER"]}`: {
		[]string{"other", "aggregator"}, []string{"", "other", "aggregator", "unowned"}, []string{"other", "aggregator", "unowned"}, []string{"other", "aggregator", "unowned", "admin"},
	},
}

// TestHiddenCats_EveryReadByEveryAudience reads a cat in every way, as every audience and
// with every restriction, of its shelter or of its own: it is returned to those that may see
// it, and to no one else.
func TestHiddenCats_EveryReadByEveryAudience(t *testing.T) {
	t.Parallel()

	for _, restricted := range []string{"/v1/shelters/MD1", "/v1/cats/1"} {
		t.Run(restricted, func(t *testing.T) {
			t.Parallel()

			testHiddenReads(t, restricted)
		})
	}
}

// testHiddenReads restricts the cats of the first shelter, or only the first one.
func testHiddenReads(t *testing.T, restricted string) {
	t.Helper()
	api := newHiddenReadsServer(t)
	var shelter struct {
		AvailableCats int `json:"available_cats"`
	}
	unmarshal(t, get(t, api, "/v1/shelters/MD1"), &shelter)
	var partner struct{ Partner struct{ ID string } }
	unmarshal(t, get(t, api, "/v1/me", api.bearer("other")), &partner)
	checked := 0
	for _, restriction := range append([]string{unrestricted}, slices.Sorted(maps.Keys(hiddenReaders))...) { // so that all responses are cached first
		body := `{"hidden_from":` + strings.ReplaceAll(restriction, "PARTNER", partner.Partner.ID) + `}`
		if rec := send(t, api.testServer, http.MethodPatch, restricted, body, "writer"); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		for name, read := range hiddenReads {
			for _, reader := range []string{"writer", "admin", "", "other", "aggregator", "unowned"} {
				if reader == "" && (read.v2 || strings.HasPrefix(read.path, "webhook")) {
					continue // need a key
				}
				checked++
				got := api.read(t, read.path, reader)
				want := !slices.Contains(read.excluded(restriction), reader)
				pattern := strings.NewReplacer("CAT", api.cat, "COUNT", strconv.Itoa(shelter.AvailableCats)).Replace(cmp.Or(read.reveals, "Kenny"))
				if seen := regexp.MustCompile(pattern).MatchString(got); seen != want {
					t.Errorf("%s with the key %q and hidden from %s: seen %t, want %t: %.300s", name, reader, restriction, seen, want, got)
				}
			}
		}
	}
	t.Logf("%d reads", checked)
}

// excluded returns the readers from whom a restriction hides the cat.
func (r hiddenRead) excluded(restriction string) []string {
	readers := hiddenReaders[restriction]
	switch {
	case strings.HasPrefix(r.path, "webhook"):
		return readers.webhooks
	case r.v2:
		return readers.v2
	case r.syncing:
		return readers.copies
	}
	return readers.lists
}

// hiddenReadsServer is a server that also serves /v2.
type hiddenReadsServer struct {
	*testServer
	cat   string // ID of the first cat
	feed  changefeed.WebhookFeed
	match string // request body
}

// mountPetfinder makes a server serve /v2.
func mountPetfinder(c *Config) {
	c.Mounts = map[string]ExternalAPI{"/v2/": func(RateLimitFunc) (http.Handler, error) {
		return petfinder.New(petfinder.Config{
			Store: c.Store.(petfinder.CatReader), Keys: c.Keys, Index: c.Index, Places: c.Places, Log: c.Log, Now: c.Now,
			NewSeed: func() int64 { return 1 }, Adventure: wire.EncodeAdventureSummary,
		})
	}}
}

// newHiddenReadsServer returns a server with a third partner, an aggregator, and a
// key without a partner.
func newHiddenReadsServer(t *testing.T) *hiddenReadsServer {
	t.Helper()
	api := newSQLiteServer(t, mountPetfinder)
	partner, err := api.catalog.CreatePartner(t.Context(), "Copycats", catalog.AggregatorReader, catalog.Quotas{})
	if err != nil {
		t.Fatal(err)
	}
	for name, partnerID := range map[string]string{"aggregator": partner.ID, "unowned": ""} {
		api.addKey(t, catalog.NewKey{PartnerID: partnerID, Name: name, Scopes: []access.Scope{access.ListingsRead, access.Webhooks}})
	}
	cat, err := api.store.CatByNumber(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	match, err := os.ReadFile(filepath.Join("..", "docs", "openapi", "examples", "matchCats.request.json"))
	if err != nil {
		t.Fatal(err)
	}
	return &hiddenReadsServer{api, cat.ID, api.webhookFeed(), string(match)}
}

// read returns the status and the body of a response, or a message of a webhook.
func (s *hiddenReadsServer) read(t *testing.T, path, key string) string {
	t.Helper()
	if filter, ok := strings.CutPrefix(path, "webhook"); ok {
		return s.readWebhook(t, strings.TrimSpace(filter), key)
	}
	method, body := http.MethodGet, ""
	if rest, ok := strings.CutPrefix(path, "POST "); ok {
		method, path, body = http.MethodPost, rest, s.match
	}
	path, cached := strings.CutSuffix(strings.Replace(path, "CAT", s.cat, 1), "?any-version")
	headers := []string{"Accept: */*"}
	if cached {
		headers = []string{"If-None-Match: *"}
	}
	rec := send(t, s.testServer, method, path, body, key, headers...)
	return strconv.Itoa(rec.Code) + " " + rec.Body.String()
}

// readWebhook returns the events of the whole log for a webhook of a key's owner.
func (s *hiddenReadsServer) readWebhook(t *testing.T, filter, key string) string {
	t.Helper()
	head, err := s.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	owner := keyOf(t, s.testServer, key).Principal().Owner()
	w := catalog.Webhook{ID: "whk_" + key + filter, PartnerID: owner.PartnerID, KeyID: owner.KeyID, Filters: filter, Types: wire.EventTypes, Expand: true, Version: head.Seq}
	batch, err := s.feed.Batch(t.Context(), w, catalog.LogPosition{Epoch: head.Epoch}, catalog.EntryPart{}, head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.Join(batch.Events, nil))
}
