package ingest_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

func auto(t *testing.T, text string) (*ingest.Dataset, error) {
	t.Helper()
	return ingest.Read(strings.NewReader(text), format(t, ingest.Auto), ingest.Options{Now: now})
}

func TestAutoFindsTheFormatOfEveryRealFile(t *testing.T) {
	t.Parallel()

	for name, file := range files {
		l, err := auto(t, headOf(t, file.path))
		if err != nil || l.Format.Name != file.format {
			t.Errorf("%s: %v, want %s", name, err, file.format)
		}
	}
}

func TestAutoSaysWhatItTookAFileForAndWhy(t *testing.T) {
	t.Parallel()

	l, err := auto(t, "external_id,name\n1,Zoë\n")
	if err != nil {
		t.Fatal(err)
	}
	const want = "trailcat (Trailcat's own table or NDJSON), by its columns external_id, name"
	if l.DetectedFormat != want {
		t.Errorf("got  %s\nwant %s", l.DetectedFormat, want)
	}
}

func TestWhatAutoCannotTell(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ text, want string }{
		"a file that lacks one column": {
			"ID,AnimalName,PrimaryBreed,SecondaryBreed,Sex,Size,Age,Desc,Type,Status,Shots,Altered,NoDogs,NoCats,NoChildren,Housetrained,Declawed,specialNeeds,Mix,photo1\n1\n",
			`It comes closest to "petfinder", but has no column "NoKids".`,
		},
		"a file of nothing that is known": {"a,b,c\n1,2,3\n", "Its columns are a, b, c."},
		"an empty list":                   {`{"animals": []}`, "The file has no rows, so that it cannot be told what it is. Name its format:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := auto(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) || catalog.KindOf(err) != catalog.Malformed {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()

	const zoe, bo = `{"external_id":"1","name":"Zoë"}`, `{"external_id":"2","name":"Bo"}`
	tests := map[string]struct {
		text    string
		names   string
		partial bool
	}{
		"an array":                        {"[" + zoe + ",\n" + bo + "]", "Zoë Bo", false},
		"objects line by line":            {zoe + "\n" + bo + "\n", "Zoë Bo", false},
		"objects on one line":             {zoe + bo, "Zoë Bo", false},
		"one object":                      {zoe, "Zoë", false},
		"a list under a name":             {`{"cats":[` + zoe + `]}`, "Zoë", false},
		"a page of a list":                {`{"animals":[` + zoe + `],"has_more":true}`, "Zoë", true},
		"all pages of a list":             {`{"animals":[` + zoe + `],"has_more":true}` + "\n" + `{"animals":[` + bo + `],"has_more":false}`, "Zoë Bo", false},
		"a byte order mark":               {"\ufeff[" + zoe + "]", "Zoë", false},
		"an object that is cut off":       {zoe + "\n" + bo[:10], "Zoë", false},
		"an object that is broken before": {bo[:10] + "\n" + zoe, "Zoë", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := readSystemText(t, test.text)
			cats, memory := newCatalog()
			load(t, cats, l)
			var names []string
			for _, id := range l.ExternalIDs() {
				names = append(names, memory.cat(t, id).Name)
			}
			if got := strings.Join(names, " "); got != test.names || l.Partial != test.partial {
				t.Errorf("got %q, partial %v; want %q, %v", got, l.Partial, test.names, test.partial)
			}
		})
	}
}

func readSystemText(t *testing.T, text string) *ingest.Dataset {
	t.Helper()
	l, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestJSONThatCannotBeRead(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"an array that is cut off":  "[\n" + `{"external_id":"1","name":"Zoë"},`,
		"an object that is cut off": `{"external_id":"1"`,
	} {
		_, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now})
		if err == nil || !strings.Contains(err.Error(), "The file is JSON that cannot be read: the value that begins in line 1 is broken or cut off") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNullInJSONMakesAFactUnknownAndSilenceLeavesIt(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	for _, text := range []string{
		`{"external_id":"1","name":"Zoë","birth":{"date":"2024-01-02","precision":"day"},"coat":"short","good_with":{"dogs":true}}`,
		`{"external_id":"1","name":"Zoë","birth":null,"good_with":{"dogs":null}}`,
	} {
		load(t, cats, readSystemText(t, text))
	}
	cat := memory.cat(t, "1")
	if !cat.Birth.On.IsZero() || cat.GoodWith.Dogs != nil {
		t.Errorf("birth is %v and dogs %v, want both unknown", cat.Birth, cat.GoodWith.Dogs)
	}
	if cat.Coat != "short" {
		t.Errorf("a file without coats made it %q", cat.Coat)
	}
}

func TestAnEmptyFileIsAListingOnlyWhereItMayBe(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"a header":      "external_id,name\n",
		"nothing":       "",
		"an empty list": `{"animals":[]}`,
	} {
		may := ingest.Options{Now: now, AllowEmpty: true}
		if l, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), may); err != nil || l.Len() != 0 {
			t.Errorf("%s: %v, want a listing of no cat", name, err)
		}
		if _, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now}); err == nil {
			t.Errorf("%s is taken without having been allowed", name)
		}
	}
}

// A broken line costs itself and nothing else, whatever stands in it.
func TestABrokenLineOfNDJSONNeverStopsAGoodOne(t *testing.T) {
	t.Parallel()

	good := []string{`{"external_id":"g1","name":"Zoë"}`, `{"external_id":"g2","name":"Bo","photos":[]}`, `{"external_id":"g3","name":"A }{ b"}`}
	rapid.Check(t, func(rt *rapid.T) {
		wrong := rapid.StringMatching(`[{}\[\]a1",:. \\n-]{1,12}`)
		lines := good[:1:1]
		for _, line := range good[1:] {
			lines = append(lines, "{"+wrong.Draw(rt, "wrong"), line)
		}
		file := strings.Join(lines, "\n")
		l, err := ingest.Read(strings.NewReader(file), format(t, "trailcat"), ingest.Options{Now: now})
		if err != nil {
			rt.Fatal(err)
		}
		if got := strings.Join(l.ExternalIDs(), " "); got != "g1 g2 g3" {
			rt.Errorf("read %s of\n%s", got, file)
		}
	})
}
