package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/vocab"
)

var firstOfMay = time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)

// TestDraftFieldsCoverTheFacts: whatever a listing can say, a source can.
func TestDraftFieldsCoverTheFacts(t *testing.T) {
	t.Parallel()

	var full, copied catalog.Facts
	fillFacts(reflect.ValueOf(&full).Elem())
	for _, f := range catjson.DraftFields() {
		f.Copy(&copied, &full)
	}
	if diff := catalog.DiffFacts(full, copied); !cmp.Equal(diff, []string{"unparsed"}) {
		t.Errorf("no field of a draft fills %v", diff)
	}
	if len(catjson.DraftFields()) > 128 {
		t.Errorf("%d fields do not fit into a set of present fields", len(catjson.DraftFields()))
	}
}

// fillFacts puts something into every field.
func fillFacts(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(firstOfMay))
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

// TestDraftFieldsAreDescribed holds the table against CatDraft, both ways.
func TestDraftFieldsAreDescribed(t *testing.T) {
	t.Parallel()

	var described []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[catjson.CatDraft]()) {
		if f.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() != reflect.Pointer || f.Type.Elem().Kind() != reflect.Struct {
			described = append(described, name)
			continue
		}
		for part := range f.Type.Elem().Fields() {
			inner, _, _ := strings.Cut(part.Tag.Get("json"), ",")
			described = append(described, name+"."+inner)
		}
	}
	read := []string{"external_id"}
	for _, f := range catjson.DraftFields() {
		read = append(read, f.Name)
	}
	slices.Sort(described)
	slices.Sort(read)
	if diff := cmp.Diff(described, read); diff != "" {
		t.Errorf("(-described +read):\n%s", diff)
	}
}

// TestEveryAnsweredFieldIsKnownToDrafts: to send back what was answered gets a
// clear word about each field that is not the source's to say.
func TestEveryAnsweredFieldIsKnownToDrafts(t *testing.T) {
	t.Parallel()

	for f := range reflect.TypeFor[wire.Cat]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !slices.Contains(catjson.DraftIndex().Under[""], name) && !slices.Contains(catjson.ReadOnlyFields, name) {
			t.Errorf("%s is answered, and neither read nor refused by name", name)
		}
	}
}

func draftOf(t *testing.T, text string) *catjson.Draft {
	t.Helper()
	v, err := catjson.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return catjson.Read(v, "", firstOfMay)
}

func TestReadDraft(t *testing.T) {
	t.Parallel()

	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	tests := map[string]struct {
		body string
		want catalog.Facts
	}{
		"words of a breed are read":            {`{"breed":"DSH mix"}`, catalog.Facts{Breed: vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}}},
		"so are they within the object":        {`{"breed":{"words":"DSH mix"}}`, catalog.Facts{Breed: vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}}},
		"words not understood are kept":        {`{"size":"a loaf"}`, catalog.Facts{Unparsed: map[string]string{"size": "a loaf"}}},
		"a sex may tell the alteration":        {`{"sex":"Spayed Female"}`, catalog.Facts{Sex: vocab.SexFemale, Altered: new(true)}},
		"but not against what is said":         {`{"sex":"Spayed Female","altered":null}`, catalog.Facts{Sex: vocab.SexFemale}},
		"an age is as of today":                {`{"age":"2 years"}`, catalog.Facts{Birth: catalog.Birth{On: day(2024, time.May, 1), Precision: catalog.ToTheYear}}},
		"a birth beats an age before it":       {`{"age":"2 years","birth":"2023-04-03"}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 3), Precision: catalog.ToTheDay}}},
		"a birth beats an age after it":        {`{"birth":"2023-04-03","age":"2 years"}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 3), Precision: catalog.ToTheDay}}},
		"a mere group of age is no birth":      {`{"age":"senior"}`, catalog.Facts{AgeGroup: vocab.Senior}},
		"a month is exact to the month":        {`{"birth":{"date":"2023-04"}}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 1), Precision: catalog.ToTheMonth}}},
		"unless said otherwise":                {`{"birth":{"precision":"year","date":"2023-04-01"}}`, catalog.Facts{Birth: catalog.Birth{On: day(2023, time.April, 1), Precision: catalog.ToTheYear}}},
		"a microchip is hashed, and is there":  {`{"microchip":"985 112 345 678 903"}`, catalog.Facts{MicrochipHash: catalog.HashMicrochip("985112345678903"), Microchipped: new(true)}},
		"markup goes, scripts with what is in": {`{"description":"<p>Kind &amp; calm.</p><script>alert(1)</script><p>Yes</p>"}`, catalog.Facts{Description: "Kind & calm.\n\nYes"}},
		"null is unknown, not no":              {`{"good_with":{"dogs":null,"cats":false}}`, catalog.Facts{GoodWith: catalog.GoodWith{Cats: new(false)}}},
		"a currency is in capitals":            {`{"fee":{"amount_minor":12500,"currency":"usd"}}`, catalog.Facts{Fee: catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}}},
		"a photo may be its address":           {`{"photos":["https://a.example/1.jpg",{"url":"https://a.example/2.jpg","alt":"Asleep","width":null}]}`, catalog.Facts{Photos: []catalog.Photo{{URL: "https://a.example/1.jpg"}, {URL: "https://a.example/2.jpg", Alt: "Asleep"}}}},
		"5.0 is a whole number":                {`{"fee":{"amount_minor":5.0}}`, catalog.Facts{Fee: catalog.Fee{Minor: new(int64(5))}}},
		"escapes are read":                     {`{"name":"Zo\u00eb \"Z\""}`, catalog.Facts{Name: `Zoë "Z"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := draftOf(t, test.body)
			var got catalog.Facts
			d.ApplyFull(&got)
			got.Normalize()
			test.want.Normalize()
			if diff := cmp.Diff(test.want, got); diff != "" || len(d.Bad) > 0 {
				t.Errorf("%s: faults %v (-want +got):\n%s", test.body, d.Bad, diff)
			}
		})
	}
}

func TestDraftFaults(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		body string
		want []string // pointer and code
	}{
		"what is no object":              {`["x"]`, []string{" wrong_type"}},
		"a misspelt field":               {`{"nname":"A"}`, []string{"/nname unknown_field"}},
		"a misspelt part":                {`{"good_with":{"kids":true}}`, []string{"/good_with/kids unknown_field"}},
		"a name that needs escaping":     {`{"a/b~c":1}`, []string{"/a~1b~0c unknown_field"}},
		"what is ours to say":            {`{"version":3}`, []string{"/version read_only"}},
		"a text for yes or no":           {`{"altered":"yes"}`, []string{"/altered wrong_type"}},
		"a number for a text":            {`{"name":5}`, []string{"/name wrong_type"}},
		"a text for an object":           {`{"good_with":"dogs"}`, []string{"/good_with wrong_type"}},
		"a broken number":                {`{"fee":{"amount_minor":1.5}}`, []string{"/fee/amount_minor wrong_type"}},
		"a field that comes twice":       {`{"name":"A","name":"B"}`, []string{"/name duplicate"}},
		"words and names of one breed":   {`{"breed":{"words":"DSH","primary":"Siamese"}}`, []string{"/breed conflict"}},
		"no date":                        {`{"adopted_on":"04/05/2026"}`, []string{"/adopted_on malformed"}},
		"no birth":                       {`{"birth":{"date":"spring"}}`, []string{"/birth/date malformed"}},
		"a status that is null":          {`{"status":null}`, []string{"/status wrong_type"}},
		"a photo that is none":           {`{"photos":[{"url":"https://a.example","size":1},7]}`, []string{"/photos/0/size unknown_field", "/photos/1 wrong_type"}},
		"all that is wrong, at once":     {`{"name":5,"altered":"no","coat":[]}`, []string{"/name wrong_type", "/altered wrong_type", "/coat wrong_type"}},
		"a list of more than 50 entries": {`{"bonded_with":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, []string{"/bonded_with too_many"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var got []string
			for _, f := range draftOf(t, test.body).Bad {
				got = append(got, f.Pointer+" "+f.Code)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.body, diff)
			}
		})
	}
}

func TestMisspeltFieldsGetASuggestion(t *testing.T) {
	t.Parallel()

	for body, want := range map[string]string{
		`{"nname":"A"}`:                   `There is no field "nname"; did you mean "name"?`,
		`{"good_with":{"childern":true}}`: `There is no field "childern"; did you mean "children"?`,
	} {
		if bad := draftOf(t, body).Bad; len(bad) != 1 || bad[0].Message != want {
			t.Errorf("%s: got %v, want %s", body, bad, want)
		}
	}
}

func TestPatchChangesWhatItNames(t *testing.T) {
	t.Parallel()

	known := catalog.Facts{
		Name: "Kenny", Sex: vocab.SexMale, WeightKg: new(4.5), Breed: vocab.Breed{Primary: "Siamese", Mixed: new(true)},
		GoodWith: catalog.GoodWith{Dogs: new(true), Cats: new(true)}, Unparsed: map[string]string{"size": "a loaf", "coat": "fluff"},
	}
	tests := map[string]struct {
		patch string
		want  func(*catalog.Facts)
	}{
		"nothing":                        {`{}`, func(*catalog.Facts) {}},
		"null clears":                    {`{"weight_kg":null}`, func(f *catalog.Facts) { f.WeightKg = nil }},
		"a part of an object":            {`{"good_with":{"dogs":false}}`, func(f *catalog.Facts) { f.GoodWith.Dogs = new(false) }},
		"a whole object":                 {`{"good_with":null}`, func(f *catalog.Facts) { f.GoodWith = catalog.GoodWith{} }},
		"words that are understood now":  {`{"size":"large"}`, func(f *catalog.Facts) { f.Size, f.Unparsed = vocab.SizeLarge, map[string]string{"coat": "fluff"} }},
		"words replace all of the breed": {`{"breed":"Persian"}`, func(f *catalog.Facts) { f.Breed = vocab.Breed{Primary: "Persian"} }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, want := known, known
			draftOf(t, test.patch).ApplyPatch(&got)
			test.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if len(known.Unparsed) != 2 {
		t.Error("a patch changed the facts that it was laid over a copy of")
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	t.Parallel()

	if _, err := catjson.ParseJSON([]byte(strings.Repeat("[", 1_000_000))); err == nil {
		t.Error("got no error")
	}
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	if bad := draftOf(t, deep).Bad; len(bad) != 1 {
		t.Errorf("got %v", bad)
	}
}

// FuzzReadDraft: no JSON brings the reader down, and what it takes can be laid.
func FuzzReadDraft(f *testing.F) {
	f.Add([]byte(`{"name":"A","breed":{"words":"DSH"},"photos":["x",{"url":1}],"fee":{"amount_minor":1e300}}`))
	f.Add([]byte(bulkCat(1)))
	f.Fuzz(func(_ *testing.T, body []byte) {
		v, err := catjson.ParseJSON(body)
		if err != nil {
			return
		}
		var facts catalog.Facts
		catjson.Read(v, "", firstOfMay).ApplyFull(&facts)
		facts.Normalize()
	})
}

func BenchmarkReadDraft(b *testing.B) {
	row := []byte(bulkCat(1))
	b.SetBytes(int64(len(row)))
	for b.Loop() {
		v, err := catjson.ParseJSON(row)
		if err != nil {
			b.Fatal(err)
		}
		if d := catjson.Read(v, "", firstOfMay); len(d.Bad) > 0 {
			b.Fatal(d.Bad)
		}
	}
}
