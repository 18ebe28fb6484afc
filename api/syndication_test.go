package api

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// An independent parser reads the same items from both formats.
func TestFeeds_ParsedByAFeedReader(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	var feeds []*gofeed.Feed
	for _, path := range []string{"/v1/cats.json-feed?limit=100", "/v1/cats.atom?limit=100"} {
		rec := get(t, api, path, "Host: cats.example.org")
		feed, err := gofeed.NewParser().Parse(rec.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		feeds = append(feeds, feed)
	}
	kind := []string{feeds[0].FeedType, feeds[0].FeedVersion, feeds[1].FeedType}
	if !slices.Equal(kind, []string{"json", "1.1", "atom"}) && !slices.Equal(kind, []string{"json", "https://jsonfeed.org/version/1.1", "atom"}) {
		t.Errorf("got types %q", kind)
	}
	said := func(f *gofeed.Feed) (out [][]string) {
		for _, item := range f.Items {
			out = append(out, []string{item.GUID, item.Title, item.Link, item.Content, item.Description, item.Authors[0].Name, item.PublishedParsed.Format(time.RFC3339), item.UpdatedParsed.Format(time.RFC3339)})
		}
		return out
	}
	if diff := cmp.Diff(said(feeds[0]), said(feeds[1])); diff != "" || len(feeds[0].Items) != 7 {
		t.Errorf("%d items (-json +atom):\n%s", len(feeds[0].Items), diff)
	}
}

// The feed has the fields that version 1.1 of the format requires.
func TestJSONFeed_RequiredFields(t *testing.T) {
	t.Parallel()

	var feed map[string]any
	rec := get(t, newSQLiteServer(t), "/v1/cats.json-feed?limit=100")
	unmarshal(t, rec, &feed)
	if feed["version"] != "https://jsonfeed.org/version/1.1" || feed["title"] == "" || rec.Header().Get("Content-Type") != "application/feed+json" {
		t.Errorf("%v %v", rec.Header(), feed)
	}
	seen := map[string]bool{}
	for _, item := range feed["items"].([]any) {
		item := item.(map[string]any)
		id, _ := item["id"].(string)
		if id == "" || seen[id] || item["content_html"] == "" {
			t.Errorf("%v", item)
		}
		seen[id] = true
		for _, name := range []string{"date_published", "date_modified"} {
			if _, err := time.Parse(time.RFC3339, item[name].(string)); err != nil {
				t.Error(err)
			}
		}
	}
}

// The pages contain every cat once, and an unchanged page is not sent again.
func TestFeeds_Pagination(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	var jsonNames, atomNames []string
	for path := "/v1/cats.json-feed?limit=4&sort=updated"; path != ""; {
		var feed JSONFeed
		unmarshal(t, get(t, api, path), &feed)
		for _, item := range feed.Items {
			jsonNames = append(jsonNames, item.Title)
		}
		path = strings.TrimPrefix(feed.NextURL, "http://example.com")
	}
	for path := "/v1/cats.atom?limit=4&sort=updated"; path != ""; {
		rec := get(t, api, path)
		if again := get(t, api, path, "If-None-Match: "+rec.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.Code)
		}
		var feed atomFeed
		if err := xml.Unmarshal(rec.Body.Bytes(), &feed); err != nil {
			t.Fatal(err)
		}
		for _, entry := range feed.Entries {
			atomNames = append(atomNames, entry.Title)
		}
		path = ""
		for _, link := range feed.Links {
			if link.Rel == "next" {
				path = strings.TrimPrefix(link.Href, "http://example.com")
			}
		}
	}
	if !slices.Equal(jsonNames, atomNames) || len(jsonNames) != 7 || len(slices.Compact(slices.Sorted(slices.Values(jsonNames)))) != 7 {
		t.Errorf("got pages %q and %q", jsonNames, atomNames)
	}
}

// A feed without cats is valid and has the same ETag all day.
func TestFeeds_WithoutCats(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, path := range []string{"/v1/cats.json-feed?q=nothing", "/v1/cats.atom?q=nothing"} {
		rec := get(t, api, path)
		*api.now = api.now.Add(time.Minute)
		feed, err := gofeed.NewParser().ParseString(rec.Body.String())
		if err != nil || len(feed.Items) != 0 || get(t, api, path).Body.String() != rec.Body.String() {
			t.Errorf("%s: %v %s", path, err, rec.Body)
		}
	}
}

// hostileTexts lists fragments of names that attack the formats.
var hostileTexts = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "]]>", "&amp;", "&", "<", "\x00\x08\ufffe", "\u2028",
	"{{.Name}}", "<!--", "-->", "'", "`", "data:text/html,<b>", "https://ok.example/a?b=1&c=2", "Kenny", " ", "\n", "😺", "</content>", "<b>bold</b>",
}

// For any text of shelters, feeds are valid, and their HTML contains only elements and
// addresses of ours.
func TestFeeds_EscapeHostileListings(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostileTexts), 0, 4).Draw(t, name), "")
		}
		var cat catalog.Cat
		cat.Status = catalog.Available
		cat.ID, cat.Name, cat.Description, cat.URL = "cat_01kabq4z8vf3ht2v0xw9r6m5ec", text("name"), text("description"), text("url")
		cat.Breed.Primary, cat.Traits.Tags, cat.Photos = text("breed"), []string{text("tag")}, []catalog.Photo{{URL: text("photo"), Alt: text("alt")}}
		var home catalog.Shelter
		home.Name, home.Website = text("shelter"), text("website")
		one, err := newSyndicatedCat("https://cats.example.org", "", cat, home)
		if err != nil {
			t.Fatal(err)
		}
		checkHTML(t, one.HTML)
		feed := feedPage{Self: "https://cats.example.org/v1/cats.atom?a=1&b=" + url.QueryEscape(text("query")), Cats: []syndicatedCat{one}}
		checkAtom(t, feed, one)
		body, err := binding.EncodeJSON(newJSONFeed(feed))
		if err != nil || !json.Valid(body) {
			t.Fatalf("%s %v", body, err)
		}
		linked, err := json.Marshal(newLinkedCat("https://cats.example.org", "", cat, home))
		if err != nil || strings.Contains(string(linked), "<") {
			t.Fatalf("%s %v", linked, err)
		}
	})
}

// checkAtom parses a feed; its texts are unchanged except for characters that XML forbids.
func checkAtom(t *rapid.T, feed feedPage, one syndicatedCat) {
	body, err := encodeXML(newAtomFeed(feed))
	if err != nil {
		t.Fatal(err)
	}
	var back atomFeed
	if err := xml.Unmarshal(body, &back); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	able := func(s string) string {
		return regexp.MustCompile(`[\x00\x08\x{fffe}]`).ReplaceAllString(s, "\ufffd")
	}
	got := []string{back.Entries[0].Title, back.Entries[0].Content.Text, back.Entries[0].Author.Name, back.Links[0].Href}
	want := []string{able(one.Title), able(one.HTML), able(one.Attribution.ShelterName), feed.Self}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

// checkHTML fails if text has an element, attribute or address that a listing may not have.
func checkHTML(t *rapid.T, text string) {
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.CommentToken, html.DoctypeToken:
			t.Fatalf("%s contains %s", text, z.Raw())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if !slices.Contains([]string{"p", "a", "img"}, token.Data) {
				t.Fatalf("%s contains %s", text, token)
			}
			for _, a := range token.Attr {
				scheme, _, found := strings.Cut(a.Val, ":")
				isAddress := a.Key == "href" || a.Key == "src"
				if !slices.Contains([]string{"href", "src", "alt"}, a.Key) || isAddress && found && !strings.ContainsAny(scheme, "/?#") && scheme != "https" {
					t.Fatalf("%s contains %s", text, token)
				}
			}
		case html.TextToken:
		}
	}
}

// Feeds accept all filters, also those of activities.
func TestFeeds_AcceptTheFiltersOfTheList(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, filters := range []string{"activity=leash_walk", "readiness=ready_now", "score_min=40", "grade=A", "activity=hike&readiness=not_yet_assessed", "age_group=senior", "q=birds"} {
		var feed struct {
			Items []struct{ Title string }
		}
		rec := get(t, api, "/v1/cats.json-feed?"+filters)
		if err := json.Unmarshal(rec.Body.Bytes(), &feed); err != nil || rec.Code != http.StatusOK {
			t.Fatal(filters, rec.Code, err)
		}
		var got []string
		for _, item := range feed.Items {
			got = append(got, item.Title)
		}
		if want := catNames(t, api, "/v1/cats?sort=newest&"+filters); !slices.Equal(got, want) {
			t.Errorf("%s: the feed has %v, the list %v", filters, got, want)
		}
	}
}

// The linked data of a cat shares the route of the cat, but can only be read.
func TestLinkedCat_CanOnlyBeRead(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, method := range []string{http.MethodPatch, http.MethodDelete, http.MethodPost, http.MethodOptions} {
		rec := send(t, api, method, "/v1/cats/1.jsonld", "{}", "writer")
		want := http.StatusMethodNotAllowed
		if method == http.MethodOptions {
			want = http.StatusNoContent
		}
		if allow := rec.Header().Get("Allow"); rec.Code != want || allow != "OPTIONS, GET, HEAD" {
			t.Errorf("%s: got %d with Allow %q, want %d with OPTIONS, GET, HEAD", method, rec.Code, allow, want)
		}
	}
}
