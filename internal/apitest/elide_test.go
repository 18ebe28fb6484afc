package apitest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestElider_ShowsWhatDiffers(t *testing.T) {
	t.Parallel()

	object := func(name, url string) string {
		return `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"name":"` + name + `","url":` + url + `,"text":"` + strings.Repeat("x", maxLine) + `"}`
	}
	long := `"` + strings.Repeat("x", maxLine) + `"`
	e := &elider{last: map[string]string{}}
	for _, tt := range []struct {
		rule, body string
		whole      bool
		want       string
	}{
		{"null from the start is left out", object("Ada", "null"), false, "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4,\n  \"e\": 5,\n  \"f\": 6,\n  \"g\": 7,\n  \"name\": \"Ada\",\n  \"text\": " + long + ",\n  … 1 more\n}"},
		{"only changes are shown", object("Bo", "null"), false, "{\n  \"name\": \"Bo\",\n  … 9 more\n}"},
		{"a value that becomes null is shown", object("Bo", "0"), false, "{\n  \"url\": 0,\n  … 9 more\n}"},
		{"a value that becomes null is shown", object("Bo", "null"), false, "{\n  \"url\": null,\n  … 9 more\n}"},
		{"a small object is shown whole, on one line within another", `{"birth":{"on":"2024","by":null}}`, false, "{\n  \"birth\": {\"on\": \"2024\", \"by\": null}\n}"},
		{"an element is compared with the previous one", `[` + object("Cy", "null") + `,` + object("Di", "null") + `]`, false, "[\n  {\n    \"a\": 1,\n    \"b\": 2,\n    \"c\": 3,\n    \"d\": 4,\n    \"e\": 5,\n    \"f\": 6,\n    \"g\": 7,\n    \"name\": \"Cy\",\n    \"text\": " + long + ",\n    … 1 more\n  },\n  {\n    \"name\": \"Di\",\n    … 9 more\n  }\n]"},
		{"whole leaves nothing out", `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":null}`, true, "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4,\n  \"e\": 5,\n  \"f\": 6,\n  \"g\": 7,\n  \"h\": 8,\n  \"i\": null\n}"},
	} {
		got, err := e.format([]byte(tt.body), tt.whole)
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tt.rule, err, diff)
		}
	}
}
