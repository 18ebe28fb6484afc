package ingest_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

// fresh are the facts of a cat of which nothing was said but its name and sex.
func fresh(name string, sex vocab.Sex, status catalog.Status) catalog.Facts {
	return catalog.Facts{Name: name, Sex: sex, Status: status, StatusChangedAt: now, ListedAt: now}
}

// of is facts with some of them changed.
func of(facts catalog.Facts, change func(*catalog.Facts)) catalog.Facts {
	change(&facts)
	return facts
}

// system is a file in the manner of a real system: what it is taken for, and what it says.
type system struct {
	format string
	facts  map[string]catalog.Facts
	aside  map[string]int
	// refused says of which line what is wrong.
	refused map[int]string
}

var systems = map[string]system{
	"petfinder.csv": {
		format: "petfinder",
		facts: map[string]catalog.Facts{
			"S2026101": of(fresh("Walnut", "male", "available"), func(f *catalog.Facts) {
				f.ListedAt = day(2026, 3, 2)
				f.Description = "Walnut walks in a harness.\nHe naps & purrs."
				f.Birth = catalog.Birth{On: day(2024, 6, 15), Precision: "day"}
				f.AgeGroup, f.Size, f.Coat = "young", "medium", "short"
				f.Altered, f.HouseTrained, f.ShotsCurrent = new(true), new(true), new(true)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
				f.Colors = vocab.Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "White", Pattern: "tabby"}
				f.GoodWith = catalog.GoodWith{Dogs: new(false), Cats: new(true)} // NoDogs is 1, NoCats 0, NoKids blank
				f.Fee = catalog.Fee{Minor: new(int64(9550)), Currency: "USD", Waived: new(false)}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/walnut-1.jpg"}, {URL: "https://photos.example.org/walnut-2.jpg"}}
				f.Videos = []catalog.Video{{URL: "https://www.youtube.com/watch?v=abc123"}}
				f.Traits.Tags = []string{"Curious", "Brave"}
			}),
			"S2026102": of(fresh("Pearl", "female", "on_hold"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size = "senior", "xlarge"
				f.Breed = vocab.Breed{Primary: "Siamese", Secondary: "Ragdoll", Mixed: new(true)}
				f.GoodWith = catalog.GoodWith{Dogs: new(true), Children: new(false)}
				f.SpecialNeeds, f.SpecialNeedsNotes = new(true), "Eye drops twice a day"
				f.Fee = catalog.Fee{Waived: new(true)} // the shelter does not want the amount shown
			}),
			"S2026105": of(fresh("Ember", "female", "adopted"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size = "kitten", "small"
				f.Breed.Primary = "Domestic Long Hair"
				f.Raw = map[string]string{"photos": "ember.jpg"} // only web addresses are photos
			}),
		},
		aside:   map[string]int{"found": 1, "not_a_cat": 1},
		refused: map[int]string{7: "stands in line 2 already"},
	},
	"rescuegroups.csv": {
		format: "rescuegroups",
		facts: map[string]catalog.Facts{
			"RG-7": of(fresh("Biscuit", "male", "available"), func(f *catalog.Facts) {
				f.Description = "Biscuit rides in the car.\nHe knows his carrier.\n\nBring treats."
				f.AgeGroup, f.Size, f.Coat = "adult", "xlarge", "medium"
				f.Altered, f.HouseTrained, f.ShotsCurrent, f.Declawed = new(true), new(true), new(true), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Medium Hair", Secondary: "Maine Coon", Mixed: new(true)}
				f.Colors = vocab.Colors{Primary: "Tabby (Orange / Red)", Pattern: "tabby"}
				f.GoodWith = catalog.GoodWith{Dogs: new(true), Cats: new(false)}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/biscuit.jpg"}}
				f.Videos = []catalog.Video{{URL: "https://youtu.be/xyz"}}
				f.Raw = map[string]string{"photos": "biscuit-2.jpg"}
			}),
			"RG-8": of(fresh("Fog", "female", "pending"), func(f *catalog.Facts) {
				f.AgeGroup, f.Breed.Primary = "kitten", "Russian Blue"
			}),
		},
		refused: map[int]string{4: `is no status that format "rescuegroups" knows`},
	},
	"rescuegroups-older.csv": {
		format: "rescuegroups",
		facts: map[string]catalog.Facts{
			"C2026011": of(fresh("Clementine", "female", "available"), func(f *catalog.Facts) {
				f.Description = "Small.\nBold."
				f.AgeGroup, f.Size, f.Coat = "young", "small", "short"
				f.Altered, f.HouseTrained, f.ShotsCurrent, f.Declawed = new(true), new(true), new(false), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(false)}
				f.Colors = vocab.Colors{Primary: "Calico", Pattern: "calico"}
				f.GoodWith = catalog.GoodWith{Cats: new(true), Children: new(false)}
				f.Raw = map[string]string{"photos": "C2026011-1.jpg"}
			}),
		},
	},
	"adoptapet.csv": {
		format: "adoptapet",
		facts: map[string]catalog.Facts{
			"AP1": of(fresh("Moss", "male", "available"), func(f *catalog.Facts) {
				f.Description = "Moss likes hikes."
				f.Birth = catalog.Birth{On: day(2021, 4, 5), Precision: "day"} // month, day, year
				f.AgeGroup, f.Size, f.Coat = "adult", "medium", "short"
				f.WeightKg = new(4.99)
				f.Altered, f.HouseTrained, f.ShotsCurrent, f.Declawed = new(true), new(true), new(true), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)} // Purebred is 0
				f.Colors = vocab.Colors{Primary: "Black & White / Tuxedo", Pattern: "bicolor"}
				f.GoodWith = catalog.GoodWith{Children: new(true), Cats: new(false)}
				f.FIV, f.IndoorOnly = new(false), new(false)
				f.Traits = catalog.Traits{Leash: "yes", Crate: "yes"}
				f.Fee = catalog.Fee{Minor: new(int64(10000)), Currency: "USD"} // whole dollars
				f.Videos = []catalog.Video{{URL: "https://youtu.be/moss"}}
			}),
			"AP2": of(fresh("Opal", "female", "adopted"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size, f.WeightKg, f.FIV = "senior", "small", new(3.5), new(true)
				f.Breed = vocab.Breed{Primary: "Siamese", Mixed: new(false)} // Purebred is 1
				f.Traits.Leash = "no"
			}),
			"AP3": of(fresh("Gone", "female", "removed"), func(f *catalog.Facts) {
				f.StatusReason, f.Breed.Primary = "deleted", "Domestic Long Hair"
			}),
		},
	},
	"asm3.json": {
		format: "asm3",
		facts: map[string]catalog.Facts{
			"C2026-1": of(fresh("Juno", "female", "available"), func(f *catalog.Facts) { // SEX is 0
				f.ListedAt = day(2026, 4, 30).Add(10*time.Hour + 15*time.Minute)
				f.Description = "Juno loves the patio."
				f.Birth = catalog.Birth{On: day(2022, 5, 1), Precision: "year"} // ESTIMATEDDOB is 1
				f.Size, f.Coat, f.WeightKg = "small", "short", new(4.082)       // SIZE is 3
				f.Altered, f.Declawed, f.SpecialNeeds = new(true), new(false), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(false)}
				f.Colors = vocab.Colors{Primary: "Tortoiseshell", Secondary: "White", Pattern: "tortoiseshell"}
				f.GoodWith = catalog.GoodWith{Cats: new(true), Dogs: new(false)} // 0 is yes, 1 is no
				f.HouseTrained = new(true)
				f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("985112001234567")
				f.FIV, f.FeLV = new(false), new(true)
				f.Traits = catalog.Traits{Energy: "high", Leash: "yes", Travel: "no", Crate: "yes"}
				f.Fee = catalog.Fee{Minor: new(int64(12500)), Currency: "USD"} // in cents
				f.Raw = map[string]string{"good_with.children": "from 5 years on"}
			}),
			"C2026-2": of(fresh("Bramble", "male", "pending"), func(f *catalog.Facts) {
				f.StatusReason, f.ListedAt = "reserved", day(2026, 5, 15)
				f.Birth = catalog.Birth{On: day(2026, 3, 10), Precision: "day"}
				f.Size = "xlarge"
				f.Altered, f.Declawed, f.SpecialNeeds, f.Microchipped = new(false), new(false), new(false), new(false)
				f.Breed = vocab.Breed{Primary: "Maine Coon", Secondary: "Domestic Long Hair", Mixed: new(true)}
				f.Raw = map[string]string{"good_with.cats": "selective"} // neither yes nor no
			}),
		},
		aside: map[string]int{"not_a_cat": 1},
	},
	"asm3-import.csv": {
		format: "asm3-csv",
		facts: map[string]catalog.Facts{
			"K1": of(fresh("Kit", "female", "available"), func(f *catalog.Facts) {
				f.Description = "Kit is kind."
				f.Birth = catalog.Birth{On: day(2024, 5, 20), Precision: "year"} // ANIMALAGE is in years
				f.Size, f.Coat, f.WeightKg = "medium", "short", new(1.814)
				f.Altered, f.Declawed = new(true), new(false)
				f.Breed.Primary, f.Colors.Primary = "Domestic Short Hair", "Black"
				f.GoodWith = catalog.GoodWith{Cats: new(true), Dogs: new(false)}
				f.HouseTrained = new(true) // 0
				f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("985112007654321")
				f.Traits = catalog.Traits{Leash: "yes", Crate: "no"}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/kit.jpg"}}
			}),
			"K2": of(fresh("Kat", "male", "on_hold"), func(f *catalog.Facts) {
				f.StatusReason = "not for adoption"
				f.Birth = catalog.Birth{On: day(2026, 1, 5), Precision: "day"}
				f.Breed.Primary = "Domestic Short Hair"
				f.Raw = map[string]string{"good_with.children": "Over 12"}
			}),
		},
	},
	"shelterluv.json": {
		format: "shelterluv",
		facts: map[string]catalog.Facts{
			"381": of(fresh("Tansy", "female", "available"), func(f *catalog.Facts) {
				f.ListedAt = time.Unix(1774000000, 0).UTC()
				f.Description = "Tansy is brave.\n\nShe rides in the backpack."
				f.Birth = catalog.Birth{On: day(2023, 6, 30), Precision: "month"}
				f.Size, f.WeightKg = "medium", new(3.742) // pounds
				f.Altered = new(true)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
				f.Colors = vocab.Colors{Primary: "Black", Secondary: "Black & White / Tuxedo", Pattern: "tuxedo"}
				f.GoodWith = catalog.GoodWith{Dogs: new(true), Children: new(false)}
				f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("982000364597082")
				f.Traits.Tags = []string{"Good with Dogs", "No Kids", "Likes water"} // Bite History is not published
				f.Fee = catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/tansy-1.jpg"}, {URL: "https://photos.example.org/tansy-2.jpg"}}
				f.Videos = []catalog.Video{{URL: "https://www.youtube.com/watch?v=q"}}
			}),
			"382": of(fresh("Sorrel", "male", "pending"), func(f *catalog.Facts) {
				f.StatusReason = "Adoption Pending"
				f.Birth = catalog.Birth{On: day(2025, 10, 20), Precision: "month"}
				f.Altered = new(false)
				f.Breed.Primary = "Siamese"
				f.Traits.Tags = []string{"Dogs - Unknown"}
			}),
		},
		aside: map[string]int{"not_a_cat": 1},
	},
	"trailcat.ndjson": {
		format: "trailcat",
		facts: map[string]catalog.Facts{
			"N-1": of(fresh("Ivy", "female", "available"), func(f *catalog.Facts) {
				f.Birth = catalog.Birth{On: day(2024, 5, 2), Precision: "month"}
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
				f.Colors.Primary = "Black"
				f.GoodWith = catalog.GoodWith{Dogs: new(false), Children: new(true)}
				f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("985112000000001")
				f.Traits = catalog.Traits{Leash: "yes", Tags: []string{"bold, bright", "lap|cat"}}
				f.Fee = catalog.Fee{Minor: new(int64(9500)), Currency: "CAD"}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/ivy.jpg"}}
				f.Raw = map[string]string{"photos": "ftp://photos.example.org/ivy.jpg"}
			}),
			"N-3": of(fresh("Moss", "unknown", "on_hold"), func(f *catalog.Facts) {
				f.StatusReason = "foster"
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/moss.jpg"}}
			}),
		},
		refused: map[int]string{2: "the row is broken JSON", 4: "the row is no JSON object"},
	},
}

func TestFilesOfRealSystems(t *testing.T) {
	t.Parallel()

	for name, want := range systems {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := readSystem(t, name, "auto")
			if l.Format.Name != want.format {
				t.Errorf("it was taken for %s, want %s", l.DetectedFormat, want.format)
			}
			cats, memory := newCatalog()
			report := load(t, cats, l)
			compare(t, want, report, memory)

			logged := len(memory.log)
			if again := load(t, cats, readSystem(t, name, want.format)); again.Unchanged != report.Created || len(memory.log) != logged {
				t.Errorf("the same file again came to %+v", again)
			}
		})
	}
}

func compare(t *testing.T, want system, report ingest.Report, memory *memory) {
	t.Helper()
	got := map[string]catalog.Facts{}
	for id, cat := range memory.cats {
		got[id] = cat.Facts
	}
	if diff := cmp.Diff(want.facts, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	refused := map[int]string{}
	for _, r := range report.Errors {
		refused[r.Line] = r.Reason
	}
	if want.refused == nil {
		want.refused = map[int]string{}
	}
	if diff := cmp.Diff(want.refused, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if want.aside == nil {
		want.aside = map[string]int{}
	}
	if diff := cmp.Diff(want.aside, report.SkippedByReason); diff != "" {
		t.Errorf("set aside (-want +got):\n%s", diff)
	}
}

func readSystem(t *testing.T, name, format string) *ingest.Dataset {
	t.Helper()
	f, err := ingest.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ingest.ReadFile("testdata/systems/"+name, f, ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPeopleInAFeedAreNotRead(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"shelterluv.json", "asm3.json", "asm3-import.csv"} {
		text, err := os.ReadFile("testdata/systems/" + name)
		if err != nil || !strings.Contains(string(text), "Example") {
			t.Fatalf("%s names nobody: %v", name, err)
		}
		cats, memory := newCatalog()
		load(t, cats, readSystem(t, name, "auto"))
		for id, cat := range memory.cats {
			if said := cmp.Diff(catalog.Facts{}, cat.Facts); strings.Contains(said, "Example") || strings.Contains(said, "9851120") {
				t.Errorf("%s: cat %s tells of a person or a chip's number:\n%s", name, id, said)
			}
		}
	}
}

func TestTheCountryOfAShelterSettlesMoneyAndWeights(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	load(t, cats, readSystem(t, "asm3.json", "asm3").WithCountry("CA"))
	if cat := memory.cat(t, "C2026-1"); cat.Fee.Currency != "CAD" || *cat.WeightKg != 9 {
		t.Errorf("in Canada the fee is in %s and the weight %v kg, want CAD and 9", cat.Fee.Currency, *cat.WeightKg)
	}
}

func TestAShelterStandsByItsOwnWordsWithAnImportCfg(t *testing.T) {
	t.Parallel()

	cfg, err := os.ReadFile("testdata/systems/import.cfg")
	if err != nil {
		t.Fatal(err)
	}
	const rows = `44,Kitty,Domestic Short Hair - gray and white,Silver,F,Old and wise.,Here,Y
45,Hound,Beagle,Rex,M,,Here,
46,Kitty,Moggy,Moe,M,,Here,N
`
	for name, header := range map[string]string{
		"without a header":       "",
		"with the shelter's":     "Nr,Kind,Race,Called,Girl or boy,About,State,Kids\n",
		"with Adopt-a-Pet's own": "Id,Animal,Breed,Name,Sex,Description,Status,GoodWKids\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			load(t, cats, read(t, string(cfg), header+rows))
			silver, moe := memory.cat(t, "44"), memory.cat(t, "46")
			if silver.Name != "Silver" || silver.Breed.Primary != "Domestic Short Hair" || silver.Status != catalog.Available || !*silver.GoodWith.Children {
				t.Errorf("Silver is %+v", silver.Facts)
			}
			if moe.Breed.Primary != "Domestic Short Hair" || *moe.GoodWith.Children {
				t.Errorf("Moe is %+v", moe.Facts)
			}
			if len(memory.cats) != 2 {
				t.Errorf("%d cats, want 2 without the hound", len(memory.cats))
			}
		})
	}
}

func TestWhatIsWrongWithAnImportCfg(t *testing.T) {
	t.Parallel()

	_, err := ingest.ParseFormat([]byte("; ours\nKitty=Cat\n#0:Id=Id\n#1:Id=Id\nnonsense\n"))
	const want = "The import.cfg has 3 faults. /: line 2: is neither #place:column=field nor words=words under such a line; " +
		"/: line 3: 0 is no place of a column; /: line 5: is neither #place:column=field nor words=words under such a line."
	if err == nil || strings.TrimSuffix(err.Error(), ".") != strings.TrimSuffix(want, ".") {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
