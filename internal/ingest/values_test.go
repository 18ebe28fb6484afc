package ingest_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// valuesFile is a file of testdata/values and how its values must be read.
type valuesFile struct {
	format  string
	country string
	facts   func(catalog.Facts) string // the facts that are compared
	want    map[string]string          // by external ID
}

var valuesFiles = map[string]valuesFile{
	"microchips.csv": {
		"asm3-csv", "US",
		func(f catalog.Facts) string {
			return fmt.Sprintf("%s, chipped %s, hash %t, breed unknown %t, unparsed %v", f.Name, triState(f.Microchipped), f.MicrochipHash != "", f.Breed.Unknown, f.Unparsed)
		},
		map[string]string{
			"M1":  "Ann, chipped false, hash false, breed unknown false, unparsed map[]",
			"M2":  "Bo, chipped unknown, hash false, breed unknown false, unparsed map[microchip:N/A]",
			"M3":  "Cy, chipped unknown, hash false, breed unknown false, unparsed map[microchip:0]",
			"M5":  "Ed, chipped true, hash false, breed unknown false, unparsed map[microchip:9.85E+14]",
			"M6":  "Fay, chipped true, hash false, breed unknown false, unparsed map[microchip:9.85E+14]",
			"M7":  "Gus, chipped true, hash true, breed unknown false, unparsed map[]",
			"M8":  "M8, chipped true, hash true, breed unknown true, unparsed map[name:N/A]",
			"M9":  "M9, chipped false, hash false, breed unknown false, unparsed map[name:Nil]",
			"M10": "M10, chipped true, hash false, breed unknown true, unparsed map[microchip:############### name:No]",
		},
	},
	"entities.csv": {
		"petfinder", "US",
		func(f catalog.Facts) string {
			var urls []string
			for _, p := range f.Photos {
				urls = append(urls, p.URL)
			}
			return strings.Join([]string{f.Name, f.Breed.Primary, f.Colors.Primary, f.Colors.Secondary, f.Description, f.SpecialNeedsNotes, strings.Join(f.Traits.Tags, ","), strings.Join(urls, " "), f.Unparsed["photos"]}, "|")
		},
		map[string]string{
			"E1": `O'Malley|Domestic Short Hair|Black & White / Tuxedo||He's a "lap" cat & purrs|Needs a diet & insulin|Loves kids & dogs|` +
				"https://x.example.org/a.jpg?w=1&h=2 https://cdn.example.org/b.jpg https://www.example.org/c.jpg http://x.example.org/d%20e.jpg HTTP://X.EXAMPLE.ORG/F.JPG|",
			"E2": "Tom & Jerry|Extra-Toes Cat / Hemingway Polydactyl|Gray & White||x|||https://x.example.org/ünï.jpg|" +
				"data:image/png;base64, ftp://x.example.org/a.jpg, /photos/1.jpg, javascript:alert(1)",
			"E3": "Zoë <3|Domestic Short Hair|||Café cat … 5 < 6 😺|||" +
				"https://x.example.org/a.jpg#frag https://x.example.org/a.jpg https://x.example.org/b.jpg https://x.example.org/c.jpg https://x.example.org/i.jpg https://localhost/a.jpg|https:///nohost.jpg",
		},
	},
	"names.csv": {
		"petfinder", "US",
		func(f catalog.Facts) string { return f.Name },
		map[string]string{"N1": `Max "The Cat"`, "N3": `"Max" & "Mia"`, "N4": "Max", "N5": "KFC"},
	},
	"id-as-name.json": {
		"auto", "US",
		func(f catalog.Facts) string { return f.Name },
		map[string]string{"SL-18": "SL-18"},
	},
	"ages.csv": {
		"trailcat", "US",
		func(f catalog.Facts) string {
			return strings.TrimSpace(fmt.Sprintf("%s %s %v", dayText(f.Birth.On), f.AgeGroup, f.Unparsed))
		},
		map[string]string{
			"A1": "none kitten map[]", "A2": "none kitten map[]", "A3": "none senior map[]", "A4": "none senior map[]",
			"A5": "none  map[age:2+ years]", "A6": "none  map[age:at least 5 years]",
			"A7": "2026-04-01  map[]", "A8": "2026-04-01  map[]",
			"A9": "none  map[age:3+ yrs]", "A10": "none  map[age:up to 2 years]",
			"A11": "2024-11-20  map[]", "A12": "none kitten map[]", "A13": "2024-11-20  map[]",
			"A14": "2024-05-20  map[name:N/A]",
		},
	},
	"videos.csv": {
		"adoptapet", "US",
		func(f catalog.Facts) string { return f.Videos[0].URL + " " + f.Videos[0].EmbedURL },
		map[string]string{
			"V1": "https://www.youtube.com/watch?v=dQw4w9WgXcQ https://www.youtube.com/embed/dQw4w9WgXcQ",
			"V2": "https://vimeo.com/123456789 https://player.vimeo.com/video/123456789",
		},
	},
	"impossible.csv": {
		"trailcat", "US",
		func(f catalog.Facts) string {
			text := dayText(f.Birth.On) + " " + string(f.Birth.Precision)
			if f.WeightKg != nil {
				text += fmt.Sprintf(" %g kg", *f.WeightKg)
			}
			if f.Fee.Minor != nil {
				text += fmt.Sprintf(" fee %d", *f.Fee.Minor)
			}
			return fmt.Sprintf("%s %s %v", text, dayText(f.ListedAt), f.Unparsed)
		},
		map[string]string{
			"B1": "none  4 kg 2026-05-20 map[birth:1970-01-01]",
			"B2": "none  4 kg 2026-05-20 map[birth:2035-01-01]",
			"B3": "none  4 kg 2026-05-20 map[birth:2021-02-30]",
			"B4": "2021-03-04 day 2026-05-20 map[weight_kg:850]",
			"B5": "2021-03-01 month 4 kg 2026-05-20 map[]",
			"B6": "none  4 kg 2026-05-20 map[birth:1899-12-30]",
			"B7": "2021-01-01 year 2026-05-20 map[fee:999999999 listed_at:1900-01-01 weight_kg:-3]",
			"B8": "none  4 kg fee 5000 2026-01-02 map[birth:1900-01-01]",
		},
	},
	"day-first.csv": {
		"auto", "CA",
		func(f catalog.Facts) string { return dayText(f.Birth.On) + " " + dayText(f.ListedAt) },
		map[string]string{"C1": "2022-11-05 2026-10-25", "C2": "2023-04-13 2026-11-01", "C3": "2025-06-09 2025-09-06"},
	},
	"tables.csv": {
		"petfinder", "US",
		func(f catalog.Facts) string { return f.Description },
		map[string]string{"H1": "Good with dogs: Yes\nCats: Unknown", "H2": "Write to <adopt@example.org> please"},
	},
}

func triState(b *bool) string {
	if b == nil {
		return "unknown"
	}
	return strconv.FormatBool(*b)
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.Format(time.DateOnly)
}

func TestLoad_Values(t *testing.T) {
	t.Parallel()

	for name, file := range valuesFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			f, err := ingest.Find(file.format)
			if err != nil {
				t.Fatal(err)
			}
			d := readFile(t, "testdata/values/"+name, f, ingest.Options{Now: now, Country: file.country})
			if r := load(t, cats, d); r.Created != len(file.want) || r.Rejected > 0 {
				t.Errorf("got %+v, want %d cats created", r, len(file.want))
			}
			got := map[string]string{}
			for id, cat := range memory.cats {
				got[id] = file.facts(cat.Facts)
			}
			if diff := cmp.Diff(file.want, got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_WarnsOfValuesThatAreNotUnderstood(t *testing.T) {
	t.Parallel()

	cats, _ := newCatalog()
	long := strings.Repeat("Ann ", 60)
	d := read(t, "name: small\nid: Id\nfields: {name: Name, birth: Born, weight_kg: {from: Weight, unit: kg}, size: Size}",
		"Id,Name,Born,Weight,Size\n1,Ann,2035-01-01,4,gigantic\n2,None,05/11/2022,4,gigantic\n3,Cy,25/10/2022,900,S\n4,Di,10/25/2022,4,gigantic\n5,"+long+",,,\n")
	got := load(t, cats, d)
	want := []ingest.ValueWarning{
		{Column: "Born", Value: "2035-01-01", Code: "impossible_value", Line: 2, Rows: 1},
		{Column: "Size", Value: "gigantic", Code: "not_understood", Line: 2, Rows: 3},
		{Column: "Name", Value: "None", Code: "placeholder", Line: 3, Rows: 1},
		{Column: "Born", Value: "05/11/2022", Code: "ambiguous_date", Line: 3, Rows: 1},
		{Column: "Weight", Value: "900", Code: "impossible_value", Line: 4, Rows: 1},
		{Column: "Name", Value: long[:120] + "…", Code: "too_long", Line: 6, Rows: 1},
	}
	messages := map[string]string{"900": "Must be between 0.05 and 25 kg.", "2035-01-01": "Must not be in the future.", "gigantic": "Expected small, medium, large or xlarge."}
	for i, w := range got.Warnings {
		if want, ok := messages[w.Value]; w.Message == "" || ok && w.Message != want {
			t.Errorf("%s: got the message %q, want %q", w.Value, w.Message, want)
		}
		got.Warnings[i].Message = ""
	}
	byLine := func(a, b ingest.ValueWarning) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(got.Warnings, byLine)
	slices.SortFunc(want, byLine)
	if diff := cmp.Diff(want, got.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if got.WarningCount != 8 || got.Created != 5 {
		t.Errorf("got %d values and %d cats, want 8 and 5", got.WarningCount, got.Created)
	}
}

func TestLoad_LimitsTheWarnings(t *testing.T) {
	t.Parallel()

	var rows strings.Builder
	for i := range 250 {
		fmt.Fprintf(&rows, "%d,Ann,size %c%d\n", i, 'a'+i%26, i)
	}
	cats, _ := newCatalog()
	got := load(t, cats, read(t, "name: small\nid: Id\nfields: {name: Name, size: Size}", "Id,Name,Size\n"+rows.String()))
	if len(got.Warnings) != 200 || got.WarningCount != 250 {
		t.Errorf("got %d warnings of %d values, want 200 of 250", len(got.Warnings), got.WarningCount)
	}
}

func TestLoad_OrderOfDates(t *testing.T) {
	t.Parallel()

	const rows = "Id,Name,Born,Came\n1,Ann,05/11/2022,06/09/2026\n"
	for name, test := range map[string]struct {
		format, country, more, want string
	}{
		"the United States":                   {"", "US", "", "2022-05-11 2026-06-09"},
		"no country":                          {"", "", "", "2022-05-11 2026-06-09"},
		"another country":                     {"", "GB", "", "2022-11-05 2026-09-06"},
		"the column proves the day first":     {"", "US", "2,Bo,25/12/2021,\n", "2022-11-05 2026-09-06"},
		"another column proves the day first": {"", "US", "2,Bo,,25/12/2021\n", "2022-11-05 2026-09-06"},
		"the column proves the month first":   {"", "GB", "2,Bo,12/25/2021,\n", "2022-05-11 2026-06-09"},
		"each column proves its own":          {"", "US", "2,Bo,12/25/2021,25/12/2021\n", "2022-05-11 2026-09-06"},
		"a column contradicts itself":         {"", "US", "2,Bo,12/25/2021,\n3,Cy,25/12/2021,\n", "none 2026-06-09"},
		"a skipped row proves the day first":  {"skip: [{reason: dog, when: {Name: Rex}}]\n", "US", "2,Rex,25/12/2021,\n", "2022-11-05 2026-09-06"},
		"the format states the order":         {"dates: day_first\n", "US", "", "2022-11-05 2026-09-06"},
		"the format overrules what is proven": {"dates: month_first\n", "US", "2,Bo,25/12/2021,\n", "2022-05-11 2026-06-09"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f, err := ingest.ParseFormat([]byte("name: small\nid: Id\n" + test.format + "fields: {name: Name, birth: Born, listed_at: Came}"))
			if err != nil {
				t.Fatal(err)
			}
			d, err := ingest.Read(strings.NewReader(rows+test.more), f, ingest.Options{Now: now, Country: test.country})
			if err != nil {
				t.Fatal(err)
			}
			cats, memory := newCatalog()
			load(t, cats, d)
			cat := memory.cat(t, "1")
			if got := dayText(cat.Birth.On) + " " + dayText(cat.ListedAt); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestLoad_KeepsTheFirstPhotosOfTooMany(t *testing.T) {
	t.Parallel()

	var urls []string
	for i := range catalog.MaxPhotos + 1 {
		urls = append(urls, fmt.Sprintf("https://example.org/%d.jpg", i))
	}
	cats, memory := newCatalog()
	load(t, cats, read(t, "name: small\nid: Id\nfields: {name: Name, photos: Photos}", "Id,Name,Photos\n1,Ann,"+strings.Join(urls, "|")+"\n"))
	cat := memory.cat(t, "1")
	if len(cat.Photos) != catalog.MaxPhotos || cat.Unparsed["photos"] != urls[catalog.MaxPhotos] {
		t.Errorf("got %d photos and unparsed %q, want %d and %s", len(cat.Photos), cat.Unparsed["photos"], catalog.MaxPhotos, urls[catalog.MaxPhotos])
	}
}
