package search

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/resourcetest"
)

const (
	benchCats     = 400_000
	benchShelters = 1_100
)

// benchIndex is an index filled from a syntheticSource, which generates cats while they
// are read, so that the memory measured is that of the index.
var benchIndex = sync.OnceValue(func() *Index {
	x := New(newSyntheticSource(), syntheticOptions())
	if err := x.Fill(context.Background()); err != nil {
		panic(err)
	}
	return x
})

// cpuTime returns the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFill measures the processor time of the index for each cat, without that of
// encoding the card, and the memory in use afterwards.
func BenchmarkFill(b *testing.B) {
	source := newSyntheticSource()
	for b.Loop() {
		bytesBefore, objectsBefore := resourcetest.LiveHeap()
		start := cpuTime()
		encode := syntheticOptions().Card
		_ = source.ScanCats(b.Context(), func(cats []catalog.Cat, _ catalog.LogPosition) error {
			for _, cat := range cats {
				encode(cat)
			}
			return nil
		})
		encoding := cpuTime() - start
		x := New(source, syntheticOptions())
		start = cpuTime()
		wall := time.Now()
		if err := x.Fill(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64((cpuTime()-start-encoding).Microseconds())/benchCats, "cpu-µs/cat")
		b.ReportMetric(float64(time.Since(wall).Microseconds())/benchCats, "wall-µs/cat")
		bytesAfter, objectsAfter := resourcetest.LiveHeap()
		b.ReportMetric((bytesAfter-bytesBefore)/benchCats, "B/cat")
		b.ReportMetric((objectsAfter-objectsBefore)/benchCats, "objects/cat")
		runtime.KeepAlive(x)
	}
}

func benchQuery(b *testing.B, q Query) {
	b.Helper()
	x := benchIndex()
	page, err := x.Cats(q)
	if err != nil {
		b.Fatal(err)
	}
	if len(page.Hits) == 0 {
		b.Fatal("got no hits, want at least one")
	}
	b.ReportAllocs()
	start := cpuTime()
	for b.Loop() {
		if _, err := x.Cats(q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
}

func BenchmarkCats(b *testing.B) {
	available := Clause{FieldStatus, []string{"available"}}
	near := &geo.Point{Lat: 39.08, Lng: -77.15}
	var all []Field
	for _, f := range Fields() {
		if f.Facet {
			all = append(all, f.Field)
		}
	}
	hike := SuitabilityFilter{Activities: []string{"hike"}, Readiness: []string{catalog.ReadinessWithTraining, catalog.ReadinessNow}}
	common, rare := benchWords()
	for name, q := range map[string]Query{
		"near":                  {Where: []Clause{available}, Near: near},
		"near filter":           {Where: []Clause{available, {FieldAgeGroup, []string{"young", "adult"}}, {FieldGoodWithDogs, []string{"true"}}, {FieldSex, []string{"female"}}}, Near: near, RadiusKm: 300},
		"near age":              {Where: []Clause{available}, Near: near, AgeMonthsMin: new(12), AgeMonthsMax: new(60)},
		"near total":            {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Near: near, RadiusKm: 300, Total: true},
		"near rare":             {Where: []Clause{available, {FieldBreed, []string{"Snowshoe"}}, {FieldCoat, []string{"long"}}}, Near: near},
		"newest filter":         {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}, {FieldSex, []string{"female"}}}},
		"name":                  {Where: []Clause{available}, Order: OrderName},
		"random":                {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Order: OrderRandom, Seed: 42},
		"facets all":            {Where: []Clause{available}, Facets: all},
		"facets all filter":     {Where: []Clause{available, {FieldAgeGroup, []string{"young", "adult"}}, {FieldGoodWithDogs, []string{"true"}}}, Facets: all},
		"facets all age":        {Where: []Clause{available}, AgeMonthsMin: new(12), AgeMonthsMax: new(60), Facets: all},
		"text common":           {Where: []Clause{available}, Text: common[0] + " " + common[1] + " "},
		"text prefix":           {Where: []Clause{available}, Text: common[0] + " " + common[2][:3]},
		"text 2 characters":     {Where: []Clause{available}, Text: "ba"},
		"text rare":             {Where: []Clause{available}, Text: rare + " "},
		"text near":             {Where: []Clause{available}, Text: common[0] + " ", Near: near, RadiusKm: 300},
		"phrase":                {Where: []Clause{available}, Text: `"` + common[0] + " " + common[1] + `"`},
		"suitability":           {Where: []Clause{available}, Suitability: []SuitabilityFilter{hike}},
		"suitability near":      {Where: []Clause{available}, Suitability: []SuitabilityFilter{hike}, Near: near},
		"suitability score":     {Where: []Clause{available}, Suitability: []SuitabilityFilter{{Activities: hike.Activities, ScoreMin: new(60.0)}}, Near: near},
		"suitability any":       {Where: []Clause{available}, Suitability: []SuitabilityFilter{{Activities: catalog.Activities(), Readiness: hike.Readiness, Grades: []string{"A", "B"}}}},
		"by suitability":        {Where: []Clause{available}, Order: OrderSuitability},
		"by suitability filter": {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Order: OrderSuitability, OrderFor: "hike"},
		"by suitability near":   {Where: []Clause{available}, Near: near, RadiusKm: 100, Order: OrderSuitability},
		"shelter":               {Where: []Clause{available, {FieldShelter, []string{"MD17"}}}},
		"exclude":               {Where: []Clause{available}, Exclude: []Clause{{FieldBreed, []string{"Siamese", "Bengal"}}, {FieldShelter, []string{"MD17"}}}},
		"ids":                   {Where: []Clause{{FieldIDs, []string{"1", "70", "999", "12345"}}}},
	} {
		q.Limit = 20
		b.Run(name, func(b *testing.B) { benchQuery(b, q) })
	}
}

// benchWords returns two frequent words that follow each other in some text, a third
// frequent word, and a rare one.
func benchWords() (common [3]string, rare string) {
	source := newSyntheticSource()
	count := map[string]int{}
	for _, w := range source.words {
		count[w]++
	}
	words := source.words
	for i := range words {
		if count[words[i]] > 20000 && count[words[i+1]] > 5000 && count[words[i+1]] < 10000 {
			common = [3]string{words[i], words[i+1], words[i+5]}
			break
		}
	}
	for w, n := range count {
		if n == 3 && len(w) > 6 && (rare == "" || w < rare) {
			rare = w
		}
	}
	for len(common[2]) < 3 {
		common[2] += "a"
	}
	return common, rare
}

func BenchmarkSimilar(b *testing.B) {
	x := benchIndex()
	n := int64(0)
	for b.Loop() {
		n = n%100_000 + 1
		if _, err := x.Similar(catalog.Audience{}, n, 10); err != nil && catalog.KindOf(err) != catalog.NotFound {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply measures how long 500 changed cats block queries: if all words of their
// descriptions change, and if none does.
func BenchmarkApply(b *testing.B) {
	x, source := benchIndex(), newSyntheticSource()
	defer func() { x.options.Blocked = nil }()
	version := int64(1)
	for name, words := range map[string]int{"other words": 1, "same words": 0} {
		b.Run(name, func(b *testing.B) {
			var blocked []time.Duration
			x.options.Blocked = func(d time.Duration) { blocked = append(blocked, d) }
			for b.Loop() {
				b.StopTimer()
				version++
				entries, docs := source.changedCats(b, x, version, words)
				b.StartTimer()
				x.applyCats(x.data, entries, docs)
			}
			slices.Sort(blocked)
			var sum time.Duration
			for _, d := range blocked {
				sum += d
			}
			b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "blocked-µs/op")
			b.ReportMetric(float64(blocked[len(blocked)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(blocked[len(blocked)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// changedCats returns 500 cats with a new version, prepared, and their log entries. Each has
// the description of the cat with a number that is higher by words times the version.
func (s *syntheticSource) changedCats(b *testing.B, x *Index, version int64, words int) ([]catalog.Change, []document) {
	b.Helper()
	cats, entries := make([]catalog.Cat, 500), make([]catalog.Change, 500)
	for i := range cats {
		number := 1 + (i*797+int(version)*31)%benchCats
		cats[i] = s.cat(number)
		cats[i].Version, cats[i].UpdatedAt = version, today.Add(time.Duration(version)*time.Second)
		cats[i].Description = s.cat(number + words*int(version)).Description
		entries[i] = catalog.Change{Seq: version, Resource: catalog.CatResource, ResourceID: cats[i].ID}
	}
	docs, err := x.data.prepare(cats, func(string) *catalog.Shelter { return &s.shelters[0] })
	if err != nil {
		b.Fatal(err)
	}
	return entries, docs
}

// BenchmarkVisibility measures the cost of 20 of 1,100 shelters that hide their cats
// from an audience, and of 500 that hide two cats each.
func BenchmarkVisibility(b *testing.B) {
	x := benchIndex()
	for _, s := range x.data.shelters.all[:20] {
		hiding := *s.Shelter
		hiding.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)}
		x.data.shelters.upsert(hiding)
	}
	for _, s := range x.data.shelters.all[20:520] { // and 500 that hide two of their cats
		for _, slot := range s.cats[:min(2, len(s.cats))] {
			s.restrictCat(slot, catalog.Restriction{Classes: []string{string(catalog.AggregatorReader)}})
		}
		x.data.shelters.noteRestriction(x.data.shelters.byID[s.ID])
	}
	near := &geo.Point{Lat: 39.08, Lng: -77.15}
	for name, audience := range map[string]catalog.Audience{"operator": {}, "public": {Class: catalog.PublicReader}, "aggregator": aggregator} {
		b.Run(name, func(b *testing.B) {
			benchQuery(b, Query{Where: where(FieldStatus, "available"), Near: near, Audience: audience, Limit: 20})
		})
		b.Run(name+" facets", func(b *testing.B) {
			benchQuery(b, Query{Where: where(FieldStatus, "available"), Audience: audience, Limit: 20, Facets: []Field{FieldBreed, FieldSex, FieldShelter}})
		})
	}
}
