package search

import (
	"context"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

const (
	benchCats     = 400_000
	benchShelters = 1_100
)

// benchIndex is a full index over cats that are made up as they are read, so
// that the memory measured is the index's own.
var benchIndex = sync.OnceValue(func() *Index {
	x := New(newSyntheticSource(), syntheticOptions())
	if err := x.Fill(context.Background()); err != nil {
		panic(err)
	}
	return x
})

// cpu is the time that this process has worked.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFill tells the work per cat of the index alone, with the encoding of
// its card, and the memory that is left in use.
func BenchmarkFill(b *testing.B) {
	c := newSyntheticSource()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := cpu()
		encode := syntheticOptions().Card
		_ = c.ScanCats(b.Context(), func(cats []catalog.Cat) error {
			for _, cat := range cats {
				encode(cat, c.shelters[0])
			}
			return nil
		})
		making := cpu() - start
		x := New(c, syntheticOptions())
		start = cpu()
		wall := time.Now()
		if err := x.Fill(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64((cpu()-start-making).Microseconds())/benchCats, "cpu-µs/cat")
		b.ReportMetric(float64(time.Since(wall).Microseconds())/benchCats, "wall-µs/cat")
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/benchCats, "B/cat")
		b.ReportMetric(float64(after.HeapObjects-before.HeapObjects)/benchCats, "objects/cat")
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
		b.Fatal("nothing found")
	}
	b.ReportAllocs()
	start := cpu()
	for b.Loop() {
		if _, err := x.Cats(q); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu()-start).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
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
		"near":              {Where: []Clause{available}, Near: near},
		"near filter":       {Where: []Clause{available, {FieldAgeGroup, []string{"young", "adult"}}, {FieldGoodWithDogs, []string{"true"}}, {FieldSex, []string{"female"}}}, Near: near, RadiusKm: 300},
		"near age":          {Where: []Clause{available}, Near: near, AgeMonthsMin: new(12), AgeMonthsMax: new(60)},
		"near total":        {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Near: near, RadiusKm: 300, Total: true},
		"near rare":         {Where: []Clause{available, {FieldBreed, []string{"Snowshoe"}}, {FieldCoat, []string{"long"}}}, Near: near},
		"newest filter":     {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}, {FieldSex, []string{"female"}}}},
		"name":              {Where: []Clause{available}, Order: OrderName},
		"random":            {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Order: OrderRandom, Seed: 42},
		"facets all":        {Where: []Clause{available}, Facets: all},
		"facets all filter": {Where: []Clause{available, {FieldAgeGroup, []string{"young", "adult"}}, {FieldGoodWithDogs, []string{"true"}}}, Facets: all},
		"facets all age":    {Where: []Clause{available}, AgeMonthsMin: new(12), AgeMonthsMax: new(60), Facets: all},
		"text common":       {Where: []Clause{available}, Text: common[0] + " " + common[1] + " "},
		"text prefix":       {Where: []Clause{available}, Text: common[0] + " " + common[2][:3]},
		"text 2 letters":    {Where: []Clause{available}, Text: "ba"},
		"text rare":         {Where: []Clause{available}, Text: rare + " "},
		"text near":         {Where: []Clause{available}, Text: common[0] + " ", Near: near, RadiusKm: 300},
		"phrase":            {Where: []Clause{available}, Text: `"` + common[0] + " " + common[1] + `"`},
		"suits":             {Where: []Clause{available}, Suitability: []SuitabilityFilter{hike}},
		"suits near":        {Where: []Clause{available}, Suitability: []SuitabilityFilter{hike}, Near: near},
		"suits score":       {Where: []Clause{available}, Suitability: []SuitabilityFilter{{Activities: hike.Activities, ScoreMin: new(60.0)}}, Near: near},
		"suits any":         {Where: []Clause{available}, Suitability: []SuitabilityFilter{{Activities: catalog.Activities(), Readiness: hike.Readiness, Grades: []string{"A", "B"}}}},
		"suitable":          {Where: []Clause{available}, Order: OrderSuitability},
		"suitable filter":   {Where: []Clause{available, {FieldGoodWithDogs, []string{"true"}}}, Order: OrderSuitability, OrderFor: "hike"},
		"suitable near":     {Where: []Clause{available}, Near: near, RadiusKm: 100, Order: OrderSuitability},
		"shelter":           {Where: []Clause{available, {FieldShelter, []string{"MD17"}}}},
	} {
		q.Limit = 20
		b.Run(name, func(b *testing.B) { benchQuery(b, q) })
	}
}

// benchWords are two words that follow each other somewhere and are common, a
// third, and a rare one.
func benchWords() (common [3]string, rare string) {
	c := newSyntheticSource()
	count := map[string]int{}
	for _, w := range c.words {
		count[w]++
	}
	for i := range c.words {
		if count[c.words[i]] > 20000 && count[c.words[i+1]] > 5000 && count[c.words[i+1]] < 10000 {
			common = [3]string{c.words[i], c.words[i+1], c.words[i+5]}
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

// BenchmarkApply tells how long the lock is held for 500 changed cats.
func BenchmarkApply(b *testing.B) {
	x, c := benchIndex(), newSyntheticSource()
	st := x.data
	version := int64(1)
	var words, rest time.Duration
	const wordsSteps = catsPerBatch / termsPerStep
	for b.Loop() {
		b.StopTimer()
		version++
		cats := make([]catalog.Cat, 500)
		for i := range cats {
			cats[i] = c.cat(1 + (i*797+int(version)*31)%benchCats)
			cats[i].Version, cats[i].UpdatedAt = version, today.Add(time.Duration(version)*time.Second)
			cats[i].Description = c.cat(int(version) + i).Description
		}
		entries, err := st.prepare(cats, func(string) *catalog.Shelter { return &c.shelters[0] })
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		ours := batch{seq: version, documents: entries}
		start := cpu()
		a := st.beginBatch(ours)
		x.mu.Lock()
		a.indexTerms(0, len(a.slots))
		x.mu.Unlock()
		words += cpu() - start
		start = cpu()
		x.mu.Lock()
		a.commit()
		x.mu.Unlock()
		rest += cpu() - start
	}
	b.ReportMetric(float64((words/wordsSteps).Microseconds())/float64(b.N), "words-µs/step")
	b.ReportMetric(float64(rest.Microseconds())/float64(b.N), "end-µs/step")
}
