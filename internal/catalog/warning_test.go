package catalog_test

import (
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

func TestUnparsedWarning_SaysWhatIsExpected(t *testing.T) {
	t.Parallel()

	fields := []string{"age", "birth", "breed", "colors", "fee"} // and the facts
	for _, fact := range catalog.FactTable() {
		fields = append(fields, fact.Name)
	}
	for _, field := range fields {
		warning := catalog.UnparsedWarning(field, "qwertz")
		if warning.Code == errcode.NotUnderstood && (!strings.HasPrefix(warning.Message, "Expected ") || !strings.HasSuffix(warning.Message, ".")) {
			t.Errorf("%s: got %q, want a sentence that begins with Expected", field, warning.Message)
		}
	}
}

func TestUnparsedWarning_ByField(t *testing.T) {
	t.Parallel()

	for _, test := range []struct{ field, words, code, message string }{
		{"photos", "olive.jpg", "not_understood", "an http or https URL"},
		{"photos", "https://example.org/51.jpg", "too_long", "50"},
		{"url", "our page", "not_understood", "an http or https URL"},
		{"temperament", "grumpy-ish", "not_understood", "temperament"},
		{"traits.tags", "one more", "too_long", "50"},
		{"weight_kg", "5 stone", "not_understood", "4.2 kg"},
		{"weight_kg", "-3", "impossible_value", "negative"},
		{"fee", "1.250", "not_understood", "125"},
		{"age", "old", "not_understood", "2 years"},
		{"birth", "last spring", "not_understood", "2023-04"},
		{"listed_at", "last spring", "not_understood", "2026-10-25"},
		{"breed", "Siamees", "not_understood", `"Siamese"`},
		{"good_with.dogs", "perhaps", "not_understood", "yes or no"},
		{"size", "gigantic", "not_understood", "small, medium, large"},
	} {
		got := catalog.UnparsedWarning(test.field, test.words)
		if string(got.Code) != test.code || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %q: got %+v, want %s with %q", test.field, test.words, got, test.code, test.message)
		}
	}
}
