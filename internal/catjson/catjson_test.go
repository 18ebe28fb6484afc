package catjson

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

var firstOfMay = time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)

// TestDraftFields_CoverFacts checks that a source can set every fact.
func TestDraftFields_CoverFacts(t *testing.T) {
	t.Parallel()

	var full, copied catalog.Facts
	fillFacts(reflect.ValueOf(&full).Elem())
	for _, f := range draftFields() {
		f.copy(&copied, &full)
	}
	if diff := catalog.DiffFacts(full, copied); !cmp.Equal(diff, []string{"unparsed"}) {
		t.Errorf("no field of a draft sets %v", diff)
	}
	if len(draftFields()) > 128 {
		t.Errorf("%d fields do not fit into a set of present fields", len(draftFields()))
	}
}

// fillFacts sets every field to a value other than zero.
func fillFacts(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(firstOfMay))
			return
		}
		if v.Type() == reflect.TypeFor[catalog.Photo]() { // the rest is of the kept copy
			v.Set(reflect.ValueOf(catalog.Photo{URL: "x", Width: 7, Height: 7, Alt: "x"}))
			return
		}
		for _, field := range v.Fields() {
			fillFacts(field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillFacts(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillFacts(v.Index(0))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"size": "a loaf"}))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7)
	default:
		panic(v.Kind().String())
	}
}

// TestDraftFields_MatchCatDraft checks that CatDraft, which documents the fields, has
// the same fields.
func TestDraftFields_MatchCatDraft(t *testing.T) {
	t.Parallel()

	var documented []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[CatDraft]()) {
		if f.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() != reflect.Pointer || f.Type.Elem().Kind() != reflect.Struct {
			documented = append(documented, name)
			continue
		}
		for part := range f.Type.Elem().Fields() {
			inner, _, _ := strings.Cut(part.Tag.Get("json"), ",")
			documented = append(documented, name+"."+inner)
		}
	}
	read := []string{"external_id"}
	for _, f := range draftFields() {
		read = append(read, f.name)
	}
	slices.Sort(documented)
	slices.Sort(read)
	if diff := cmp.Diff(documented, read); diff != "" {
		t.Errorf("(-CatDraft +draftFields):\n%s", diff)
	}
}

// TestDraftFields_KnowEveryFieldOfCat checks that a caller who sends a cat back as it
// was answered gets an error for each field that only the service sets.
func TestDraftFields_KnowEveryFieldOfCat(t *testing.T) {
	t.Parallel()

	for f := range reflect.TypeFor[wire.Cat]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !slices.Contains(draftIndex().under[""], name) && !slices.Contains(readOnlyFields, name) {
			t.Errorf("%s is neither a field of drafts nor read-only", name)
		}
	}
}

func readDraft(t *testing.T, text string) *Draft {
	t.Helper()
	v, err := ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return Read(v, "", firstOfMay)
}

func TestRead_Facts(t *testing.T) {
	t.Parallel()

	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	tests := map[string]struct {
		body string
		want catalog.Facts
	}{
		"words for booleans": {
			`{"altered":"Spayed","declawed":"No","fiv":"FIV-","urgent":1,"microchipped":"","good_with":{"dogs":"YES","cats":0,"children":"unknown"}}`,
			catalog.Facts{Altered: new(true), Declawed: new(false), FIV: new(false), Urgent: new(true), GoodWith: catalog.GoodWith{Dogs: new(true), Cats: new(false)}},
		},
		"words for terms": {
			`{"sex":"F","breed":{"primary":"DSH"},"colors":{"primary":"orange tabby","pattern":"Tabby"},"status":"Adoptable"}`,
			catalog.Facts{Sex: vocab.SexFemale, Breed: vocab.Breed{Primary: "Domestic Short Hair"}, Colors: vocab.Colors{Primary: "Tabby (Orange / Red)", Pattern: vocab.Tabby}, Status: catalog.Available},
		},
		"words for a status that say more":     {`{"status":"Adoption pending"}`, catalog.Facts{Status: catalog.Pending, StatusReason: "Adoption pending"}},
		"the reason prevails over the words":   {`{"status":"Adoption pending","status_reason":"Home visit"}`, catalog.Facts{Status: catalog.Pending, StatusReason: "Home visit"}},
		"breed as a string":                    {`{"breed":"DSH mix"}`, catalog.Facts{Breed: vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}}},
		"breed in words":                       {`{"breed":{"words":"DSH mix"}}`, catalog.Facts{Breed: vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}}},
		"unparsed words are kept":              {`{"size":"a loaf"}`, catalog.Facts{Unparsed: map[string]string{"size": "a loaf"}}},
		"sex includes altered":                 {`{"sex":"Spayed Female"}`, catalog.Facts{Sex: vocab.SexFemale, Altered: new(true)}},
		"altered overrides the sex":            {`{"sex":"Spayed Female","altered":null}`, catalog.Facts{Sex: vocab.SexFemale}},
		"age counts from today":                {`{"age":"2 years"}`, catalog.Facts{Birth: catalog.Birth{On: day(2024, time.May, 1), Precision: catalog.ToTheYear}}},
		"birth overrides an earlier age":       {`{"age":"2 years","birth":"2023-04-03"}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 3), Precision: catalog.ToTheDay}}},
		"birth overrides a later age":          {`{"birth":"2023-04-03","age":"2 years"}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 3), Precision: catalog.ToTheDay}}},
		"age without a number is a group":      {`{"age":"senior"}`, catalog.Facts{AgeGroup: vocab.Senior}},
		"month has the precision month":        {`{"birth":{"date":"2023-04"}}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 1), Precision: catalog.ToTheMonth}}},
		"precision overrides that of the form": {`{"birth":{"precision":"year","date":"2023-04-01"}}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 1), Precision: catalog.ToTheYear}}},
		"microchip is hashed":                  {`{"microchip":"985 112 345 678 903"}`, catalog.Facts{MicrochipHash: catalog.HashMicrochip("985112345678903"), Microchipped: new(true)}},
		"a word for no microchip":              {`{"microchip":"not chipped"}`, catalog.Facts{Microchipped: new(false)}},
		"a placeholder for a microchip":        {`{"microchip":"N/A"}`, catalog.Facts{Unparsed: map[string]string{"microchip": "N/A"}}},
		"a rounded microchip":                  {`{"microchip":"9.85E+14"}`, catalog.Facts{Microchipped: new(true), Unparsed: map[string]string{"microchip": "9.85E+14"}}},
		"what may be a microchip is not shown": {`{"microchip":"9851120000000011"}`, catalog.Facts{Unparsed: map[string]string{"microchip": "################"}}},
		"microchipped overrides the microchip": {`{"microchip":"No","microchipped":true}`, catalog.Facts{Microchipped: new(true)}},
		"the ID stands in for a name":          {`{"external_id":"A1","name":"N/A"}`, catalog.Facts{Name: "A1", Unparsed: map[string]string{"name": "N/A"}}},
		"the ID may follow the name":           {`{"name":"null","external_id":"A1"}`, catalog.Facts{Name: "A1", Unparsed: map[string]string{"name": "null"}}},
		"Unnamed is a name":                    {`{"external_id":"A1","name":"Unnamed"}`, catalog.Facts{Name: "Unnamed"}},
		"entities are decoded":                 {`{"name":"Tom &amp; Jerry","traits":{"tags":["Loves kids &amp;amp; dogs"]}}`, catalog.Facts{Name: "Tom & Jerry", Traits: catalog.Traits{Tags: []string{"Loves kids & dogs"}}}},
		"placeholders are no text":             {`{"description":"None","traits":{"energy":"N/A","tags":["none","Lap cat"]}}`, catalog.Facts{Traits: catalog.Traits{Tags: []string{"Lap cat"}}}},
		"addresses are completed":              {`{"url":"www.example.org/cat 1","photos":["//cdn.example.org/a.jpg?w=1&amp;h=2"]}`, catalog.Facts{URL: "https://www.example.org/cat%201", Photos: []catalog.Photo{{URL: "https://cdn.example.org/a.jpg?w=1&h=2"}}}},
		"videos have players":                  {`{"videos":["https://youtu.be/dQw4w9WgXcQ"]}`, catalog.Facts{Videos: []catalog.Video{{URL: "https://youtu.be/dQw4w9WgXcQ", EmbedURL: "https://www.youtube.com/embed/dQw4w9WgXcQ"}}}},
		"an open age":                          {`{"age":"2+ years"}`, catalog.Facts{Unparsed: map[string]string{"age": "2+ years"}}},
		"an age in French":                     {`{"age":"2 ans"}`, catalog.Facts{Birth: catalog.Birth{On: day(2024, time.May, 1), Precision: catalog.ToTheYear}}},
		"HTML becomes text without scripts":    {`{"description":"<p>Kind &amp; calm.</p><script>alert(1)</script><p>Yes</p>"}`, catalog.Facts{Description: "Kind & calm.\n\nYes"}},
		"null is unknown, not false":           {`{"good_with":{"dogs":null,"cats":false}}`, catalog.Facts{GoodWith: catalog.GoodWith{Cats: new(false)}}},
		"currency in lower case":               {`{"fee":{"amount_minor":12500,"currency":"usd"}}`, catalog.Facts{Fee: catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}}},
		"photo as a string":                    {`{"photos":["https://a.example/1.jpg",{"url":"https://a.example/2.jpg","alt":"Asleep","width":null}]}`, catalog.Facts{Photos: []catalog.Photo{{URL: "https://a.example/1.jpg"}, {URL: "https://a.example/2.jpg", Alt: "Asleep"}}}},
		"5.0 is an integer":                    {`{"fee":{"amount_minor":5.0}}`, catalog.Facts{Fee: catalog.Fee{Minor: new(int64(5))}}},
		"escape sequences":                     {`{"name":"Zo\u00eb \"Z\""}`, catalog.Facts{Name: `Zoë "Z"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := readDraft(t, test.body)
			var got catalog.Facts
			d.ApplyFull(&got)
			got.Normalize()
			test.want.Normalize()
			if diff := cmp.Diff(test.want, got); diff != "" || len(d.Errs) > 0 {
				t.Errorf("%s: errors %v (-want +got):\n%s", test.body, d.Errs, diff)
			}
		})
	}
}

func TestRead_Errors(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		body string
		want []string // pointer and code
	}{
		"not an object":              {`["x"]`, []string{" wrong_type"}},
		"misspelled field":           {`{"nname":"A"}`, []string{"/nname unknown_field"}},
		"misspelled member":          {`{"good_with":{"kids":true}}`, []string{"/good_with/kids unknown_field"}},
		"name that needs escaping":   {`{"a/b~c":1}`, []string{"/a~1b~0c unknown_field"}},
		"read-only field":            {`{"version":3}`, []string{"/version read_only"}},
		"string for a boolean":       {`{"altered":"perhaps"}`, []string{"/altered wrong_type"}},
		"number for a boolean":       {`{"altered":2}`, []string{"/altered wrong_type"}},
		"array for a boolean":        {`{"altered":[true]}`, []string{"/altered wrong_type"}},
		"number for a string":        {`{"name":5}`, []string{"/name wrong_type"}},
		"string for an object":       {`{"good_with":"dogs"}`, []string{"/good_with wrong_type"}},
		"fraction for an integer":    {`{"fee":{"amount_minor":1.5}}`, []string{"/fee/amount_minor wrong_type"}},
		"duplicate field":            {`{"name":"A","name":"B"}`, []string{"/name duplicate"}},
		"breed in words and by name": {`{"breed":{"words":"DSH","primary":"Siamese"}}`, []string{"/breed conflict"}},
		"malformed date":             {`{"adopted_on":"04/05/2026"}`, []string{"/adopted_on malformed"}},
		"malformed birth":            {`{"birth":{"date":"spring"}}`, []string{"/birth/date malformed"}},
		"null status":                {`{"status":null}`, []string{"/status wrong_type"}},
		"malformed photos":           {`{"photos":[{"url":"https://a.example","size":1},7]}`, []string{"/photos/0/size unknown_field", "/photos/1 wrong_type"}},
		"all errors at once":         {`{"name":5,"altered":[],"coat":[]}`, []string{"/name wrong_type", "/altered wrong_type", "/coat wrong_type"}},
		"51 entries in an array":     {`{"bonded_with":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, []string{"/bonded_with too_many"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var got []string
			for _, f := range readDraft(t, test.body).Errs {
				got = append(got, f.Pointer+" "+string(f.Code))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.body, diff)
			}
		})
	}
}

func TestRead_SuggestsFieldNames(t *testing.T) {
	t.Parallel()

	for body, want := range map[string]string{
		`{"nname":"A"}`:                   `Unknown field "nname". Did you mean "name"?`,
		`{"good_with":{"childern":true}}`: `Unknown field "childern". Did you mean "children"?`,
	} {
		if errs := readDraft(t, body).Errs; len(errs) != 1 || errs[0].Message != want {
			t.Errorf("%s: got %v, want %s", body, errs, want)
		}
	}
}

func TestApplyPatch(t *testing.T) {
	t.Parallel()

	known := catalog.Facts{
		Name: "Kenny", Sex: vocab.SexMale, WeightKg: new(4.5), Breed: vocab.Breed{Primary: "Siamese", Mixed: new(true)},
		GoodWith: catalog.GoodWith{Dogs: new(true), Cats: new(true)}, Unparsed: map[string]string{"size": "a loaf", "coat": "fluff"},
	}
	tests := map[string]struct {
		patch string
		want  func(*catalog.Facts)
	}{
		"empty patch":                 {`{}`, func(*catalog.Facts) {}},
		"null makes a fact unknown":   {`{"weight_kg":null}`, func(f *catalog.Facts) { f.WeightKg = nil }},
		"member of an object":         {`{"good_with":{"dogs":false}}`, func(f *catalog.Facts) { f.GoodWith.Dogs = new(false) }},
		"null object":                 {`{"good_with":null}`, func(f *catalog.Facts) { f.GoodWith = catalog.GoodWith{} }},
		"unparsed words are replaced": {`{"size":"large"}`, func(f *catalog.Facts) { f.Size, f.Unparsed = vocab.SizeLarge, map[string]string{"coat": "fluff"} }},
		"string replaces the breed":   {`{"breed":"Persian"}`, func(f *catalog.Facts) { f.Breed = vocab.Breed{Primary: "Persian"} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, want := known, known
			readDraft(t, test.patch).ApplyPatch(&got)
			test.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if len(known.Unparsed) != 2 {
		t.Error("ApplyPatch changed a map that it shares with a copy of the facts")
	}
}

func TestParseJSON_DeepNesting(t *testing.T) {
	t.Parallel()

	if _, err := ParseJSON([]byte(strings.Repeat("[", 1_000_000))); err == nil {
		t.Error("got no error for 1,000,000 nested arrays")
	}
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	if errs := readDraft(t, deep).Errs; len(errs) != 1 {
		t.Errorf("got errors %v, want one", errs)
	}
}

// typicalCat is a cat as large as those that shelters send.
const typicalCat = `{"external_id":"B0000001","name":"Whiskers","status":"available","url":"https://shelter.example.org/cats/1","listed_at":"2026-04-02T09:30:00Z",` +
	`"birth":{"date":"2023-04-01","precision":"month"},"sex":"female","altered":true,"breed":{"primary":"Domestic Short Hair","mixed":true},` +
	`"colors":{"primary":"Black","pattern":"solid"},"coat":"short","size":"medium","weight_kg":4.2,"good_with":{"children":true,"dogs":null,"cats":true},` +
	`"house_trained":true,"special_needs":false,"shots_current":true,"fee":{"amount_minor":12500,"currency":"USD"},` +
	`"photos":[{"url":"https://photos.example.org/1-1.jpg"},{"url":"https://photos.example.org/1-2.jpg"}],` +
	`"description":"A gentle cat from a quiet home. She likes to sit at the window and watch the birds, comes when called, and has met calm dogs."}`

// FuzzRead checks that no JSON makes Read, ApplyFull or Normalize panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"name":"A","breed":{"words":"DSH"},"photos":["x",{"url":1}],"fee":{"amount_minor":1e300}}`))
	f.Add([]byte(typicalCat))
	f.Fuzz(func(_ *testing.T, body []byte) {
		v, err := ParseJSON(body)
		if err != nil {
			return
		}
		var facts catalog.Facts
		Read(v, "", firstOfMay).ApplyFull(&facts)
		facts.Normalize()
	})
}

func BenchmarkRead(b *testing.B) {
	row := []byte(typicalCat)
	b.SetBytes(int64(len(row)))
	for b.Loop() {
		v, err := ParseJSON(row)
		if err != nil {
			b.Fatal(err)
		}
		if d := Read(v, "", firstOfMay); len(d.Errs) > 0 {
			b.Fatal(d.Errs)
		}
	}
}
