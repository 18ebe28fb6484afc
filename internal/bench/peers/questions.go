package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/bench/peers/cats"
)

// question is a list request.
type question struct {
	filters string // like "sex=female&age_group=kitten,young"
	near    string // "lat,lng", or empty for the newest cats first
	words   string
	facets  bool // and the total
}

const (
	radiusKm = 150
	pageSize = 20
)

// kind is a kind of question with variations.
type kind struct {
	label     string
	questions []question
}

func kinds() []kind {
	var near, facets []question
	filters := []string{"age_group=kitten,young", "sex=female&age_group=kitten", "good_with_cats=true", "breed=Siamese,Domestic Short Hair&sex=male", "size=small&altered=true"}
	cities := [][2]float64{{39.08, -77.15}, {40.71, -74.01}, {41.88, -87.63}, {34.05, -118.24}, {29.76, -95.37}, {33.75, -84.39}, {47.61, -122.33}, {39.74, -104.99}}
	for i := range 400 {
		at := cities[i%len(cities)]
		q := question{near: fmt.Sprintf("%.2f,%.2f", at[0]+float64(i/8%7)*0.2, at[1]+float64(i/56)*0.2), filters: filters[i%len(filters)]}
		near = append(near, q)
		q.facets = true
		facets = append(facets, q)
	}
	var words []question // "playful" has the stem of "play" in Trailcat only
	for _, w := range []string{"gentle lap", "quiet", "playful", "couch", "window", "curious"} {
		words = append(words, question{words: w})
	}
	return []kind{
		{"near, filters, by distance, 20 cards", near},
		{"newest first, two filters", []question{{filters: "sex=female&coat=long"}, {filters: "age_group=senior&good_with_dogs=true"}, {filters: "size=large&house_trained=true"}}},
		{"words in the text, newest first", words},
		{"total and 12 facets near a place", facets},
		{"total and 12 facets of everything", []question{{facets: true}}},
	}
}

// path returns the URL for the programs of this directory, which read the same parameters
// as Trailcat.
func (q question) path() string { return "/cats?" + q.parameters().Encode() }

func (q question) trailcatPath() string {
	p := q.parameters()
	p.Set("sort", "newest")
	if q.near != "" {
		p.Set("sort", "distance")
	}
	return "/v1/cats?" + p.Encode()
}

func (q question) parameters() url.Values {
	p, _ := url.ParseQuery(q.filters) // constants
	p.Set("status", "available")
	p.Set("limit", strconv.Itoa(pageSize))
	if q.near != "" {
		p.Set("near", q.near)
		p.Set("radius_km", strconv.Itoa(radiusKm))
	}
	if q.words != "" {
		p.Set("q", q.words)
	}
	if q.facets {
		p.Set("facets", strings.Join(cats.Fields[1:], ","))
		p.Set("include_total", "true")
	}
	return p
}

// pocketBasePath returns the URL for PocketBase, which has no facets, does not sort by
// distance, and finds words as parts of the text. A box helps it to use its index.
func (q question) pocketBasePath() string {
	if q.facets {
		return ""
	}
	conditions := []string{"status='available'"}
	filters, _ := url.ParseQuery(q.filters) // constants
	for field, values := range filters {
		var anyOf []string
		for value := range strings.SplitSeq(values[0], ",") {
			anyOf = append(anyOf, fmt.Sprintf("%s='%s'", field, value))
			if field == "breed" { // a cat may have two
				anyOf = append(anyOf, fmt.Sprintf("%s~'|%s|'", field, value))
			}
		}
		conditions = append(conditions, "("+strings.Join(anyOf, "||")+")")
	}
	order := "-listed_at"
	if q.near != "" {
		lat, lng, _ := cats.ParsePoint(q.near) // a constant
		north := radiusKm / 111.0
		east := north / math.Cos((lat+north)*math.Pi/180)
		conditions = append(conditions, fmt.Sprintf("lat>%f&&lat<%f&&lng>%f&&lng<%f&&geoDistance(lng,lat,%f,%f)<=%d", lat-north, lat+north, lng-east, lng+east, lng, lat, radiusKm))
		order = ""
	}
	for word := range strings.FieldsSeq(q.words) {
		conditions = append(conditions, fmt.Sprintf("text~'%s'", word))
	}
	p := url.Values{"filter": {strings.Join(conditions, "&&")}, "fields": {"card"}, "perPage": {strconv.Itoa(pageSize)}, "skipTotal": {"1"}}
	if order != "" {
		p.Set("sort", order)
	}
	return "/api/collections/cats/records?" + p.Encode()
}

// withTotal returns the URL of a question with its total.
func withTotal(path string) string {
	switch {
	case strings.Contains(path, "include_total="):
		return path
	case strings.Contains(path, "skipTotal=1"):
		return strings.Replace(path, "skipTotal=1", "skipTotal=0", 1)
	}
	return path + "&include_total=true"
}

// spell returns a URL with the same meaning that no other n has, so that no cache knows it:
// some letters and digits of its query are escaped.
func spell(path string, n int) string {
	prefix, query, _ := strings.Cut(path, "?")
	out := append([]byte(prefix), '?')
	escaped := 0 // characters of an escape that were already there
	for _, c := range []byte(query) {
		switch {
		case c == '%':
			escaped = 2
		case escaped > 0:
			escaped--
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			odd := n&1 == 1
			if n >>= 1; odd {
				out = fmt.Appendf(out, "%%%02X", c)
				continue
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// answer is a page as of Trailcat.
type answer struct {
	Data []card `json:"data"`
	Page struct {
		Total int `json:"total"`
	} `json:"page"`
	Facets map[string][]cats.Count `json:"facets"`
}

type card struct {
	ID string `json:"id"`
}

func parseAnswer(body []byte) (answer, error) {
	var a answer
	err := json.Unmarshal(body, &a)
	return a, err
}

func parsePocketBase(body []byte) (answer, error) {
	var page struct {
		Items []struct {
			Card card `json:"card"`
		} `json:"items"`
		TotalItems int `json:"totalItems"`
	}
	err := json.Unmarshal(body, &page)
	var a answer
	for _, item := range page.Items {
		a.Data = append(a.Data, item.Card)
	}
	a.Page.Total = page.TotalItems
	return a, err
}

// alike counts the cards that are in both answers or, near a place, that are as far away
// as the one at the same position: many cats are at one place.
func (a answer) alike(b answer, q question, locations map[string]point) (n int) {
	lat, lng, _ := cats.ParsePoint(q.near) // not used if it is empty
	for i, c := range a.Data[:min(len(a.Data), len(b.Data))] {
		if q.near == "" && slices.Contains(b.Data, c) ||
			q.near != "" && math.Abs(locations[c.ID].kmTo(point{lat, lng})-locations[b.Data[i].ID].kmTo(point{lat, lng})) < 0.1 {
			n++
		}
	}
	return n
}
