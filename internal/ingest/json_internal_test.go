package ingest

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// A cell of a JSON document is what encoding/json reads.
func TestJSON_ReadsTheSameAsEncodingJSON(t *testing.T) {
	t.Parallel()

	names := rapid.StringMatching(`[a-zé" \\\x00-]{0,6}`)
	outerNames := names.Filter(func(name string) bool { return name != "" }) // y in an object without a name has the name of another y
	values := rapid.OneOf(
		rapid.String().AsAny(),
		rapid.Float64().AsAny(),
		rapid.Int().AsAny(),
		rapid.Bool().AsAny(),
		rapid.Just[any](nil),
		rapid.MapOfN(names, rapid.String(), 0, 3).AsAny(),
	)
	rapid.Check(t, func(rt *rapid.T) {
		raw, err := json.Marshal(rapid.MapOf(outerNames, values).Draw(rt, "object"))
		if err != nil {
			rt.Fatal(err)
		}
		got, want := map[string]string{}, map[string]string{}
		if fault := (document{line: 1, raw: raw, fault: ""}).forEachCell(nil, func(name, text string) { got[name] = text }); fault != "" {
			rt.Fatal(fault)
		}
		var object map[string]any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&object); err != nil {
			rt.Fatal(err)
		}
		for name, value := range object {
			expectCell(want, name, value)
		}
		if !maps.Equal(got, want) {
			rt.Errorf("got %q, want %q, of %s", got, want, raw)
		}
	})
}

// expectCell adds the cells of a value that encoding/json has read.
func expectCell(cells map[string]string, name string, value any) {
	switch v := value.(type) {
	case nil:
		cells[name] = ""
	case string:
		cells[name] = v
	case json.Number:
		cells[name] = v.String()
	case bool:
		cells[name] = map[bool]string{true: "true", false: "false"}[v]
	case map[string]any:
		if len(v) == 0 && name != "" {
			cells[name] = ""
		}
		for part, inner := range v {
			expectCell(cells, dotted(name, part), inner)
		}
	}
}

func TestJSON_EscapesAndInvalidRows(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ raw, want string }{
		"an escaped pair":        {`{"a":"\ud83d\ude3a"}`, "😺"},
		"half of a pair":         {`{"a":"\ud83d!"}`, "\ufffd!"},
		"an escaped name":        {`{"\u0061":"b\/c\t"}`, "b/c\t"},
		"a number as written":    {`{"a":1.50}`, "1.50"},
		"a large number":         {`{"a":985112003456789012345}`, "985112003456789012345"},
		"the last of two":        {`{"a":"b","a":"c"}`, "c"},
		"an unknown escape":      {`{"a":"\x"}`, faultNotJSON},
		"a number with a zero":   {`{"a":01}`, faultNotJSON},
		"a word that is no word": {`{"a":nul}`, faultNotJSON},
		"a missing value":        {`{"a":}`, faultNotJSON},
	}
	for name, test := range tests {
		got := ""
		if fault := (document{line: 1, raw: []byte(test.raw), fault: ""}).forEachCell(nil, func(name, text string) {
			if name == "a" {
				got = text
			}
		}); fault != "" {
			got = fault
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
