package ingest_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

func TestFormats(t *testing.T) {
	t.Parallel()

	entries, err := os.ReadDir("formats")
	if err != nil {
		t.Fatal(err)
	}
	var built []string
	for _, f := range ingest.Formats() {
		built = append(built, f.Name+".yaml")
		if f.Title == "" || f.About == "" {
			t.Errorf("format %s lacks a title or a description", f.Name)
		}
	}
	var files []string
	for _, e := range entries {
		files = append(files, e.Name())
		text, err := os.ReadFile("formats/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest.ParseFormat(text); err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
	}
	if diff := cmp.Diff(files, built); diff != "" {
		t.Errorf("files and formats differ (-files +formats):\n%s", diff)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()

	_, err := ingest.Find("montgomry")
	const want = `There is no format "montgomry". Built in are auto, adoptapet, asm3-csv, asm3-movements, asm3, austin, kingcounty, longbeach, montgomery, petfinder, rescuegroups, shelterluv, sonoma, trailcat. Did you mean "montgomery"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestEveryFormatFitsItsFileAndNoOther(t *testing.T) {
	t.Parallel()

	for name, file := range files {
		head := headOf(t, file.path)
		for _, f := range ingest.Formats() {
			_, err := ingest.Read(strings.NewReader(head), f, ingest.Options{Now: now})
			switch {
			case f.Name == file.format && err != nil:
				t.Errorf("%s: %v", name, err)
			case f.Name != file.format && (err == nil || !strings.Contains(err.Error(), `It has all columns of format "`+file.format+`"`)):
				t.Errorf("%s read as %s: %v, want to be told that it is %s", name, f.Name, err, file.format)
			}
		}
	}
}

// headOf is the header of a packed file, and its first row.
func headOf(t *testing.T, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(unpacked)
	header, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	row, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return header + row
}

func TestAllFaultsOfAFormatAreToldAtOnce(t *testing.T) {
	t.Parallel()

	_, err := ingest.ParseFormat([]byte(`name: My Format
colums: [A]
time_zone: Mars/Olympus
aside:
  - when: {A: {cat: maybe}}
status:
  - is: lost
fields:
  name: {form: A}
  bread: B
  fee: F
  sex: {from: S, inverted: yes}
  age: {from: [], only: "("}
  name: B
`))
	want := []string{
		`/colums: line 2: is not known here; did you mean "columns"?`,
		`/time_zone: line 3: "Mars/Olympus" is no time zone such as America/New_York`,
		`/aside/0/when/A/cat: line 5: is neither true nor false`,
		`/aside/0: line 5: needs "as", a word for the report, and "when"`,
		`/status/0/is: line 7: "lost" is none of available, pending, on_hold, adopted, removed`,
		`/fields/name/form: line 9: is not known here; did you mean "from"?`,
		`/fields/name: line 9: needs "from", the column that tells it`,
		`/fields/bread: line 10: is no fact that a format can tell; did you mean "breed"?`,
		`/fields/fee: line 11: needs "currency", an ISO 4217 code such as USD`,
		`/fields/sex/inverted: line 12: is not known here; there are from, only, or, past, values, when`,
		"/fields/age/only: line 13: is no regular expression: error parsing regexp: missing closing ): `(`",
		`/fields/age: line 13: needs "from", the column that tells it`,
		`/fields/name: line 14: stands here twice`,
		`/: line 1: name: a format needs a name of small letters, digits and hyphens, at most 40`,
		`/: line 1: id: say which column holds the shelter's own id for the cat`,
	}
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok {
		t.Fatalf("got %v, want a list of faults", err)
	}
	var got []string
	for _, fault := range e.Faults {
		got = append(got, fault.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoFormatAtAll(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ text, want string }{
		"nothing": {"", "The format is empty."},
		"no YAML": {"a: [", "The format is not YAML: line 1: did not find expected node content."},
		"a text":  {"hello", "The format has 4 faults. /: line 1: is not a mapping of names to values;"},
		"a list":  {"[a, b]", "The format has 4 faults. /: line 1: is not a mapping of names to values;"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := ingest.ParseFormat([]byte(test.text))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// everything is a format that uses all the settings there are.
const everything = `
name: everything
columns: [id]
id: [code, id]
time_zone: America/Chicago
status:
  from: state
  values: {A: available, X: adopted, "*other": on_hold}
fields:
  name: name
  available_on: free
  listed_at: since
  weight_kg: {from: weight, unit: lb}
  girth_cm: {from: girth, unit: in}
  good_with.dogs: {from: nodogs, inverted: true}
  good_with.cats: {from: cats, values: {selective: "unknown"}}
  declawed: {from: claws, values: {"*": "yes", "": "no"}}
  fee: {from: fee, currency: USD}
  traits.energy: energy
  traits.tags: tags
  bonded_with: friends
  photos: [photo1, photo2]
  videos: video
  special_needs_notes: {from: needs, prefix: "Needs "}
  age_group: age
  summary: {from: story, only: '^[^.]*\.'}
`

const everythingFile = "id,code,state,name,free,since,weight,girth,nodogs,cats,claws,fee,energy,tags,friends,photo1,photo2,video,needs,age,story\n" +
	`7,,A,ZOË,6/1/2026,2026-05-01 08:30:00,8 lb 4 oz,12,Yes,Selective,,"$1,250.50",4,"calm, lap cat;calm",8|9,https://e.org/a,b.jpg;https://e.org/a?x=1;https://e.org/b,https://e.org/v,a diet,Baby,A cat. More.` + "\n"

func TestEverythingThatAFormatCanSay(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	if r := load(t, cats, read(t, everything, everythingFile)); r.Created != 1 {
		t.Fatalf("report is %+v", r)
	}
	got := memory.cat(t, "7").Facts
	want := catalog.Facts{
		Name: "Zoë", Status: catalog.Available, StatusChangedAt: now,
		AvailableOn: day(2026, 6, 1), ListedAt: day(2026, 5, 1).Add(13*60*60e9 + 30*60e9),
		WeightKg: new(3.742), GirthCm: new(30.48),
		GoodWith: catalog.GoodWith{Dogs: new(false)}, Declawed: new(false),
		Fee:    catalog.Fee{Minor: new(int64(125050)), Currency: "USD"},
		Traits: catalog.Traits{Energy: "4", Tags: []string{"calm", "lap cat"}}, BondedWith: []string{"8", "9"},
		Photos: []catalog.Photo{{URL: "https://e.org/a"}, {URL: "https://e.org/a?x=1"}, {URL: "https://e.org/b"}},
		Videos: []catalog.Video{{URL: "https://e.org/v"}}, SpecialNeedsNotes: "Needs a diet", AgeGroup: "kitten", Summary: "A cat.",
		Sex: "unknown", Raw: map[string]string{"photos": "b.jpg"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// The example in the manual is one that works.
func TestTheManualsExample(t *testing.T) {
	t.Parallel()

	manual, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	mapping := fenced(t, string(manual), "yaml")
	cats, memory := newCatalog()
	r := load(t, cats, read(t, mapping, fenced(t, string(manual), "csv")))
	want := ingest.Report{
		Format: "happy-tails", Rows: 4, Created: 2, Skipped: 1, Rejected: 1, SkippedByReason: map[string]int{"not_a_cat": 1},
		Errors: []ingest.RowError{{Line: 5, Column: "State", Value: "lost?", Reason: `is no status that format "happy-tails" knows`, ExternalID: "HT-14"}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if cat := memory.cat(t, "HT-11"); cat.Name != "Mishka" || *cat.GoodWith.Dogs || *cat.Fee.Minor != 8500 || cat.Description != "Loves laps.\nHates rain." {
		t.Errorf("the example's first cat is %+v", cat.Facts)
	}
}

// fenced is the first block of a language in a Markdown text.
func fenced(t *testing.T, markdown, language string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(markdown)
	if found == nil {
		t.Fatalf("the manual has no %s", language)
	}
	return found[1]
}
