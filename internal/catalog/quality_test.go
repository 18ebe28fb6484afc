package catalog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// completeCat returns a listing without issues.
func completeCat() catalog.Cat {
	return catalog.Cat{ID: "cat_1", ShelterID: "shl_1", Source: "api", Rating: catalog.Rating{Overall: new(50.0)}, Facts: catalog.Facts{
		Name: "Luna", Status: catalog.Available, Description: "Likes rain.", Sex: vocab.SexFemale, Breed: vocab.Breed{Primary: "Siamese"},
		Birth:    catalog.Birth{On: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheMonth},
		GoodWith: catalog.GoodWith{Dogs: new(false)}, Photos: []catalog.Photo{{URL: "https://example.org/luna.jpg"}},
	}}
}

func TestCat_Issues(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		change func(*catalog.Cat)
		want   []catalog.Issue
	}{
		"a complete listing":              {func(*catalog.Cat) {}, nil},
		"not confirmed":                   {func(c *catalog.Cat) { c.Stale = true }, []catalog.Issue{catalog.IssueStale}},
		"no photo":                        {func(c *catalog.Cat) { c.Photos = nil }, []catalog.Issue{catalog.IssueNoPhoto}},
		"not rated":                       {func(c *catalog.Cat) { c.Rating.Overall = nil }, []catalog.Issue{catalog.IssueNotAssessed}},
		"a summary without a description": {func(c *catalog.Cat) { c.Description, c.Summary = "", "Likes rain." }, []catalog.Issue{catalog.IssueNoDescription}},
		"an age group without a birth":    {func(c *catalog.Cat) { c.Birth, c.AgeGroup = catalog.Birth{}, vocab.Adult }, nil},
		"no age":                          {func(c *catalog.Cat) { c.Birth = catalog.Birth{} }, []catalog.Issue{catalog.IssueNoAge}},
		"a known no":                      {func(c *catalog.Cat) { c.GoodWith = catalog.GoodWith{Cats: new(false)} }, nil},
		"nothing known about children, dogs and cats": {func(c *catalog.Cat) { c.GoodWith = catalog.GoodWith{} }, []catalog.Issue{catalog.IssueUnknownGoodWith}},
		"unparsed words for the breed":                {func(c *catalog.Cat) { c.Unparsed = map[string]string{"breed": "Zorse"} }, []catalog.Issue{catalog.IssueUnmappedBreed}},
		"unparsed words for several fields, the most severe first": {
			func(c *catalog.Cat) {
				c.Unparsed = map[string]string{"size": "loaf", "colors": "plaid", "breed": "Zorse"}
			},
			[]catalog.Issue{catalog.IssueUnmappedBreed, catalog.IssueUnmappedColors, catalog.IssueUnmappedWords},
		},
	}
	for name, tt := range tests {
		cat := completeCat()
		tt.change(&cat)
		if diff := cmp.Diff(tt.want, cat.Issues()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSeverityScore_GrowsWithNumberAndSeverity(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		subset := rapid.SliceOfDistinct(rapid.SampledFrom(catalog.Issues()), rapid.ID).Draw(t, "issues")
		if len(subset) == 0 {
			return
		}
		if less := subset[1:]; catalog.SeverityScore(less) >= catalog.SeverityScore(subset) {
			t.Fatalf("%v must have a lower score than %v", subset, less)
		}
		if i := slices.Index(catalog.Issues(), subset[0]); i > 0 && catalog.SeverityScore(subset[:1]) >= catalog.SeverityScore(catalog.Issues()[i-1:i]) {
			t.Fatalf("%s must have a lower score than the more severe issue", subset[0])
		}
	})
}

// showTo gives cats a photo with a perceptual hash.
func showTo(hash uint64, cats ...*catalog.Cat) {
	for _, c := range cats {
		c.Photos = []catalog.Photo{{Hash: "0123456789abcdef0123456789abcdef", PerceptualHash: hash}}
	}
}

func TestFindDuplicate(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		change func(a, b *catalog.Cat)
		want   catalog.DuplicateReason
	}{
		"same appearance at another shelter": {func(_, _ *catalog.Cat) {}, catalog.DuplicateByAppearance},
		"one shelter, two sources":           {func(a, b *catalog.Cat) { b.ShelterID, b.Source = a.ShelterID, "petfinder" }, catalog.DuplicateByAppearance},
		"one shelter, one source":            {func(a, b *catalog.Cat) { b.ShelterID = a.ShelterID }, ""},
		"the same listing":                   {func(a, b *catalog.Cat) { b.ID = a.ID }, ""},
		"the name in another spelling":       {func(_, b *catalog.Cat) { b.Name = " LÚNA!" }, catalog.DuplicateByAppearance},
		"another name":                       {func(_, b *catalog.Cat) { b.Name = "Lina" }, ""},
		"another sex":                        {func(_, b *catalog.Cat) { b.Sex = vocab.SexMale }, ""},
		"two unknown sexes":                  {func(a, b *catalog.Cat) { a.Sex, b.Sex = vocab.SexUnknown, vocab.SexUnknown }, ""},
		"another breed":                      {func(_, b *catalog.Cat) { b.Breed.Primary = "Bengal" }, ""},
		"two unknown breeds":                 {func(a, b *catalog.Cat) { a.Breed, b.Breed = vocab.Breed{}, vocab.Breed{} }, ""},
		"three months apart":                 {func(a, b *catalog.Cat) { b.Birth.On = a.Birth.On.AddDate(0, -3, 0) }, catalog.DuplicateByAppearance},
		"three months and five days apart":   {func(a, b *catalog.Cat) { b.Birth.On = a.Birth.On.AddDate(0, -3, -5) }, ""},
		"a birth and its age group":          {func(_, b *catalog.Cat) { b.Birth, b.AgeGroup = catalog.Birth{}, vocab.Young }, catalog.DuplicateByAppearance},
		"a birth and another age group":      {func(_, b *catalog.Cat) { b.Birth, b.AgeGroup = catalog.Birth{}, vocab.Senior }, ""},
		"two unknown ages":                   {func(a, b *catalog.Cat) { a.Birth, b.Birth = catalog.Birth{}, catalog.Birth{} }, ""},
		"one microchip, different names": {func(a, b *catalog.Cat) {
			a.MicrochipHash, b.MicrochipHash, b.Name, b.ShelterID = "x", "x", "Mo", a.ShelterID
		}, catalog.SameMicrochip},
		"two microchips":          {func(a, b *catalog.Cat) { a.MicrochipHash, b.MicrochipHash = "x", "y" }, ""},
		"one photo, another name": {func(a, b *catalog.Cat) { b.Name = "Lina"; showTo(7, a, b) }, catalog.SamePhoto},
		"one photo, unknown sex and age": {func(a, b *catalog.Cat) {
			b.Name, b.Sex, b.Birth, b.AgeGroup = "Lina", vocab.SexUnknown, catalog.Birth{}, ""
			showTo(7, a, b)
		}, catalog.SamePhoto},
		"one photo, another sex":             {func(a, b *catalog.Cat) { b.Sex = vocab.SexMale; showTo(7, a, b) }, ""},
		"one photo, another age":             {func(a, b *catalog.Cat) { b.Birth.On = a.Birth.On.AddDate(-5, 0, 0); showTo(7, a, b) }, ""},
		"one photo, two microchips":          {func(a, b *catalog.Cat) { a.MicrochipHash, b.MicrochipHash = "x", "y"; showTo(7, a, b) }, ""},
		"photos without a perceptual hash":   {func(a, b *catalog.Cat) { b.Name = "Lina"; showTo(0, a, b) }, ""},
		"one photo, one source, one shelter": {func(a, b *catalog.Cat) { b.Name, b.ShelterID = "Lina", a.ShelterID; showTo(7, a, b) }, ""},
		"a microchip and none":               {func(a, _ *catalog.Cat) { a.MicrochipHash = "x" }, catalog.DuplicateByAppearance},
	}
	for name, tt := range tests {
		a, b := completeCat(), completeCat()
		b.ID, b.ShelterID = "cat_2", "shl_2"
		tt.change(&a, &b)
		if got := catalog.FindDuplicate(&a, &b, now); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		if catalog.FindDuplicate(&a, &b, now) != catalog.FindDuplicate(&b, &a, now) {
			t.Errorf("%s: the result is not symmetric", name)
		}
	}
}
