package ingest_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

func loadNative(t *testing.T, text []byte) *memory {
	t.Helper()
	cats, memory := newCatalog()
	report := load(t, cats, readNative(t, string(text)))
	if report.Rejected != 0 || report.Skipped != 0 {
		t.Fatalf("got report %+v, want no skipped or rejected rows", report)
	}
	return memory
}

func TestTemplate_ReadsAsItsExample(t *testing.T) {
	t.Parallel()

	cat := loadNative(t, ingest.Template()).cat(t, "EXAMPLE-1")
	if cat.Name != "Juniper" || *cat.WeightKg != 4.2 || *cat.Fee.Minor != 12500 || len(cat.Photos) != 2 || *cat.GoodWith.Cats || cat.GoodWith.Dogs != nil {
		t.Errorf("got example %+v, want Juniper", cat.Facts)
	}
	if len(cat.Unparsed) != 0 {
		t.Errorf("got unparsed values %v, want none", cat.Unparsed)
	}
}

// The native table reads back to the same facts, whatever they contain, and no
// field of it begins a formula.
func TestWriteCSV_RoundTrip(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(rt *rapid.T) {
		cats := rapid.SliceOfNDistinct(generatedCat(), 1, 4, func(c catalog.Cat) string { return c.ExternalID }).Draw(rt, "cats")
		var file bytes.Buffer
		if err := ingest.WriteCSV(&file, slices.Values(cats)); err != nil {
			rt.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		for _, field := range slices.Concat(records...) {
			if field != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(field)[0]) {
				rt.Fatalf("got field %q, want one that begins no formula", field)
			}
		}
		memory := loadNative(t, file.Bytes())
		for _, cat := range cats {
			cat.Normalize()
			if diff := cmp.Diff(cat.Facts, memory.cats[cat.ExternalID].Facts); diff != "" {
				rt.Fatalf("cat %q (-written +read):\n%s", cat.ExternalID, diff)
			}
		}
	})
}

// withoutPlaceholder returns what is read of a text: a placeholder is no text.
func withoutPlaceholder(text string) string {
	if vocab.IsPlaceholder(text) {
		return ""
	}
	return text
}

func withoutPlaceholders(list []string) []string { return slices.DeleteFunc(list, vocab.IsPlaceholder) }

// generatedCat generates valid cats with the facts that the native table has.
func generatedCat() *rapid.Generator[catalog.Cat] {
	return rapid.Custom(func(t *rapid.T) catalog.Cat {
		text := rapid.StringMatching(`[=+\-@＝＋－＠'"|;,\\ a-zA-Zé\t\n*.]{0,12}`)
		word := func(label string) string { return strings.TrimSpace(text.Draw(t, label)) }
		value := func(label string) string { return withoutPlaceholder(word(label)) }
		prose := func(label string) string { return withoutPlaceholder(ingest.PlainText(word(label))) }
		var f catalog.Facts
		f.Name = "m" + word("name")
		if rapid.Bool().Draw(t, "formula") {
			f.Name = rapid.SampledFrom([]string{"=", "＝", "＋", "－", "＠"}).Draw(t, "sign") + f.Name
		}
		f.Status = rapid.SampledFrom(catalog.Statuses()).Draw(t, "status")
		f.StatusReason = word("reason")
		f.StatusChangedAt, f.ListedAt = generatedTime(t, "changed"), generatedTime(t, "listed")
		f.AvailableOn, f.AdoptedOn = generatedTime(t, "available"), generatedTime(t, "adopted")
		f.Description, f.Summary, f.SpecialNeedsNotes = prose("description"), prose("summary"), prose("notes")
		if rapid.Bool().Draw(t, "born") {
			f.Birth = catalog.Birth{On: day(2020, 1, rapid.IntRange(1, 900).Draw(t, "birth")), Precision: rapid.SampledFrom(catalog.Precisions()).Draw(t, "precision")}
		}
		f.AgeGroup = rapid.SampledFrom(append(vocab.AgeGroups(), "")).Draw(t, "group")
		f.Sex = rapid.SampledFrom(vocab.Sexes()).Draw(t, "sex")
		f.Coat = rapid.SampledFrom(append(vocab.Coats(), "")).Draw(t, "coat")
		f.Size = rapid.SampledFrom(append(vocab.Sizes(), "")).Draw(t, "size")
		breed, color := rapid.SampledFrom(append(vocab.Breeds(), "")), rapid.SampledFrom(append(vocab.ColorNames(), ""))
		f.Breed = vocab.Breed{Primary: breed.Draw(t, "breed"), Secondary: breed.Draw(t, "breed 2"), Unknown: rapid.Bool().Draw(t, "unknown")}
		f.Colors = vocab.Colors{Primary: color.Draw(t, "color"), Secondary: color.Draw(t, "color 2"), Tertiary: color.Draw(t, "color 3"), Pattern: rapid.SampledFrom(append(vocab.Patterns(), "")).Draw(t, "pattern")}
		if rapid.Bool().Draw(t, "measured") {
			f.WeightKg, f.GirthCm, f.BodyLengthCm = new(float64(rapid.IntRange(50, 25000).Draw(t, "g"))/1000), new(31.5), new(40.0)
		}
		for _, fact := range catalog.FactTable() {
			if at, ok := fact.At.(func(*catalog.Facts) **bool); ok {
				*at(&f) = boolSetter(t)
			}
		}
		f.Traits = catalog.Traits{Energy: value("energy"), Leash: value("leash"), Travel: value("travel"), Crate: value("crate"), Tags: withoutPlaceholders(rapid.SliceOfN(text, 0, 4).Draw(t, "tags"))}
		f.BondedWith = withoutPlaceholders(rapid.SliceOfN(text, 0, 2).Draw(t, "bonded"))
		f.Temperament = rapid.SliceOfNDistinct(rapid.SampledFrom(vocab.Temperaments()), 0, 3, rapid.ID).Draw(t, "temperament")
		if rapid.Bool().Draw(t, "priced") {
			f.Fee.Minor, f.Fee.Currency = new(rapid.Int64Range(0, 1000000).Draw(t, "fee")), rapid.SampledFrom([]string{"USD", "CAD", "EUR"}).Draw(t, "currency")
		}
		for _, path := range rapid.SliceOfN(rapid.StringMatching(`[a-z0-9/,;|_=-]{1,9}[a-z]`), 0, 9).Draw(t, "photos") {
			f.Photos = append(f.Photos, catalog.Photo{URL: "https://example.org/" + path})
			f.Videos = append(f.Videos, catalog.Video{URL: "https://video.example.org/" + path})
		}
		f.FosterPostalCode = value("postal code")
		return catalog.Cat{ExternalID: "x" + word("id"), Facts: f}
	})
}

func boolSetter(t *rapid.T) *bool {
	return rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, "answer")
}

func generatedTime(t *rapid.T, label string) time.Time {
	return day(2020, 1, 1).Add(time.Duration(rapid.Int64Range(1, 1e14).Draw(t, label)) * time.Microsecond)
}

func TestLoad_KeepsCaptionsOfPhotos(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	const file = "external_id,name,photo_1,photo_2\n1,Zoë,https://example.org/b.jpg,https://example.org/a.jpg\n"
	load(t, cats, readNative(t, file))
	cat := memory.cats["1"]
	cat.Photos = []catalog.Photo{{URL: "https://example.org/a.jpg", Width: 800, Height: 600, Alt: "on a wall"}, {URL: "https://example.org/c.jpg"}}
	memory.cats["1"] = cat
	load(t, cats, readNative(t, file))
	want := []catalog.Photo{{URL: "https://example.org/b.jpg"}, {URL: "https://example.org/a.jpg", Width: 800, Height: 600, Alt: "on a wall"}}
	if diff := cmp.Diff(want, memory.cat(t, "1").Photos); diff != "" {
		t.Errorf("photos (-want +got):\n%s", diff)
	}
}

func TestLoad_FileWithoutStatusKeepsIt(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	for _, file := range []string{"external_id,name,status\n1,Zoë,on_hold\n", "external_id,name\n1,Zoë\n2,Bo\n"} {
		load(t, cats, readNative(t, file))
	}
	if first, second := memory.cat(t, "1").Status, memory.cat(t, "2").Status; first != catalog.OnHold || second != catalog.Available {
		t.Errorf("got statuses %s and %s, want on_hold and available", first, second)
	}
}

// A file restricts single cats. It keeps the restrictions if it has no columns for them,
// and a cat that cannot be hidden as stated is not published.
func TestLoad_RestrictsCats(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	load(t, cats, readNative(t, "external_id,name,hidden_from_classes,terms_license\n1,Zoë,aggregator|petfinder,cc-by-4.0\n2,Bo,,All rights reserved\n"))
	load(t, cats, readNative(t, "external_id,name\n1,Zoë\n2,Bo\n"))
	if diff := cmp.Diff([]string{"aggregator", "petfinder"}, memory.cat(t, "1").HiddenFrom.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	if got := memory.cat(t, "1").Terms.License; got != "CC-BY-4.0" {
		t.Errorf("got the license %q, want CC-BY-4.0", got)
	}
	if got := memory.cat(t, "2"); got.Terms.License != "" || got.Unparsed["terms.license"] != "All rights reserved" {
		t.Errorf("got the license %q and unparsed %v, want the words unparsed", got.Terms.License, got.Unparsed)
	}
	report := load(t, cats, readNative(t, "external_id,name,hidden_from_classes\n1,Zoë,\n3,Al,everybody\n"))
	if memory.cat(t, "1").HiddenFrom.Any() {
		t.Error("a blank did not remove the restriction")
	}
	if report.Rejected != 1 || report.Errors[0].Column != "hidden_from_classes" {
		t.Errorf("got %d rejected, errors %v, want the cat whose restriction is not understood", report.Rejected, report.Errors)
	}
}
