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

func TestFormats_ParseAndMatchTheirFiles(t *testing.T) {
	t.Parallel()

	entries, err := os.ReadDir("formats")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range ingest.Formats() {
		names = append(names, f.Name+".yaml")
		if f.Title == "" || f.About == "" {
			t.Errorf("format %s: got no title or description, want both", f.Name)
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
	if diff := cmp.Diff(files, names); diff != "" {
		t.Errorf("files and formats differ (-files +formats):\n%s", diff)
	}
}

func TestFind_UnknownName(t *testing.T) {
	t.Parallel()

	_, err := ingest.Find("montgomry")
	const want = `Unknown format "montgomry". Expected one of auto, adoptapet, asm3-csv, asm3-movements, asm3, austin, kingcounty, longbeach, montgomery, petfinder, petpoint, rescuegroups, shelterluv, sonoma, trailcat. Did you mean "montgomery"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRead_FormatMatchesOnlyItsOwnFile(t *testing.T) {
	t.Parallel()

	for name, file := range files {
		head := headOf(t, file.path)
		for _, f := range ingest.Formats() {
			_, err := ingest.Read(strings.NewReader(head), f, ingest.Options{Now: now})
			switch {
			case f.Name == file.format && err != nil:
				t.Errorf("%s: %v", name, err)
			case f.Name != file.format && (err == nil || !strings.Contains(err.Error(), `It has all columns of format "`+file.format+`"`)):
				t.Errorf("%s read as %s: got error %v, want one that names %s", name, f.Name, err, file.format)
			}
		}
	}
}

// headOf returns the header and the first row of a compressed file.
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

func TestParseFormat_ReportsAllErrorsAtOnce(t *testing.T) {
	t.Parallel()

	_, err := ingest.ParseFormat([]byte(`name: My Format
colums: [A]
time_zone: Mars/Olympus
skip:
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
		`/colums: Line 2: Unknown key "colums". Did you mean "columns"?`,
		`/time_zone: Line 3: Unknown time zone "Mars/Olympus". Expected a name such as America/New_York.`,
		`/skip/0/when/A/cat: Line 5: Expected true or false.`,
		`/skip/0: Line 5: Expected reason, a code for the report, and when.`,
		`/status/0/is: Line 7: Expected one of available, pending, on_hold, adopted, removed, got "lost".`,
		`/fields/name/form: Line 9: Unknown key "form". Did you mean "from"?`,
		`/fields/name: Line 9: Missing from: the column that the fact is read from.`,
		`/fields/bread: Line 10: Unknown fact. Did you mean "breed"?`,
		`/fields/fee: Line 11: Missing currency: an ISO 4217 code such as USD.`,
		`/fields/sex/inverted: Line 12: Unknown key "inverted". Expected one of from, only, or, past, values, when.`,
		"/fields/age/only: Line 13: Invalid regular expression: error parsing regexp: missing closing ): `(`.",
		`/fields/age: Line 13: Missing from: the column that the fact is read from.`,
		`/fields/name: Line 14: name appears more than once.`,
		`/: Line 1: Missing or invalid name. Use lower-case letters, digits and hyphens, at most 40 characters.`,
		`/: Line 1: Missing id: the column with the shelter's own ID of the cat.`,
	}
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok {
		t.Fatalf("got %v, want a list of errors", err)
	}
	var got []string
	for _, fieldErr := range e.Fields {
		got = append(got, fieldErr.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestParseFormat_NotAFormat(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ text, want string }{
		"nothing":  {"", "The format is empty."},
		"not YAML": {"a: [", "The format is not YAML: line 2: did not find expected node content."},
		"a string": {"hello", "The format has 4 errors. /: Line 1: Expected a mapping of names to values."},
		"a list":   {"[a, b]", "The format has 4 errors. /: Line 1: Expected a mapping of names to values."},
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

// fullFormat uses all settings of a format.
const fullFormat = `
name: full
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
  temperament: mood
  traits.tags: tags
  bonded_with: friends
  photos: [photo1, photo2]
  videos: video
  special_needs_notes: {from: needs, prefix: "Needs "}
  age_group: age
  summary: {from: story, only: '^[^.]*\.'}
`

const fullFormatFile = "id,code,state,name,free,since,weight,girth,nodogs,cats,claws,fee,energy,mood,tags,friends,photo1,photo2,video,needs,age,story\n" +
	`7,,A,ZOË,6/1/2026,2026-05-01 08:30:00,8 lb 4 oz,12,Yes,Selective,,"$1,250.50",4,"Very playful; gênée|not mean","calm, lap cat;calm",8|9,https://e.org/a,b.jpg;https://e.org/a?x=1;https://e.org/b,https://e.org/v,a diet,Baby,A cat. More.` + "\n"

func TestRead_AllSettingsOfAFormat(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	if r := load(t, cats, read(t, fullFormat, fullFormatFile)); r.Created != 1 {
		t.Fatalf("got report %+v, want 1 cat created", r)
	}
	got := memory.cat(t, "7").Facts
	want := catalog.Facts{
		Name: "Zoë", Status: catalog.Available, StatusChangedAt: now,
		AvailableOn: day(2026, 6, 1), ListedAt: day(2026, 5, 1).Add(13*60*60e9 + 30*60e9),
		WeightKg: new(3.742), GirthCm: new(30.48),
		GoodWith: catalog.GoodWith{Dogs: new(false)}, Declawed: new(false),
		Fee:         catalog.Fee{Minor: new(int64(125050)), Currency: "USD"},
		Temperament: []string{"playful", "shy"}, Traits: catalog.Traits{Energy: "4", Tags: []string{"calm", "lap cat"}}, BondedWith: []string{"8", "9"},
		Photos: []catalog.Photo{{URL: "https://e.org/a"}, {URL: "https://e.org/a?x=1"}, {URL: "https://e.org/b"}},
		Videos: []catalog.Video{{URL: "https://e.org/v"}}, SpecialNeedsNotes: "Needs a diet", AgeGroup: "kitten", Summary: "A cat.",
		Sex: "unknown", Unparsed: map[string]string{"photos": "b.jpg", "temperament": "not mean"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// The example in docs/import.md works.
func TestParseFormat_ExampleOfTheManual(t *testing.T) {
	t.Parallel()

	manual, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	format := fenced(t, string(manual), "yaml")
	cats, memory := newCatalog()
	r := load(t, cats, read(t, format, fenced(t, string(manual), "csv")))
	want := ingest.Report{
		Format: "happy-tails", Rows: 4, Created: 2, Skipped: 1, Rejected: 1, SkippedByReason: map[string]int{"not_a_cat": 1}, Statuses: statuses{"available": 1, "pending": 1},
		Errors: []ingest.RowError{{Line: 5, Column: "State", Value: "lost?", Reason: `Unknown status for the format "happy-tails". Correct it, or add its meaning to a format of your own (status).`, ExternalID: "HT-14"}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if cat := memory.cat(t, "HT-11"); cat.Name != "Mishka" || *cat.GoodWith.Dogs || *cat.Fee.Minor != 8500 || cat.Description != "Loves laps.\nHates rain." {
		t.Errorf("got first cat %+v, want Mishka as in the example", cat.Facts)
	}
}

// fenced returns the first block of a language in a Markdown text.
func fenced(t *testing.T, markdown, language string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(markdown)
	if found == nil {
		t.Fatalf("got no %s block, want one", language)
	}
	return found[1]
}
