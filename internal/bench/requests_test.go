//go:build bench

package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// question is something that people ask of the API, over and over in variations.
type question struct {
	what   string
	name   string
	paths  []string
	budget float64 // the least ratio to a constant answer; 0 is none
	plain  func(n int) error
}

// measureRequests asks each question in turns with a constant answer of the same
// bytes from the same server and, where there is one, the plain SQL for it.
func measureRequests(t *testing.T, s size, h *house, table *table) {
	t.Helper()
	askers := make([]*asker, callers)
	for i := range askers {
		askers[i] = dial(t, h.address)
	}
	for _, q := range h.questions(t, askers[0]) {
		requests := make([][]byte, len(q.paths))
		for i, path := range q.paths {
			requests[i] = request(path)
		}
		constant := [][]byte{request(h.fixed.put(q.name, usual(t, askers[0], requests)))}
		var ourCost, itsCost spread // processor time of server and askers together
		things := []func() float64{
			func() float64 { return costing(&ourCost, func() float64 { return rate(t, askers, requests, s.each) }) },
			func() float64 { return costing(&itsCost, func() float64 { return rate(t, askers, constant, s.each) }) },
		}
		if q.plain != nil {
			things = append(things, func() float64 {
				return perSecond(t, 8, s.each, func(_, n int) error { return q.plain(n) })
			})
		}
		rate(t, askers, requests, s.each/2) // warm up
		got := inTurns(s.rounds, things...)
		ratio := got[0].over(got[1])
		budget := ""
		if q.budget > 0 {
			budget = fmt.Sprintf("≥ %s of constant", short(q.budget))
		}
		table.row(q.what, got[0].show("/s")+fmt.Sprintf(", %s µs CPU", short(ourCost.median())), "constant "+got[1].show("/s")+fmt.Sprintf(", %s µs CPU", short(itsCost.median())),
			ratio.show("")+"; by CPU "+short(itsCost.over(ourCost).median()), budget, ratio.median() >= q.budget)
		if q.plain != nil {
			table.row(q.what+", as SQL", got[0].show("/s"), "SQL "+got[2].show("/s"), got[0].over(got[2]).show(""), "", true)
		}
	}
}

// costing measures a rate, and notes the processor time of each of what was
// counted, in µs. Unlike the rate it hardly depends on what else the machine does.
func costing(costs *spread, measure func() float64) float64 {
	before := processorTime()
	began := time.Now()
	rate := measure()
	*costs = append(*costs, (processorTime()-before).Seconds()*1e6/(rate*time.Since(began).Seconds()))
	return rate
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// usual is the answer of the middle length.
func usual(t *testing.T, a *asker, requests [][]byte) []byte {
	t.Helper()
	var answers [][]byte
	for _, r := range requests[:min(len(requests), 200)] {
		body, err := a.ask(r, true)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, slices.Clone(body))
	}
	slices.SortFunc(answers, func(a, b []byte) int { return cmp.Compare(len(a), len(b)) })
	return answers[len(answers)/2]
}

func (h *house) questions(t *testing.T, a *asker) []question {
	t.Helper()
	ids, numbers := h.someCats(t, a)
	var near, single, similar []string
	places := h.somePlaces()
	filters := []string{"age_group=kitten,young", "sex=female&age_group=kitten", "good_with_cats=true", "breed=Siamese,Domestic+Short+Hair&sex=male", "size=small&altered=true"}
	for i, p := range places {
		near = append(near, fmt.Sprintf("/v1/cats?near=%s&radius_km=150&%s&order=distance&limit=20", url.QueryEscape(p.PostalCode), filters[i%len(filters)]))
	}
	for i := range ids {
		single = append(single, "/v1/cats/"+ids[i])
		similar = append(similar, fmt.Sprintf("/v1/cats/%d/similar?limit=10", numbers[i]))
	}
	random := make([]string, 200)
	for i := range random {
		random[i] = fmt.Sprintf("/v1/cats?order=random&seed=%d&age_group=adult", i+1)
	}
	again := make([]string, len(near))
	for i, path := range near {
		again[i] = "/again" + path
	}
	return []question{
		{what: "list search, asked again while nothing changed", name: "again", paths: again, budget: 0.5},
		{what: "list search: near, filter, by distance, 20 cards", name: "near", paths: near, budget: 0.5, plain: func(n int) error { return h.plainNear(t.Context(), places[n%len(places)].Point) }},
		{what: fmt.Sprintf("one cat, %d cats in turn", len(ids)), name: "cat", paths: single, budget: 0.4, plain: func(n int) error { return h.plainCat(t.Context(), ids[n%len(ids)]) }},
		{what: "newest first, two filters", name: "newest", paths: []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior&good_with_dogs=true", "/v1/cats?has_photos=true&size=large"}},
		{what: "all facets and the total, near a place", name: "facets", paths: appended(near, "&facets=all&include_total=true")},
		{what: "words in the text", name: "text", paths: texts("harness", "gentle lap", "diabetes", "quiet home", "feather wand", "blind", "snor", "kitchen window")},
		{what: "a phrase in the text", name: "phrase", paths: texts(`"scratching post"`, `"upper respiratory infection"`, `"rubs against your legs"`, `"golden retriever"`)},
		{what: "random order", name: "random", paths: random},
		{what: "similar cats", name: "similar", paths: similar},
	}
}

func texts(words ...string) []string {
	out := make([]string, len(words))
	for i, q := range words {
		out[i] = "/v1/cats?q=" + url.QueryEscape(q)
	}
	return out
}

func appended(paths []string, more string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p + more
	}
	return out
}

// somePlaces are places from where people search: where shelters are.
func (h *house) somePlaces() []geo.Place {
	var places []geo.Place
	for shelter := range h.set.Shelters() {
		a := shelter.Profile.Address
		if p, ok := h.places.PostalCode(a.Country, a.PostalCode); ok && len(places) < 400 {
			places = append(places, p)
		}
	}
	return places
}

// someCats are ten thousand cats from all over, by a walk through the API.
func (h *house) someCats(t *testing.T, a *asker) (ids []string, numbers []int64) {
	t.Helper()
	path := "/v1/cats?order=random&seed=7&limit=100&fields=id,number"
	for cursor := ""; len(ids) < 10_000; {
		body, err := a.ask(request(path+cursor), true)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Data []struct {
				ID     string `json:"id"`
				Number int64  `json:"number"`
			} `json:"data"`
			Page struct {
				NextCursor string `json:"next_cursor"`
			} `json:"page"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		for _, cat := range page.Data {
			ids, numbers = append(ids, cat.ID), append(numbers, cat.Number)
		}
		if page.Page.NextCursor == "" {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(page.Page.NextCursor)
	}
	return ids, numbers
}

// measureFacets counts all filters' values in the index alone.
func measureFacets(t *testing.T, s size, h *house, table *table) {
	t.Helper()
	var fields []search.Field
	for _, info := range search.Fields() {
		if info.Facet {
			fields = append(fields, info.Field)
		}
	}
	available := search.Clause{Field: search.FieldStatus, AnyOf: []string{"available"}}
	at := h.somePlaces()[3].Point
	queries := map[string]search.Query{
		"nothing else asked":        {Where: []search.Clause{available}, Limit: 1, Facets: fields},
		"two filters":               {Where: []search.Clause{available, {Field: search.FieldAgeGroup, AnyOf: []string{"kitten", "young"}}, {Field: search.FieldSex, AnyOf: []string{"female"}}}, Limit: 1, Facets: fields},
		"two filters within 150 km": {Where: []search.Clause{available, {Field: search.FieldAgeGroup, AnyOf: []string{"kitten"}}}, Near: &at, RadiusKm: 150, Limit: 1, Facets: fields},
	}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		once := func() float64 {
			n := perSecond(t, 1, s.each/2, func(int, int) error {
				_, err := h.index.Cats(queries[name])
				return err
			})
			return 1000 / n
		}
		plain := func() float64 {
			return 1000 / perSecond(t, 1, s.each, func(int, int) error { return h.plainFacets(t.Context()) })
		}
		got := inTurns(3, once, plain)
		table.row(fmt.Sprintf("%d facets in the index, %s", len(fields), name), got[0].show("ms"), "SQL, 8 of them, "+got[1].show("ms"),
			got[0].over(got[1]).show(""), "≤ 1 ms", got[0].median() <= 1)
	}
}
