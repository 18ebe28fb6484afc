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

// minimalFacts returns the facts of a cat with only a name, a sex and a status.
func minimalFacts(name string, sex vocab.Sex, status catalog.Status) catalog.Facts {
	return catalog.Facts{Name: name, Sex: sex, Status: status, StatusChangedAt: now, ListedAt: now}
}

// withFacts returns facts after a change.
func withFacts(facts catalog.Facts, change func(*catalog.Facts)) catalog.Facts {
	change(&facts)
	return facts
}

// systemFile is a file in the style of a real system and what it must be read as.
type systemFile struct {
	format  string
	facts   map[string]catalog.Facts
	skipped map[string]int // by reason
	errs    map[int]string // reasons by line
}

var systemFiles = map[string]systemFile{
	"petfinder.csv": {
		format: "petfinder",
		facts: map[string]catalog.Facts{
			"S2026101": withFacts(minimalFacts("Walnut", "male", "available"), func(f *catalog.Facts) {
				f.ListedAt = day(2026, 3, 2)
				f.Description = "Walnut walks in a harness.\nHe naps & purrs."
				f.Birth = catalog.Birth{On: day(2024, 6, 15), Precision: "day"}
				f.AgeGroup, f.Size, f.Coat = "young", "medium", "short"
				f.Altered, f.HouseTrained, f.ShotsCurrent = new(true), new(true), new(true)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
				f.Colors = vocab.Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "White", Pattern: "tabby"}
				f.GoodWith = catalog.GoodWith{Dogs: new(false), Cats: new(true)} // NoDogs is 1, NoCats is 0, NoKids is blank
				f.Fee = catalog.Fee{Minor: new(int64(9550)), Currency: "USD", Waived: new(false)}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/walnut-1.jpg"}, {URL: "https://photos.example.org/walnut-2.jpg"}}
				f.Videos = []catalog.Video{{URL: "https://www.youtube.com/watch?v=abc123"}}
				f.Traits.Tags, f.Urgent = []string{"Curious", "Brave", "URGENT!"}, new(true)
			}),
			"S2026102": withFacts(minimalFacts("Pearl", "female", "on_hold"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size = "senior", "xlarge"
				f.Breed = vocab.Breed{Primary: "Siamese", Secondary: "Ragdoll", Mixed: new(true)}
				f.GoodWith = catalog.GoodWith{Dogs: new(true), Children: new(false)}
				f.SpecialNeeds, f.SpecialNeedsNotes = new(true), "Eye drops twice a day"
				f.Fee = catalog.Fee{Waived: new(true)} // the shelter does not want the amount shown
			}),
			"S2026105": withFacts(minimalFacts("Ember", "female", "adopted"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size = "kitten", "small"
				f.Breed.Primary = "Domestic Long Hair"
				f.Unparsed = map[string]string{"photos": "ember.jpg"} // only web addresses are photos
			}),
		},
		skipped: map[string]int{"found": 1, "not_a_cat": 1},
		errs:    map[int]string{7: "This ID already appears in line 2."},
	},
	"rescuegroups.csv": {
		format: "rescuegroups",
		facts: map[string]catalog.Facts{
			"RG-7": withFacts(minimalFacts("Biscuit", "male", "available"), func(f *catalog.Facts) {
				f.Description = "Biscuit rides in the car.\nHe knows his carrier.\n\nBring treats."
				f.AgeGroup, f.Size, f.Coat = "adult", "xlarge", "medium"
				f.Altered, f.HouseTrained, f.ShotsCurrent, f.Declawed = new(true), new(true), new(true), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Medium Hair", Secondary: "Maine Coon", Mixed: new(true)}
				f.Colors = vocab.Colors{Primary: "Tabby (Orange / Red)", Pattern: "tabby"}
				f.GoodWith = catalog.GoodWith{Dogs: new(true), Cats: new(false)}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/biscuit.jpg"}}
				f.Videos = []catalog.Video{{URL: "https://youtu.be/xyz"}}
				f.Unparsed = map[string]string{"photos": "biscuit-2.jpg"}
			}),
			"RG-8": withFacts(minimalFacts("Fog", "female", "pending"), func(f *catalog.Facts) {
				f.StatusReason = "Adoption Pending"
				f.AgeGroup, f.Breed.Primary, f.Courtesy = "kitten", "Russian Blue", new(true)
			}),
		},
		errs: map[int]string{4: `Unknown status for the format "rescuegroups". Correct it, or add its meaning to a format of your own (status).`},
	},
	"rescuegroups-older.csv": {
		format: "rescuegroups",
		facts: map[string]catalog.Facts{
			"C2026011": withFacts(minimalFacts("Clementine", "female", "available"), func(f *catalog.Facts) {
				f.Description = "Small.\nBold."
				f.AgeGroup, f.Size, f.Coat = "young", "small", "short"
				f.Altered, f.HouseTrained, f.ShotsCurrent, f.Declawed = new(true), new(true), new(false), new(false)
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(false)}
				f.Colors = vocab.Colors{Primary: "Calico", Pattern: "calico"}
				f.GoodWith, f.Courtesy = catalog.GoodWith{Cats: new(true), Children: new(false)}, new(false)
				f.Unparsed = map[string]string{"photos": "C2026011-1.jpg"}
			}),
		},
	},
	"adoptapet.csv": {
		format: "adoptapet",
		facts: map[string]catalog.Facts{
			"AP1": withFacts(minimalFacts("Moss", "male", "available"), func(f *catalog.Facts) {
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
			"AP2": withFacts(minimalFacts("Opal", "female", "adopted"), func(f *catalog.Facts) {
				f.AgeGroup, f.Size, f.WeightKg, f.FIV = "senior", "small", new(3.5), new(true)
				f.Breed = vocab.Breed{Primary: "Siamese", Mixed: new(false)} // Purebred is 1
				f.Traits.Leash = "no"
			}),
			"AP3": withFacts(minimalFacts("Gone", "female", "removed"), func(f *catalog.Facts) {
				f.StatusReason, f.Breed.Primary = "deleted", "Domestic Long Hair"
			}),
		},
	},
	"asm3.json": {
		format: "asm3",
		facts: map[string]catalog.Facts{
			"C2026-1": withFacts(minimalFacts("Juno", "female", "available"), func(f *catalog.Facts) { // SEX is 0
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
				f.Unparsed = map[string]string{"good_with.children": "from 5 years on"}
			}),
			"C2026-2": withFacts(minimalFacts("Bramble", "male", "pending"), func(f *catalog.Facts) {
				f.StatusReason, f.ListedAt = "reserved", day(2026, 5, 15)
				f.Courtesy, f.NeedsFoster, f.HiddenFrom.Classes = new(true), new(true), []string{"petfinder"}
				f.Birth = catalog.Birth{On: day(2026, 3, 10), Precision: "day"}
				f.Size = "xlarge"
				f.Altered, f.Declawed, f.SpecialNeeds, f.Microchipped = new(false), new(false), new(false), new(false)
				f.Breed = vocab.Breed{Primary: "Maine Coon", Secondary: "Domestic Long Hair", Mixed: new(true)}
				f.Unparsed = map[string]string{"good_with.cats": "selective"} // neither yes nor no
			}),
		},
		skipped: map[string]int{"not_a_cat": 1},
	},
	"asm3-import.csv": {
		format: "asm3-csv",
		facts: map[string]catalog.Facts{
			"K1": withFacts(minimalFacts("Kit", "female", "available"), func(f *catalog.Facts) {
				f.Description = "Kit is kind."
				f.Courtesy, f.Urgent = new(true), new(true)
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
			"K2": withFacts(minimalFacts("Kat", "male", "on_hold"), func(f *catalog.Facts) {
				f.StatusReason = "not for adoption"
				f.Birth = catalog.Birth{On: day(2026, 1, 5), Precision: "day"}
				f.Breed.Primary = "Domestic Short Hair"
				f.Unparsed = map[string]string{"good_with.children": "Over 12"}
			}),
		},
	},
	"shelterluv.json": {
		format: "shelterluv",
		facts: map[string]catalog.Facts{
			"381": withFacts(minimalFacts("Tansy", "female", "available"), func(f *catalog.Facts) {
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
			"382": withFacts(minimalFacts("Sorrel", "male", "pending"), func(f *catalog.Facts) {
				f.StatusReason = "Adoption Pending"
				f.Birth = catalog.Birth{On: day(2025, 10, 20), Precision: "month"}
				f.Altered = new(false)
				f.Breed.Primary = "Siamese"
				f.Traits.Tags = []string{"Dogs - Unknown"}
			}),
		},
		skipped: map[string]int{"not_a_cat": 1},
	},
	"trailcat.ndjson": {
		format: "trailcat",
		facts: map[string]catalog.Facts{
			"N-1": withFacts(minimalFacts("Ivy", "female", "available"), func(f *catalog.Facts) {
				f.Birth = catalog.Birth{On: day(2024, 5, 2), Precision: "month"}
				f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
				f.Colors.Primary = "Black"
				f.GoodWith = catalog.GoodWith{Dogs: new(false), Children: new(true)}
				f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("985112000000001")
				f.Traits = catalog.Traits{Leash: "yes", Tags: []string{"bold, bright", "lap|cat"}}
				f.Fee = catalog.Fee{Minor: new(int64(9500)), Currency: "CAD"}
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/ivy.jpg"}}
				f.Unparsed = map[string]string{"photos": "ftp://photos.example.org/ivy.jpg"}
			}),
			"N-3": withFacts(minimalFacts("Moss", "unknown", "on_hold"), func(f *catalog.Facts) {
				f.StatusReason = "foster"
				f.Photos = []catalog.Photo{{URL: "https://photos.example.org/moss.jpg"}}
			}),
		},
		errs: map[int]string{2: "The row is not valid JSON.", 4: "Expected a JSON object."},
	},
}

func TestLoad_SystemFiles(t *testing.T) {
	t.Parallel()

	for name, want := range systemFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := readSystem(t, name, "auto")
			if d.Format.Name != want.format {
				t.Errorf("got format %s, want %s", d.DetectedFormat, want.format)
			}
			cats, memory := newCatalog()
			report := load(t, cats, d)
			checkSystemFile(t, want, report, memory)

			logged := len(memory.log)
			if again := load(t, cats, readSystem(t, name, want.format)); again.Unchanged != report.Created || len(memory.log) != logged {
				t.Errorf("same file again: got %+v, want no change", again)
			}
		})
	}
}

func checkSystemFile(t *testing.T, want systemFile, report ingest.Report, memory *memory) {
	t.Helper()
	got := map[string]catalog.Facts{}
	for id, cat := range memory.cats {
		got[id] = cat.Facts
	}
	if diff := cmp.Diff(want.facts, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	errs := map[int]string{}
	for _, r := range report.Errors {
		errs[r.Line] = r.Reason
	}
	if want.errs == nil {
		want.errs = map[int]string{}
	}
	if diff := cmp.Diff(want.errs, errs); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if want.skipped == nil {
		want.skipped = map[string]int{}
	}
	if diff := cmp.Diff(want.skipped, report.SkippedByReason); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

func readSystem(t *testing.T, name, format string) *ingest.Dataset {
	t.Helper()
	f, err := ingest.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	return readFile(t, "testdata/systems/"+name, f, ingest.Options{Now: now})
}

func TestLoad_IgnoresPersonalData(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"shelterluv.json", "asm3.json", "asm3-import.csv"} {
		text, err := os.ReadFile("testdata/systems/" + name)
		if err != nil || !strings.Contains(string(text), "Example") {
			t.Fatalf("%s: got no personal data (%v), want some", name, err)
		}
		cats, memory := newCatalog()
		load(t, cats, readSystem(t, name, "auto"))
		for id, cat := range memory.cats {
			if diff := cmp.Diff(catalog.Facts{}, cat.Facts); strings.Contains(diff, "Example") || strings.Contains(diff, "9851120") {
				t.Errorf("%s: cat %s: got personal data or a microchip number, want neither:\n%s", name, id, diff)
			}
		}
	}
}

func TestWithPlace_DecidesCurrencyWeightUnitAndTimeZone(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	load(t, cats, readSystem(t, "asm3.json", "asm3").WithPlace("CA", "ON"))
	if cat := memory.cat(t, "C2026-1"); cat.Fee.Currency != "CAD" || *cat.WeightKg != 9 {
		t.Errorf("got a fee in %s and a weight of %v kg for Canada, want CAD and 9", cat.Fee.Currency, *cat.WeightKg)
	}
	if got, want := memory.cat(t, "C2026-1").ListedAt, day(2026, 4, 30).Add(14*time.Hour+15*time.Minute); !got.Equal(want) {
		t.Errorf("got listed at %v for 10:15 in Ontario, want %v", got, want)
	}
	load(t, cats, read(t, "name: zoned\nid: Id\ntime_zone: America/Denver\nfields:\n  name: Name\n  listed_at: On\n", "Id,Name,On\nZ1,Zoë,2026-01-05 08:00\n").WithPlace("CA", "ON"))
	if got, want := memory.cat(t, "Z1").ListedAt, day(2026, 1, 5).Add(15*time.Hour); !got.Equal(want) {
		t.Errorf("got listed at %v for 08:00 in a format of Denver, want %v", got, want)
	}
}

func TestImportCfg_MapsColumnsAndValues(t *testing.T) {
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
		"no header":             "",
		"header of the shelter": "Nr,Kind,Race,Called,Girl or boy,About,State,Kids\n",
		"header of Adopt-a-Pet": "Id,Animal,Breed,Name,Sex,Description,Status,GoodWKids\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			load(t, cats, read(t, string(cfg), header+rows))
			silver, moe := memory.cat(t, "44"), memory.cat(t, "46")
			if silver.Name != "Silver" || silver.Breed.Primary != "Domestic Short Hair" || silver.Status != catalog.Available || !*silver.GoodWith.Children {
				t.Errorf("got Silver %+v, want an available domestic short hair, good with children", silver.Facts)
			}
			if moe.Breed.Primary != "Domestic Short Hair" || *moe.GoodWith.Children {
				t.Errorf("got Moe %+v, want a domestic short hair, not good with children", moe.Facts)
			}
			if len(memory.cats) != 2 {
				t.Errorf("got %d cats, want 2 without the dog", len(memory.cats))
			}
		})
	}
}

func TestImportCfg_AsSoftwareWritesIt(t *testing.T) {
	t.Parallel()

	// With comments after columns and words, lines of Windows, and words of other animals.
	const cfg = "; import map, generated\r\n\r\n" +
		"#1:Id=Id                ; Required\r\n" +
		"#2:Animal=Animal            ; Required\r\n" +
		"Sugar Glider=Small Animal\r\nSmall&Furry=Small Animal\r\nHousecat=Cat ; our word\r\n" +
		"#3:Breed=Breed              ; Required\r\n" +
		"Moggy=Domestic Shorthair\r\nAngora Rabbit=Angora, English\r\n" +
		"#4:Breed2=Breed2\r\n#5:Purebred=Purebred ; Needs Y or N\r\n#6:Age=Age ; Puppy, Young, Adult, Senior\r\n" +
		"#7:Name=Name\r\n#8:Size=Size ; S,M,L,XL\r\n#9:Sex=Sex ; M or F\r\n#10:Description=Description\r\n" +
		"#11:Status=Status ; Available, Adopted, Deleted\r\n#12:GoodWKids=GoodWKids\r\n#21:HairLength=HairLength\r\n"
	cats, memory := newCatalog()
	load(t, cats, read(t, cfg, "7,Housecat,Moggy,,N,Young,Fern,M,F,Kind.,Available,1,,,,,,,,,Short\n8,Small&Furry,Moggy,,N,Young,Nib,S,F,,Available,,,,,,,,,,\n"))
	if len(memory.cats) != 1 {
		t.Errorf("got %d cats, want 1", len(memory.cats))
	}
	fern := memory.cat(t, "7")
	if fern.Breed.Primary != "Domestic Short Hair" || fern.Breed.Mixed == nil || !*fern.Breed.Mixed || fern.AgeGroup != "young" || fern.Coat != vocab.CoatShort || len(fern.Unparsed) != 0 {
		t.Errorf("got %+v, want a young domestic short hair mix with a short coat", fern.Facts)
	}
}

func TestImportCfg_Errors(t *testing.T) {
	t.Parallel()

	_, err := ingest.ParseFormat([]byte("; ours\nKitty=Cat\n#0:Id=Id\n#1:Id=Id\nnonsense\n"))
	const want = "The import.cfg has 3 errors. /: Line 2: Expected #position:column=field, or value=value after such a line.; " +
		"/: Line 3: Expected the position of a column from 1 to 1000, got 0.; /: Line 5: Expected #position:column=field, or value=value after such a line."
	if err == nil || strings.TrimSuffix(err.Error(), ".") != strings.TrimSuffix(want, ".") {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
