package search

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// syntheticSource is a Source that generates each cat from its number.
type syntheticSource struct {
	words    []string // the text from which descriptions are cut
	shelters []catalog.Shelter
}

func newSyntheticSource() *syntheticSource {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.15, 2, 200_000) // as in English, half of a text is its hundred most frequent words
	vocabulary := make([]string, 200_001)
	for i := range vocabulary {
		vocabulary[i] = generateWord(r, i)
	}
	s := &syntheticSource{words: make([]string, 3_000_000)}
	for i := range s.words {
		s.words[i] = vocabulary[zipf.Uint64()]
	}
	regions := strings.Fields("AL AZ CA CO CT FL GA IL IN KY MA MD MI MN MO NC NJ NY OH OR PA TN TX VA WA WI ON BC QC AB")
	for i := range benchShelters {
		s.shelters = append(s.shelters, catalog.Shelter{
			ID: catalog.NewID(catalog.ShelterPrefix, uuid(i+1)), Code: fmt.Sprintf("MD%d", i+1), Version: 1,
			Profile: catalog.Profile{
				Name: "Humane Society of " + vocabulary[500+i], Kind: catalog.Rescue,
				Address: catalog.Address{City: vocabulary[3000+i], Region: regions[i%len(regions)], PostalCode: "20850", Country: "US"},
				Point:   geo.Point{Lat: 28 + 20*r.Float64(), Lng: -122 + 50*r.Float64()},
			},
		})
	}
	return s
}

// generateWord returns a word that is longer for a higher rank, the position by
// frequency.
func generateWord(r *rand.Rand, rank int) string {
	var b strings.Builder
	for n := 1 + (rank+20)/60; b.Len() < 2+min(n, 5)+r.IntN(4); {
		b.WriteByte("bcdfghklmnprstvw"[r.IntN(16)])
		b.WriteByte("aeiou"[r.IntN(5)])
	}
	return b.String()
}

// cat generates the cat with a number.
func (s *syntheticSource) cat(n int) catalog.Cat {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	at := r.IntN(len(s.words) - 300)
	breeds, colors := vocab.Breeds(), vocab.ColorNames()
	triState := func() *bool {
		switch r.IntN(3) {
		case 0:
			return new(true)
		case 1:
			return new(false)
		}
		return nil
	}
	skewed := func(n int) int { return min(n-1, int(r.ExpFloat64()*float64(n)/5)) }
	since := today.Add(-time.Duration(r.Int64N(int64(300 * 24 * time.Hour)))).Truncate(time.Microsecond)
	var u [16]byte
	for i := range u {
		u[i] = byte(r.Uint32())
	}
	cat := catalog.Cat{
		ID: catalog.NewID(catalog.CatPrefix, u), Number: int64(n), ShelterID: s.shelters[r.IntN(benchShelters)].ID, Source: "asm",
		Version: 1, UpdatedAt: since.Add(time.Duration(r.Int64N(int64(24 * time.Hour)))),
		Facts: catalog.Facts{
			Name: strings.ToUpper(s.words[at]), Status: catalog.Available, ListedAt: since,
			Description: strings.Join(s.words[at:at+60+r.IntN(110)], " "),
			Birth:       catalog.Birth{On: dateOf(dayOf(today) - int32(r.ExpFloat64()*1200)), Precision: catalog.ToTheMonth},
			Sex:         vocab.Sexes()[r.IntN(2)], Altered: triState(),
			Breed:  vocab.Breed{Primary: breeds[skewed(len(breeds))], Mixed: triState()},
			Colors: vocab.Colors{Primary: colors[skewed(len(colors))], Secondary: colors[skewed(len(colors))]},
			Coat:   vocab.Coats()[r.IntN(4)], Size: vocab.Sizes()[r.IntN(4)],
			GoodWith: catalog.GoodWith{Children: triState(), Dogs: triState(), Cats: triState()}, HouseTrained: triState(), SpecialNeeds: triState(),
			ShotsCurrent: triState(), Microchipped: triState(), FIV: triState(), FeLV: triState(), IndoorOnly: triState(),
			Photos: []catalog.Photo{{URL: fmt.Sprintf("https://photos.example.org/listings/%d/%x.jpg", n, r.Uint64())}},
		},
	}
	if r.IntN(3) == 0 {
		cat.Status = catalog.Adopted
	}
	if n%10 == 0 {
		cat.Rating = syntheticRating(r)
	}
	return cat
}

func syntheticRating(r *rand.Rand) catalog.Rating {
	rating := catalog.Rating{Rubric: "1.0.0", Overall: new(float64(r.IntN(1000)) / 10), BestFit: catalog.Activities()[r.IntN(4)]}
	for _, activity := range catalog.Activities() {
		low := float64(r.IntN(800)) / 10
		rating.Activities = append(rating.Activities, catalog.ActivityRating{
			Activity: activity, Score: new(low + 10), Low: new(low), High: new(low + 20),
			Readiness: catalog.Readinesses()[2+r.IntN(3)], Grade: catalog.Grades()[1+r.IntN(4)],
		})
	}
	return rating
}

func syntheticOptions() Options {
	o := testOptions()
	o.Card = func(c catalog.Cat) []byte {
		return fmt.Appendf(make([]byte, 0, 1500), `{"id":"%s","number":%d,"version":%d,"name":"%s","status":"%s","url":null,"summary":"%s","sex":"%s","altered":null,`+
			`"breed":{"primary":"%s","secondary":null,"mixed":null,"unknown":false},"colors":{"primary":"%s","secondary":"%s","tertiary":null,"pattern":null},`+
			`"coat":"%s","size":"%s","weight_kg":null,"good_with":{"children":null,"dogs":null,"cats":null},"house_trained":null,"declawed":null,"special_needs":false,`+
			`"shots_current":true,"fee":{"amount_minor":12500,"currency":"USD","waived":false},"photo":{"url":"%s","width":800,"height":600,"alt":null},`+
			`"listed_at":"%s","updated_at":"%s","birth":{"date":"%s","precision":"month"},`+
			`"shelter_id":"%s","adventure":{"leash":{"score":40,"band":"maybe"},"backpack":{"score":55,"band":"likely"},"hike":{"score":20,"band":"unlikely"},"patio":{"score":70,"band":"likely"}}}`,
			c.ID, c.Number, c.Version, c.Name, c.Status, c.Excerpt(), c.Sex, c.Breed.Primary, c.Colors.Primary, c.Colors.Secondary, c.Coat, c.Size,
			c.Photos[0].URL, c.ListedAt.Format(time.RFC3339Nano), c.UpdatedAt.Format(time.RFC3339Nano), c.Birth.On.Format(time.DateOnly), c.ShelterID)
	}
	return o
}

func (s *syntheticSource) Head(context.Context) (catalog.LogPosition, error) {
	return catalog.LogPosition{Epoch: "synthetic"}, nil
}

func (s *syntheticSource) HeadSince(ctx context.Context, _ catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	return s.Head(ctx)
}

func (s *syntheticSource) Shelters(context.Context) ([]catalog.Shelter, catalog.LogPosition, error) {
	return s.shelters, catalog.LogPosition{}, nil
}

func (s *syntheticSource) SheltersByID(context.Context, []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	return nil, catalog.LogPosition{}, nil
}

func (s *syntheticSource) CatsWithPosition(context.Context, []string) ([]catalog.Cat, catalog.LogPosition, error) {
	return nil, catalog.LogPosition{}, nil
}

func (s *syntheticSource) Changes(context.Context, int64, int) ([]catalog.Change, error) {
	return nil, nil
}

func (s *syntheticSource) ScanCats(_ context.Context, each func([]catalog.Cat, catalog.LogPosition) error) error {
	var work sync.WaitGroup
	errs := make([]error, 2)
	for half := range 2 {
		work.Go(func() {
			for from := half * benchCats / 2; from < (half+1)*benchCats/2 && errs[half] == nil; from += 500 {
				batch := make([]catalog.Cat, 500)
				for i := range batch {
					batch[i] = s.cat(from + i + 1)
				}
				errs[half] = each(batch, catalog.LogPosition{})
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}
