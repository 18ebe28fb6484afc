package search

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

const (
	benchCats     = 400_000
	benchShelters = 1_100
)

// benchIndex is a full index over cats that are made up as they are read, so
// that the memory measured is the index's own.
var benchIndex = sync.OnceValue(func() *Index {
	x := New(newCrowd(), crowdOptions())
	if err := x.Fill(context.Background()); err != nil {
		panic(err)
	}
	return x
})

// crowd is a source of cats that are made from their number.
type crowd struct {
	words    []string // a long text to cut descriptions from
	shelters []catalog.Shelter
}

func newCrowd() *crowd {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.15, 2, 200_000) // as English: half of a text is its hundred most frequent words
	types := make([]string, 200_001)
	for i := range types {
		types[i] = inventWord(r, i)
	}
	c := &crowd{words: make([]string, 3_000_000)}
	for i := range c.words {
		c.words[i] = types[zipf.Uint64()]
	}
	regions := strings.Fields("AL AZ CA CO CT FL GA IL IN KY MA MD MI MN MO NC NJ NY OH OR PA TN TX VA WA WI ON BC QC AB")
	for i := range benchShelters {
		c.shelters = append(c.shelters, catalog.Shelter{
			ID: catalog.NewID(catalog.ShelterPrefix, uuid(i+1)), Code: fmt.Sprintf("MD%d", i+1), Version: 1,
			Profile: catalog.Profile{
				Name: "Humane Society of " + types[500+i], Kind: catalog.Rescue,
				Address: catalog.Address{City: types[3000+i], Region: regions[i%len(regions)], PostalCode: "20850", Country: "US"},
				Point:   geo.Point{Lat: 28 + 20*r.Float64(), Lng: -122 + 50*r.Float64()},
			},
		})
	}
	return c
}

func inventWord(r *rand.Rand, rank int) string {
	var b strings.Builder
	for n := 1 + (rank+20)/60; b.Len() < 2+min(n, 5)+r.IntN(4); {
		b.WriteByte("bcdfghklmnprstvw"[r.IntN(16)])
		b.WriteByte("aeiou"[r.IntN(5)])
	}
	return b.String()
}

// cat makes up the cat with a number.
func (c *crowd) cat(n int) catalog.Cat {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	at := r.IntN(len(c.words) - 300)
	breeds, colors := vocab.Breeds(), vocab.ColorNames()
	maybe := func() *bool {
		switch r.IntN(3) {
		case 0:
			return new(true)
		case 1:
			return new(false)
		}
		return nil
	}
	one := func(n int) int { return min(n-1, int(r.ExpFloat64()*float64(n)/5)) }
	since := today.Add(-time.Duration(r.Int64N(int64(300 * 24 * time.Hour)))).Truncate(time.Microsecond)
	var u [16]byte
	for i := range u {
		u[i] = byte(r.Uint32())
	}
	cat := catalog.Cat{
		ID: catalog.NewID(catalog.CatPrefix, u), Number: int64(n), ShelterID: c.shelters[r.IntN(benchShelters)].ID, Source: "asm",
		Version: 1, UpdatedAt: since.Add(time.Duration(r.Int64N(int64(24 * time.Hour)))),
		Facts: catalog.Facts{
			Name: strings.Title(c.words[at]), Status: catalog.Available, ListedAt: since,
			Description: strings.Join(c.words[at:at+60+r.IntN(110)], " "),
			Birth:       catalog.Birth{On: dateOf(dayOf(today) - int32(r.ExpFloat64()*1200)), Precision: catalog.ToTheMonth},
			Sex:         vocab.Sexes()[r.IntN(2)], Altered: maybe(),
			Breed:  vocab.Breed{Primary: breeds[one(len(breeds))], Mixed: maybe()},
			Colors: vocab.Colors{Primary: colors[one(len(colors))], Secondary: colors[one(len(colors))]},
			Coat:   vocab.Coats()[r.IntN(4)], Size: vocab.Sizes()[r.IntN(4)],
			GoodWith: catalog.GoodWith{Children: maybe(), Dogs: maybe(), Cats: maybe()}, HouseTrained: maybe(), SpecialNeeds: maybe(),
			ShotsCurrent: maybe(), Microchipped: maybe(), FIV: maybe(), FeLV: maybe(), IndoorOnly: maybe(),
			Photos: []catalog.Photo{{URL: fmt.Sprintf("https://photos.example.org/listings/%d/%x.jpg", n, r.Uint64())}},
		},
	}
	if r.IntN(3) == 0 {
		cat.Status = catalog.Adopted
	}
	return cat
}

func crowdOptions() Options {
	o := testOptions()
	o.Card = func(c catalog.Cat, s catalog.Shelter) []byte {
		return fmt.Appendf(make([]byte, 0, 1500), `{"id":"%s","number":%d,"version":%d,"name":"%s","status":"%s","url":null,"summary":"%s","sex":"%s","altered":null,`+
			`"breed":{"primary":"%s","secondary":null,"mixed":null,"unknown":false},"colors":{"primary":"%s","secondary":"%s","tertiary":null,"pattern":null},`+
			`"coat":"%s","size":"%s","weight_kg":null,"good_with":{"children":null,"dogs":null,"cats":null},"house_trained":null,"declawed":null,"special_needs":false,`+
			`"shots_current":true,"fee":{"amount_minor":12500,"currency":"USD","waived":false},"photo":{"url":"%s","width":800,"height":600,"alt":null},`+
			`"listed_at":"%s","updated_at":"%s","birth":{"date":"%s","precision":"month"},`+
			`"shelter":{"id":"%s","code":"%s","name":"%s","city":"%s","region":"%s","country":"US"},"adventure":{"leash":{"score":40,"band":"maybe"},"backpack":{"score":55,"band":"likely"},"hike":{"score":20,"band":"unlikely"},"patio":{"score":70,"band":"likely"}}}`,
			c.ID, c.Number, c.Version, c.Name, c.Status, c.Brief(), c.Sex, c.Breed.Primary, c.Colors.Primary, c.Colors.Secondary, c.Coat, c.Size,
			c.Photos[0].URL, c.ListedAt.Format(time.RFC3339Nano), c.UpdatedAt.Format(time.RFC3339Nano), c.Birth.On.Format(time.DateOnly),
			s.ID, s.Code, s.Name, s.Address.City, s.Address.Region)
	}
	return o
}

func (c *crowd) Head(context.Context) (catalog.Head, error) { return catalog.Head{Epoch: "crowd"}, nil }

func (c *crowd) Shelters(context.Context) ([]catalog.Shelter, error) { return c.shelters, nil }

func (c *crowd) SheltersByID(context.Context, []string) ([]catalog.Shelter, error) { return nil, nil }

func (c *crowd) CatsByID(context.Context, []string) ([]catalog.Cat, error) { return nil, nil }

func (c *crowd) Changes(context.Context, int64, int) ([]catalog.Change, error) { return nil, nil }

func (c *crowd) ScanCats(_ context.Context, each func([]catalog.Cat) error) error {
	var work sync.WaitGroup
	errs := make([]error, 2)
	for half := range 2 {
		work.Go(func() {
			for from := half * benchCats / 2; from < (half+1)*benchCats/2 && errs[half] == nil; from += 500 {
				batch := make([]catalog.Cat, 500)
				for i := range batch {
					batch[i] = c.cat(from + i + 1)
				}
				errs[half] = each(batch)
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}

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
	c := newCrowd()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := cpu()
		encode := crowdOptions().Card
		_ = c.ScanCats(b.Context(), func(cats []catalog.Cat) error {
			for _, cat := range cats {
				encode(cat, c.shelters[0])
			}
			return nil
		})
		making := cpu() - start
		x := New(c, crowdOptions())
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
		st := x.stock
		report := func(s slab) float64 {
			n := 0
			for _, c := range s.chunks {
				n += cap(c)
			}
			return float64(n) / benchCats
		}
		post := 0
		for i := range st.stems {
			post += 32 + 4*cap(st.stems[i].few)
			if st.stems[i].many != nil {
				post += int(st.stems[i].many.GetSizeInBytes()) + 200
			}
		}
		b.Logf("text %.0f card %.0f postings %.0f words %d stems %d books %d pieces %d values %d", report(st.textSlab), report(st.cardSlab), float64(post)/benchCats, st.lexicon.words.len(), len(st.stems), len(st.library.books), len(st.library.books[len(st.library.books)-1].at), 0)
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
		all = append(all, f.Field)
	}
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
		"shelter":           {Where: []Clause{available, {FieldShelter, []string{"MD17"}}}},
	} {
		q.Limit = 20
		b.Run(name, func(b *testing.B) { benchQuery(b, q) })
	}
}

// benchWords are two words that follow each other somewhere and are common, a
// third, and a rare one.
func benchWords() (common [3]string, rare string) {
	c := newCrowd()
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
		if _, err := x.Similar(n, 10); err != nil && catalog.KindOf(err) != catalog.NotFound {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply tells how long the lock is held for 500 changed cats.
func BenchmarkApply(b *testing.B) {
	x, c := benchIndex(), newCrowd()
	st := x.stock
	version := int64(1)
	var words, rest time.Duration
	const wordsSteps = catsAtOnce / wordsAtOnce
	for b.Loop() {
		b.StopTimer()
		version++
		cats := make([]catalog.Cat, 500)
		for i := range cats {
			cats[i] = c.cat(1 + (i*797+int(version)*31)%benchCats)
			cats[i].Version, cats[i].UpdatedAt = version, today.Add(time.Duration(version)*time.Second)
			cats[i].Description = c.cat(int(version) + i).Description
		}
		entries, err := st.prepare(cats, func(string) catalog.Shelter { return c.shelters[0] })
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		ours := batch{seq: version, cats: entries}
		start := cpu()
		a := st.begin(ours)
		x.mu.Lock()
		a.indexWords(0, len(a.slots))
		x.mu.Unlock()
		words += cpu() - start
		start = cpu()
		x.mu.Lock()
		a.end()
		x.mu.Unlock()
		rest += cpu() - start
	}
	b.ReportMetric(float64((words/wordsSteps).Microseconds())/float64(b.N), "words-µs/step")
	b.ReportMetric(float64(rest.Microseconds())/float64(b.N), "end-µs/step")
}
