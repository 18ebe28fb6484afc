package catalog_test

import (
	"reflect"
	"testing"
	"time"

	"trailcat/internal/catalog"
)

// TestFactTable_CoversEveryField sets every fact of the table and expects every
// field of Facts to be set, so that a field without a row is found.
func TestFactTable_CoversEveryField(t *testing.T) {
	t.Parallel()

	var facts, copied catalog.Facts
	names := map[string]bool{}
	for _, fact := range catalog.FactTable() {
		if names[fact.Name] || fact.Description == "" {
			t.Errorf("fact %q appears twice or has no description", fact.Name)
		}
		names[fact.Name] = true
		setFact(t, fact, &facts)
		fact.Copy(&copied, &facts)
	}
	facts.Unparsed, copied.Unparsed = map[string]string{"sex": "?"}, map[string]string{"sex": "?"}
	for _, field := range unsetFields(reflect.ValueOf(facts), "Facts") {
		t.Errorf("%s has no row in the table of facts", field)
	}
	if !reflect.DeepEqual(facts, copied) {
		t.Errorf("got %+v, want %+v", copied, facts)
	}
}

// setFact gives a fact a value other than its zero value.
func setFact(t *testing.T, fact catalog.Fact, facts *catalog.Facts) {
	t.Helper()
	kinds := map[catalog.FactKind]func(){
		catalog.KindText:     func() { *fact.At.(func(*catalog.Facts) *string)(facts) = fact.Name },
		catalog.KindMoment:   func() { *fact.At.(func(*catalog.Facts) *time.Time)(facts) = time.Unix(1, 0) },
		catalog.KindTriState: func() { *fact.At.(func(*catalog.Facts) **bool)(facts) = new(bool) },
		catalog.KindFlag:     func() { *fact.At.(func(*catalog.Facts) *bool)(facts) = true },
		catalog.KindMeasure:  func() { *fact.At.(func(*catalog.Facts) **float64)(facts) = new(1.5) },
		catalog.KindAmount:   func() { *fact.At.(func(*catalog.Facts) **int64)(facts) = new(int64(1)) },
		catalog.KindList:     func() { *fact.At.(func(*catalog.Facts) *[]string)(facts) = []string{"a"} },
		catalog.KindPhotos:   func() { *fact.At.(func(*catalog.Facts) *[]catalog.Photo)(facts) = []catalog.Photo{{URL: "a"}} },
		catalog.KindVideos:   func() { *fact.At.(func(*catalog.Facts) *[]catalog.Video)(facts) = []catalog.Video{{URL: "a"}} },
	}
	kinds[catalog.KindProse], kinds[catalog.KindTerm], kinds[catalog.KindDate] = kinds[catalog.KindText], kinds[catalog.KindText], kinds[catalog.KindMoment]
	set, ok := kinds[fact.Kind]
	if !ok {
		t.Fatalf("fact %q has kind %d, which this test does not know", fact.Name, fact.Kind)
	}
	set()
}

// unsetFields returns the paths of the fields with their zero value, within
// structs other than times.
func unsetFields(v reflect.Value, path string) []string {
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		if v.IsZero() {
			return []string{path}
		}
		return nil
	}
	var out []string
	for i := range v.NumField() {
		out = append(out, unsetFields(v.Field(i), path+"."+v.Type().Field(i).Name)...)
	}
	return out
}
