package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDecode_AgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		agree(t, rapid.Make[shelterProfile]().Draw(t, "shelter"))
	})
}

func TestEncode_AgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		shelter, rating := rapid.Make[shelterProfile]().Draw(t, "shelter"), rapid.Make[*ratingDoc]().Draw(t, "rating")
		before := preImageDoc{
			Number: rapid.Int64().Draw(t, "number"), Name: rapid.String().Draw(t, "name"), Stale: rapid.Bool().Draw(t, "stale"),
			Updated: time.Unix(rapid.Int64Range(-1<<35, 1<<35).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
			Rating:  rating, Facts: json.RawMessage(`{"sex":"female","summary":"a\u0026b \u003c"}`), Home: rapid.Make[*shelterContextDoc]().Draw(t, "home"),
		}
		for _, doc := range []any{shelter, before, map[string]int{"stranger_ease": 1, "baseline_calm": rapid.IntRange(1, 5).Draw(t, "level")}} {
			want, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			got, err := encode(doc)
			if err != nil || got != string(want) {
				t.Fatalf("error %v, want the bytes of encoding/json\n%s\ngot\n%s", err, want, got)
			}
		}
	})
}

func agree[T any](t *rapid.T, doc T) {
	t.Helper()
	text, err := encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	var want, got T
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if err := decode(text, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s (-standard +quick):\n%s", text, cmp.Diff(want, got))
	}
}

func TestDate_RoundTrip(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1900, 1, 1+rapid.IntRange(0, 200_000).Draw(t, "days"), 0, 0, 0, 0, time.UTC)
		if got := dateOf(day).time(); !got.Equal(day) {
			t.Errorf("date %v: got %v", day, got)
		}
	})
	if d := dateOf(time.Time{}); d != 0 || !d.time().IsZero() {
		t.Errorf("the zero date: got %v", d.time())
	}
}
