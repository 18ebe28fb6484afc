package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/ingest"
)

func TestJSON_Layouts(t *testing.T) {
	t.Parallel()

	const zoe, bo = `{"external_id":"1","name":"Zoë"}`, `{"external_id":"2","name":"Bo"}`
	tests := map[string]struct {
		text    string
		names   string
		partial bool
	}{
		"an array":              {"[" + zoe + ",\n" + bo + "]", "Zoë Bo", false},
		"objects line by line":  {zoe + "\n" + bo + "\n", "Zoë Bo", false},
		"objects on one line":   {zoe + bo, "Zoë Bo", false},
		"one object":            {zoe, "Zoë", false},
		"a list under a name":   {`{"cats":[` + zoe + `]}`, "Zoë", false},
		"a page of a list":      {`{"animals":[` + zoe + `],"has_more":true}`, "Zoë", true},
		"all pages of a list":   {`{"animals":[` + zoe + `],"has_more":true}` + "\n" + `{"animals":[` + bo + `],"has_more":false}`, "Zoë Bo", false},
		"a byte order mark":     {"\ufeff[" + zoe + "]", "Zoë", false},
		"a truncated object":    {zoe + "\n" + bo[:10], "Zoë", false},
		"a broken object first": {bo[:10] + "\n" + zoe, "Zoë", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := readNative(t, test.text)
			cats, memory := newCatalog()
			load(t, cats, d)
			var names []string
			for _, id := range d.ExternalIDs() {
				names = append(names, memory.cat(t, id).Name)
			}
			if got := strings.Join(names, " "); got != test.names || d.Partial != test.partial {
				t.Errorf("got %q, partial %v; want %q, %v", got, d.Partial, test.names, test.partial)
			}
		})
	}
}

func readNative(t *testing.T, text string) *ingest.Dataset {
	t.Helper()
	d, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJSON_TruncatedFile(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"a truncated array":  "[\n" + `{"external_id":"1","name":"Zoë"},`,
		"a truncated object": `{"external_id":"1"`,
	} {
		_, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now})
		if err == nil || !strings.Contains(err.Error(), "Invalid JSON: the value that begins in line 1 is broken or truncated") {
			t.Errorf("%s: got error %v, want one about line 1", name, err)
		}
	}
}

func TestJSON_NullClearsAFactAndAbsenceKeepsIt(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	for _, text := range []string{
		`{"external_id":"1","name":"Zoë","birth":{"date":"2024-01-02","precision":"day"},"coat":"short","good_with":{"dogs":true}}`,
		`{"external_id":"1","name":"Zoë","birth":null,"good_with":{"dogs":null}}`,
	} {
		load(t, cats, readNative(t, text))
	}
	cat := memory.cat(t, "1")
	if !cat.Birth.On.IsZero() || cat.GoodWith.Dogs != nil {
		t.Errorf("got birth %v and dogs %v, want both unknown", cat.Birth, cat.GoodWith.Dogs)
	}
	if cat.Coat != "short" {
		t.Errorf("got coat %q, want short: the file has no coat", cat.Coat)
	}
}

// Whether a JSON file has a status is only known at its end.
func TestJSON_StatusInLaterRows(t *testing.T) {
	t.Parallel()

	const f = "name: small\ncolumns: [id]\nid: id\nstatus: {from: status, values: {A: available}}\nfields: {name: name}\n"
	const first, later = `{"id":"1","name":"Ann"}` + "\n", `{"id":"2","name":"Bo","status":"A"}` + "\n"
	tests := map[string]struct{ file, ids string }{
		"no status":      {first, "1"},
		"a later status": {first + later, "2"},
		"a first status": {later + first, "2"},
	}
	for name, test := range tests {
		if got := strings.Join(read(t, f, test.file).ExternalIDs(), " "); got != test.ids {
			t.Errorf("%s: got cats %s, want %s", name, got, test.ids)
		}
	}
}

func TestRead_EmptyFileNeedsAllowEmpty(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"a header":      "external_id,name\n",
		"nothing":       "",
		"an empty list": `{"animals":[]}`,
	} {
		allowed := ingest.Options{Now: now, AllowEmpty: true}
		if d, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), allowed); err != nil || d.Len() != 0 {
			t.Errorf("%s: got error %v, want a list of no cats", name, err)
		}
		if _, err := ingest.Read(strings.NewReader(text), format(t, "trailcat"), ingest.Options{Now: now}); err == nil {
			t.Errorf("%s: got no error, want one without AllowEmpty", name)
		}
	}
}

// A broken line costs only itself, whatever it contains.
func TestJSON_BrokenLineNeverStopsValidOnes(t *testing.T) {
	t.Parallel()

	good := []string{`{"external_id":"g1","name":"Zoë"}`, `{"external_id":"g2","name":"Bo","photos":[]}`, `{"external_id":"g3","name":"A }{ b"}`}
	rapid.Check(t, func(rt *rapid.T) {
		broken := rapid.StringMatching(`[{}\[\]a1",:. \\n-]{1,12}`)
		lines := good[:1:1]
		for _, line := range good[1:] {
			lines = append(lines, "{"+broken.Draw(rt, "broken"), line)
		}
		file := strings.Join(lines, "\n")
		d, err := ingest.Read(strings.NewReader(file), format(t, "trailcat"), ingest.Options{Now: now})
		if err != nil {
			rt.Fatal(err)
		}
		if got := strings.Join(d.ExternalIDs(), " "); got != "g1 g2 g3" {
			rt.Errorf("got %s, want g1 g2 g3, from\n%s", got, file)
		}
	})
}

func TestJSON_EndsOfBrokenLines(t *testing.T) {
	t.Parallel()

	for _, end := range []string{`{}"\`, `{}[-`, `{}[1,`, `{}[`} {
		d := readNative(t, "{\"external_id\":\"g1\",\"name\":\"Zoë\"}\n"+end+"\n{\"external_id\":\"g2\",\"name\":\"Bo\"}\n")
		if got := strings.Join(d.ExternalIDs(), " "); got != "g1 g2" {
			t.Errorf("%s: got %s, want g1 g2", end, got)
		}
	}
}

// BenchmarkReadJSON reads a file as a large shelter's ASM3 sends it: 2,000 animals with 300 columns.
func BenchmarkReadJSON(b *testing.B) {
	text, err := os.ReadFile("testdata/systems/asm3.json")
	if err != nil {
		b.Fatal(err)
	}
	var animals []map[string]any
	if err := json.Unmarshal(text, &animals); err != nil {
		b.Fatal(err)
	}
	const rows = 2000
	var file []map[string]any
	for i := range rows {
		animal := maps.Clone(animals[0])
		for n := range 250 {
			animal[fmt.Sprintf("ADDITIONAL%d", n)] = ""
		}
		animal["SHELTERCODE"] = fmt.Sprintf("C%d", i)
		file = append(file, animal)
	}
	text, err = json.Marshal(file)
	if err != nil {
		b.Fatal(err)
	}
	f, err := ingest.Find(ingest.Auto)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		d, err := ingest.Read(bytes.NewReader(text), f, ingest.Options{Now: now})
		if err != nil || d.Len() != rows {
			b.Fatal(d, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.SetBytes(int64(len(text)))
}
