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

// fineCat is a listing with nothing the matter.
func fineCat() catalog.Cat {
	return catalog.Cat{ID: "cat_1", ShelterID: "shl_1", Source: "api", Rating: catalog.Rating{Overall: new(50.0)}, Facts: catalog.Facts{
		Name: "Luna", Status: catalog.Available, Description: "Likes rain.", Sex: vocab.SexFemale, Breed: vocab.Breed{Primary: "Siamese"},
		Birth:    catalog.Birth{On: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheMonth},
		GoodWith: catalog.GoodWith{Dogs: new(false)}, Photos: []catalog.Photo{{URL: "https://example.org/luna.jpg"}},
	}}
}

func TestIssues(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		change func(*catalog.Cat)
		want   []catalog.Issue
	}{
		"a whole listing has none":              {func(*catalog.Cat) {}, nil},
		"not confirmed":                         {func(c *catalog.Cat) { c.Stale = true }, []catalog.Issue{catalog.IssueStale}},
		"no photo":                              {func(c *catalog.Cat) { c.Photos = nil }, []catalog.Issue{catalog.IssueNoPhoto}},
		"nothing rated yet":                     {func(c *catalog.Cat) { c.Rating.Overall = nil }, []catalog.Issue{catalog.IssueNotAssessed}},
		"a summary is no description":           {func(c *catalog.Cat) { c.Description, c.Summary = "", "Likes rain." }, []catalog.Issue{catalog.IssueNoDescription}},
		"an age group is an age":                {func(c *catalog.Cat) { c.Birth, c.AgeGroup = catalog.Birth{}, vocab.Adult }, nil},
		"no age at all":                         {func(c *catalog.Cat) { c.Birth = catalog.Birth{} }, []catalog.Issue{catalog.IssueNoAge}},
		"a no is known":                         {func(c *catalog.Cat) { c.GoodWith = catalog.GoodWith{Cats: new(false)} }, nil},
		"nothing known of whom it is good with": {func(c *catalog.Cat) { c.GoodWith = catalog.GoodWith{} }, []catalog.Issue{catalog.IssueUnknownGoodWith}},
		"words for the breed":                   {func(c *catalog.Cat) { c.Raw = map[string]string{"breed": "Zorse"} }, []catalog.Issue{catalog.IssueUnmappedBreed}},
		"words for all sorts, the worst first": {
			func(c *catalog.Cat) { c.Raw = map[string]string{"size": "loaf", "colors": "plaid", "breed": "Zorse"} },
			[]catalog.Issue{catalog.IssueUnmappedBreed, catalog.IssueUnmappedColors, catalog.IssueUnmappedWords},
		},
	}
	for name, tt := range tests {
		cat := fineCat()
		tt.change(&cat)
		if diff := cmp.Diff(tt.want, cat.Issues()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMoreIssuesWeighMore(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfDistinct(rapid.SampledFrom(catalog.Issues()), rapid.ID).Draw(t, "issues")
		if len(some) == 0 {
			return
		}
		if less := some[1:]; catalog.SeverityScore(less) >= catalog.SeverityScore(some) {
			t.Fatalf("%v weighs no more than %v", some, less)
		}
		if i := slices.Index(catalog.Issues(), some[0]); i > 0 && catalog.SeverityScore(some[:1]) >= catalog.SeverityScore(catalog.Issues()[i-1:i]) {
			t.Fatalf("%s weighs no less than what is worse", some[0])
		}
	})
}

func TestSame(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		change func(a, b *catalog.Cat)
		want   catalog.DuplicateReason
	}{
		"the same looks at another shelter":         {func(_, _ *catalog.Cat) {}, catalog.DuplicateByAppearance},
		"at one shelter, from two sources":          {func(a, b *catalog.Cat) { b.ShelterID, b.Source = a.ShelterID, "petfinder" }, catalog.DuplicateByAppearance},
		"one source tells its own cats apart":       {func(a, b *catalog.Cat) { b.ShelterID = a.ShelterID }, ""},
		"a listing is not its own double":           {func(a, b *catalog.Cat) { b.ID = a.ID }, ""},
		"the name in another case":                  {func(_, b *catalog.Cat) { b.Name = " LÚNA!" }, catalog.DuplicateByAppearance},
		"another name":                              {func(_, b *catalog.Cat) { b.Name = "Lina" }, ""},
		"another sex":                               {func(_, b *catalog.Cat) { b.Sex = vocab.SexMale }, ""},
		"two unknown sexes are not the same":        {func(a, b *catalog.Cat) { a.Sex, b.Sex = vocab.SexUnknown, vocab.SexUnknown }, ""},
		"another breed":                             {func(_, b *catalog.Cat) { b.Breed.Primary = "Bengal" }, ""},
		"two unknown breeds are not the same":       {func(a, b *catalog.Cat) { a.Breed, b.Breed = vocab.Breed{}, vocab.Breed{} }, ""},
		"three months apart":                        {func(a, b *catalog.Cat) { b.Birth.On = a.Birth.On.AddDate(0, -3, 0) }, catalog.DuplicateByAppearance},
		"five days more":                            {func(a, b *catalog.Cat) { b.Birth.On = a.Birth.On.AddDate(0, -3, -5) }, ""},
		"one birth and the age group that it is in": {func(_, b *catalog.Cat) { b.Birth, b.AgeGroup = catalog.Birth{}, vocab.Young }, catalog.DuplicateByAppearance},
		"one birth and another age group":           {func(_, b *catalog.Cat) { b.Birth, b.AgeGroup = catalog.Birth{}, vocab.Senior }, ""},
		"two unknown ages are not the same":         {func(a, b *catalog.Cat) { a.Birth, b.Birth = catalog.Birth{}, catalog.Birth{} }, ""},
		"one chip, however it looks and whoever has it": {func(a, b *catalog.Cat) {
			a.MicrochipHash, b.MicrochipHash, b.Name, b.ShelterID = "x", "x", "Mo", a.ShelterID
		}, catalog.SameMicrochip},
		"two chips, two cats":                  {func(a, b *catalog.Cat) { a.MicrochipHash, b.MicrochipHash = "x", "y" }, ""},
		"a chip says nothing of a cat without": {func(a, _ *catalog.Cat) { a.MicrochipHash = "x" }, catalog.DuplicateByAppearance},
	}
	for name, tt := range tests {
		a, b := fineCat(), fineCat()
		b.ID, b.ShelterID = "cat_2", "shl_2"
		tt.change(&a, &b)
		if got := catalog.FindDuplicate(&a, &b, now); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		if catalog.FindDuplicate(&a, &b, now) != catalog.FindDuplicate(&b, &a, now) {
			t.Errorf("%s: not the other way round", name)
		}
	}
}
