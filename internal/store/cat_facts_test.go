package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// The table of facts writes documents byte for byte as the struct wrote them that
// earlier versions stored, and reads them as that struct was read.
func TestCatDocument_SameAsEarlierVersions(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.Make[storedFactsV1]().Draw(t, "facts")
		for _, day := range []*date{&drawn.AvailableOn, &drawn.AdoptedOn, &drawn.BornOn} {
			if *day != 0 {
				*day = dateOf(time.Date(1990, 1, int(uint16(*day)), 0, 0, 0, 0, time.UTC))
			}
		}
		document, err := json.Marshal(drawn)
		if err != nil {
			t.Fatal(err)
		}
		var known storedFactsV1 // without bytes that are not UTF-8, which no encoder keeps
		if err := json.Unmarshal(document, &known); err != nil {
			t.Fatal(err)
		}
		want := known.facts()
		if got, err := encodeFacts(&catalog.Cat{Facts: want}); err != nil || got != string(document) {
			t.Fatalf("got  %s, %v\nwant %s", got, err, document)
		}
		var got catalog.Cat
		if err := decodeFacts(document, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Facts, want) {
			t.Fatalf("%s (-want +got):\n%s", document, cmp.Diff(want, got.Facts))
		}
	})
}

func TestCatDocument_NamesAreUnique(t *testing.T) {
	t.Parallel()

	tags := map[reflect.StructTag]bool{}
	for _, field := range documentFields() {
		if tags[field.Tag] {
			t.Errorf("two facts are stored as %s; give one a name in storedNames", field.Tag)
		}
		tags[field.Tag] = true
	}
}

func TestCatDocument_RejectsDamage(t *testing.T) {
	t.Parallel()

	for name, document := range map[string]string{
		"empty": "", "cut off": `{"sex":"fem`, "wrong type of a string": `{"sex":1}`, "wrong type of a flag": `{"altered":"yes"}`, "wrong type of a list": `{"tags":{}}`,
	} {
		if err := decodeFacts([]byte(document), new(catalog.Cat)); err == nil {
			t.Errorf("%s: got no error for %q", name, document)
		}
	}
	var f catalog.Cat
	if err := decodeFacts([]byte(` { "sex" : "female", "altered": null, "of a later version": {"a": [1]} } `), &f); err != nil || f.Sex != vocab.SexFemale || f.Altered != nil {
		t.Errorf("got %+v, %v; want a female cat", f, err)
	}
}

// storedFactsV1 is the document as the first versions stored it. Databases hold
// such documents, so that it must not change; new facts are not added to it.
type storedFactsV1 struct {
	URL          string `json:"url,omitempty"`
	StatusReason string `json:"reason,omitempty"`
	AvailableOn  date   `json:"from,omitempty"`
	AdoptedOn    date   `json:"adopted,omitempty"`
	Summary      string `json:"summary,omitempty"`

	BornOn        date   `json:"born,omitempty"`
	BornPrecision string `json:"born_to,omitempty"`
	AgeGroup      string `json:"age,omitempty"`

	Sex          string `json:"sex,omitempty"`
	Altered      *bool  `json:"altered,omitempty"`
	Breed        string `json:"breed,omitempty"`
	Breed2       string `json:"breed2,omitempty"`
	Mixed        *bool  `json:"mixed,omitempty"`
	BreedUnknown bool   `json:"breed?,omitempty"`
	Color        string `json:"color,omitempty"`
	Color2       string `json:"color2,omitempty"`
	Color3       string `json:"color3,omitempty"`
	Pattern      string `json:"pattern,omitempty"`
	Coat         string `json:"coat,omitempty"`
	Size         string `json:"size,omitempty"`

	WeightKg     *float64 `json:"kg,omitempty"`
	GirthCm      *float64 `json:"girth,omitempty"`
	BodyLengthCm *float64 `json:"length,omitempty"`

	GoodWithChildren  *bool  `json:"children,omitempty"`
	GoodWithDogs      *bool  `json:"dogs,omitempty"`
	GoodWithCats      *bool  `json:"cats,omitempty"`
	HouseTrained      *bool  `json:"trained,omitempty"`
	Declawed          *bool  `json:"declawed,omitempty"`
	SpecialNeeds      *bool  `json:"needs,omitempty"`
	SpecialNeedsNotes string `json:"needs_notes,omitempty"`
	ShotsCurrent      *bool  `json:"shots,omitempty"`
	Microchipped      *bool  `json:"chip,omitempty"`
	FIV               *bool  `json:"fiv,omitempty"`
	FeLV              *bool  `json:"felv,omitempty"`
	IndoorOnly        *bool  `json:"indoor,omitempty"`

	Energy           string            `json:"energy,omitempty"`
	Leash            string            `json:"leash,omitempty"`
	Travel           string            `json:"travel,omitempty"`
	Crate            string            `json:"crate,omitempty"`
	Tags             []string          `json:"tags,omitempty"`
	BondedWith       []string          `json:"bonded,omitempty"`
	FeeMinor         *int64            `json:"fee,omitempty"`
	FeeCurrency      string            `json:"fee_in,omitempty"`
	FeeWaived        *bool             `json:"waived,omitempty"`
	Photos           []photo           `json:"photos,omitempty"`
	Videos           []video           `json:"videos,omitempty"`
	FosterPostalCode string            `json:"foster,omitempty"`
	Raw              map[string]string `json:"raw,omitempty"`
}

func (d *storedFactsV1) facts() catalog.Facts {
	return catalog.Facts{
		URL:               d.URL,
		StatusReason:      d.StatusReason,
		AvailableOn:       d.AvailableOn.time(),
		AdoptedOn:         d.AdoptedOn.time(),
		Summary:           d.Summary,
		Birth:             catalog.Birth{On: d.BornOn.time(), Precision: catalog.Precision(d.BornPrecision)},
		AgeGroup:          vocab.AgeGroup(d.AgeGroup),
		Sex:               vocab.Sex(d.Sex),
		Altered:           d.Altered,
		Breed:             vocab.Breed{Primary: d.Breed, Secondary: d.Breed2, Mixed: d.Mixed, Unknown: d.BreedUnknown},
		Colors:            vocab.Colors{Primary: d.Color, Secondary: d.Color2, Tertiary: d.Color3, Pattern: vocab.Pattern(d.Pattern)},
		Coat:              vocab.Coat(d.Coat),
		Size:              vocab.Size(d.Size),
		WeightKg:          d.WeightKg,
		GirthCm:           d.GirthCm,
		BodyLengthCm:      d.BodyLengthCm,
		GoodWith:          catalog.GoodWith{Children: d.GoodWithChildren, Dogs: d.GoodWithDogs, Cats: d.GoodWithCats},
		HouseTrained:      d.HouseTrained,
		Declawed:          d.Declawed,
		SpecialNeeds:      d.SpecialNeeds,
		SpecialNeedsNotes: d.SpecialNeedsNotes,
		ShotsCurrent:      d.ShotsCurrent,
		Microchipped:      d.Microchipped,
		FIV:               d.FIV,
		FeLV:              d.FeLV,
		IndoorOnly:        d.IndoorOnly,
		Traits:            catalog.Traits{Energy: d.Energy, Leash: d.Leash, Travel: d.Travel, Crate: d.Crate, Tags: d.Tags},
		BondedWith:        d.BondedWith,
		Fee:               catalog.Fee{Minor: d.FeeMinor, Currency: d.FeeCurrency, Waived: d.FeeWaived},
		Photos:            catalogPhotos(d.Photos),
		Videos:            catalogVideos(d.Videos),
		FosterPostalCode:  d.FosterPostalCode,
		Unparsed:          d.Raw,
	}
}
