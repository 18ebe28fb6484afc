package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"trailcat/internal/ingest"
)

// A format that could make each row costly is refused.
func TestParseFormat_Limits(t *testing.T) {
	t.Parallel()

	const head = "name: own\nid: Id\n"
	var aliases strings.Builder
	aliases.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&aliases, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	tests := map[string]struct{ text, want string }{
		"size":               {head + strings.Repeat("#", ingest.MaxFormat), "The format has more than 64 KiB. Remove values that are not needed."},
		"size in UTF-8":      {head + "# " + strings.Repeat("\xe9", ingest.MaxFormat/2), "The format has more than 64 KiB. Remove values that are not needed."},
		"values":             {head + "fields: {name: [" + strings.Repeat("N,", 11_000) + "N]}\n", "The format has more than 10000 values, with those of its aliases."},
		"columns":            {head + "fields: {name: [" + strings.Repeat("N,", 1000) + "N]}\n", "The format names more than 1000 columns."},
		"aliases of aliases": {head + aliases.String(), "The format has more than 10000 values, with those of its aliases."},
		"an alias of itself": {head + "fields: &f {name: {from: Name, values: {a: *f}}}\n", "The format has more than 10000 values, with those of its aliases."},
		"repetitions":        {head + "fields:\n  name: {from: Name, only: '(?:\\pL{900}){1,4}'}\n", "/fields/name/only: Line 4: Invalid regular expression: error parsing regexp: invalid repeat count: `{1,4}`"},
		"costly pattern":     {head + "fields:\n  name: {from: Name, only: '\\pL{300}\\pN{300}'}\n", "Line 1: The regular expressions are too costly. Use fewer, or smaller numbers of repetitions."},
		"long pattern":       {head + "fields:\n  name: {from: Name, only: '" + strings.Repeat("x", 1001) + "'}\n", "/fields/name/only: Line 4: The regular expression has more than 1000 characters."},
		"no text":            {"name: own\x00", "The format is not a text. Save it as UTF-8."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := ingest.ParseFormat([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// The text of a format comes from the same programs as files.
func TestParseFormat_Encodings(t *testing.T) {
	t.Parallel()

	const text = "name: own\nid: Nº\nfields: {name: Prénom}\n"
	utf16le := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		utf16le = append(utf16le, byte(unit), byte(unit>>8))
	}
	for name, content := range map[string][]byte{
		"UTF-8":        []byte(text),
		"byte order":   []byte("\uFEFF" + text),
		"UTF-16":       utf16le,
		"Windows-1252": []byte(strings.NewReplacer("º", "\xba", "é", "\xe9").Replace(text)),
	} {
		f, err := ingest.ParseFormat(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d, err := ingest.Read(strings.NewReader("Nº,Prénom\n1,Zoë\n"), f, ingest.Options{Now: now}); err != nil || d.Len() != 1 {
			t.Errorf("%s: got error %v, want one cat", name, err)
		}
	}
}

func TestParseNamedFormat(t *testing.T) {
	t.Parallel()

	const text = "name: own\nid: Id\nfields: {name: Name}\n"
	for name, want := range map[string]string{"own": "", "other": `The format is named "own", but is kept as "other". Use the same name for both.`} {
		if _, err := ingest.ParseNamedFormat(name, []byte(text)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", name, err, want)
		}
	}
	if f, err := ingest.ParseNamedFormat("ours", []byte("#1:Id=Id\n")); err != nil || f.Name != "ours" {
		t.Errorf("import.cfg: got error %v, want a format with the name ours", err)
	}
	for name, want := range map[string]string{"own": "", "auto": "built-in", "montgomery": "built-in", "Own": "Invalid name", "": "Invalid name"} {
		if err := ingest.CheckNewName(name); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("new name %q: got error %v, want %q", name, err, want)
		}
	}
}
