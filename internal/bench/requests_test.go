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

// scenario is a kind of request with variations.
type scenario struct {
	label  string
	name   string
	paths  []string
	budget float64 // minimum ratio to a constant response; 0 means none
	sql    func(n int) error
}

// measureRequests measures each scenario alternately with a constant response of
// the same size from the same server and, where there is one, with plain SQL.
func measureRequests(t *testing.T, s size, b *benchServer, table *table) {
	t.Helper()
	connections := make([]*connection, connectionCount)
	for i := range connections {
		connections[i] = dial(t, b.address)
	}
	for _, sc := range b.scenarios(t, connections[0]) {
		requests := make([][]byte, len(sc.paths))
		for i, path := range sc.paths {
			requests[i] = requestBytes(path, "")
		}
		constant := [][]byte{requestBytes(b.constant.add(sc.name, medianResponse(t, connections[0], requests)), "")}
		var ourCPU, constantCPU samples // CPU time of server and client together
		measurements := []func() float64{
			func() float64 {
				return measureCPU(&ourCPU, func() float64 { return requestRate(t, connections, requests, s.duration) })
			},
			func() float64 {
				return measureCPU(&constantCPU, func() float64 { return requestRate(t, connections, constant, s.duration) })
			},
		}
		if sc.sql != nil {
			measurements = append(measurements, func() float64 {
				return throughput(t, 8, s.duration, func(_, n int) error { return sc.sql(n) })
			})
		}
		requestRate(t, connections, requests, s.duration/2) // warm up
		got := interleave(s.rounds, measurements...)
		ratio := got[0].ratioTo(got[1])
		budget := ""
		if sc.budget > 0 {
			budget = fmt.Sprintf("≥ %s of constant", formatNumber(sc.budget))
		}
		table.addRow(sc.label, got[0].format("/s")+fmt.Sprintf(", %s µs CPU", formatNumber(ourCPU.median())), "constant "+got[1].format("/s")+fmt.Sprintf(", %s µs CPU", formatNumber(constantCPU.median())),
			ratio.format("")+"; by CPU "+formatNumber(constantCPU.ratioTo(ourCPU).median()), budget, ratio.median() >= sc.budget)
		if sc.sql != nil {
			table.addRow(sc.label+", in SQL", got[0].format("/s"), "SQL "+got[2].format("/s"), got[0].ratioTo(got[2]).format(""), "", true)
		}
	}
}

// measureCPU measures a rate and appends the CPU time per operation in µs to costs.
// Unlike the rate it depends little on other load on the machine.
func measureCPU(costs *samples, measure func() float64) float64 {
	before := processCPUTime()
	started := time.Now()
	rate := measure()
	*costs = append(*costs, (processCPUTime()-before).Seconds()*1e6/(rate*time.Since(started).Seconds()))
	return rate
}

// processCPUTime returns the CPU time of this process.
func processCPUTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// medianResponse returns the response of median length.
func medianResponse(t *testing.T, c *connection, requests [][]byte) []byte {
	t.Helper()
	var responses [][]byte
	for _, r := range requests[:min(len(requests), 200)] {
		body, err := c.get(r, true)
		if err != nil {
			t.Fatal(err)
		}
		responses = append(responses, slices.Clone(body))
	}
	slices.SortFunc(responses, func(a, b []byte) int { return cmp.Compare(len(a), len(b)) })
	return responses[len(responses)/2]
}

// scenarios returns what is measured. It samples cats over connection c.
func (b *benchServer) scenarios(t *testing.T, c *connection) []scenario {
	t.Helper()
	ids, numbers := b.sampleCats(t, c)
	var near, single, similar []string
	places := b.samplePlaces()
	filters := []string{"age_group=kitten,young", "sex=female&age_group=kitten", "good_with_cats=true", "breed=Siamese,Domestic+Short+Hair&sex=male", "size=small&altered=true"}
	for i, p := range places {
		near = append(near, fmt.Sprintf("/v1/cats?near=%s&radius_km=150&%s&sort=distance&limit=20", url.QueryEscape(p.PostalCode), filters[i%len(filters)]))
	}
	for i := range ids {
		single = append(single, "/v1/cats/"+ids[i])
		similar = append(similar, fmt.Sprintf("/v1/cats/%d/similar?limit=10", numbers[i]))
	}
	random := make([]string, 200)
	for i := range random {
		random[i] = fmt.Sprintf("/v1/cats?sort=random&seed=%d&age_group=adult", i+1)
	}
	again := make([]string, len(near))
	for i, path := range near {
		again[i] = "/again" + path
	}
	return []scenario{
		{label: "list search, repeated without changes", name: "again", paths: again},
		{label: "list search: near, filters, sorted by distance, 20 cards", name: "near", paths: near, budget: 0.6, sql: func(n int) error { return b.sqlNear(t.Context(), places[n%len(places)].Point) }},
		{label: fmt.Sprintf("one cat, %d different cats", len(ids)), name: "cat", paths: single, budget: 0.6, sql: func(n int) error { return b.sqlCat(t.Context(), ids[n%len(ids)]) }},
		{label: "newest first, two filters", name: "newest", paths: []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior&good_with_dogs=true", "/v1/cats?has_photos=true&size=large"}},
		{label: "all facets and the total, near a place", name: "facets", paths: withSuffix(near, "&facets=all&include_total=true")},
		{label: "words in descriptions", name: "text", paths: textQueries("harness", "gentle lap", "diabetes", "quiet home", "feather wand", "blind", "snor", "kitchen window")},
		{label: "a phrase in descriptions", name: "phrase", paths: textQueries(`"scratching post"`, `"upper respiratory infection"`, `"rubs against your legs"`, `"golden retriever"`)},
		{label: "random order", name: "random", paths: random},
		{label: "similar cats", name: "similar", paths: similar},
	}
}

func withSuffix(paths []string, more string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p + more
	}
	return out
}

// samplePlaces returns places to search near: those of shelters.
func (b *benchServer) samplePlaces() []geo.Place {
	var places []geo.Place
	for shelter := range b.set.Shelters() {
		a := shelter.Profile.Address
		if p, ok := b.places.PostalCode(a.Country, a.PostalCode); ok && len(places) < 400 {
			places = append(places, p)
		}
	}
	return places
}

// sampleCats returns 10,000 random cats, read page by page from the API.
func (b *benchServer) sampleCats(t *testing.T, c *connection) (ids []string, numbers []int64) {
	t.Helper()
	path := "/v1/cats?sort=random&seed=7&limit=100&fields=id,number"
	for cursor := ""; len(ids) < 10_000; {
		body, err := c.get(requestBytes(path+cursor, ""), true)
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

// measureFacets measures the counts of all facets in the index, without HTTP.
func measureFacets(t *testing.T, s size, b *benchServer, table *table) {
	t.Helper()
	var fields []search.Field
	for _, info := range search.Fields() {
		if info.Facet {
			fields = append(fields, info.Field)
		}
	}
	available := search.Clause{Field: search.FieldStatus, AnyOf: []string{"available"}}
	at := b.samplePlaces()[3].Point
	queries := map[string]search.Query{
		"no filter":                 {Where: []search.Clause{available}, Limit: 1, Facets: fields},
		"two filters":               {Where: []search.Clause{available, {Field: search.FieldAgeGroup, AnyOf: []string{"kitten", "young"}}, {Field: search.FieldSex, AnyOf: []string{"female"}}}, Limit: 1, Facets: fields},
		"two filters within 150 km": {Where: []search.Clause{available, {Field: search.FieldAgeGroup, AnyOf: []string{"kitten"}}}, Near: &at, RadiusKm: 150, Limit: 1, Facets: fields},
	}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		inIndex := func() float64 {
			n := throughput(t, 1, s.duration/2, func(int, int) error {
				_, err := b.index.Cats(queries[name])
				return err
			})
			return 1000 / n
		}
		inSQL := func() float64 {
			return 1000 / throughput(t, 1, s.duration, func(int, int) error { return b.sqlFacets(t.Context()) })
		}
		got := interleave(3, inIndex, inSQL)
		table.addRow(fmt.Sprintf("%d facets in the index, %s", len(fields), name), got[0].format("ms"), "SQL, 8 facets, "+got[1].format("ms"),
			got[1].ratioTo(got[0]).format("")+" × as fast", "≥ 300 ×", got[1].ratioTo(got[0]).median() >= 300)
	}
}
