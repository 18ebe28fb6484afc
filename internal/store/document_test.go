package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The quick decoder reads whatever the standard library writes, and reads it as
// the standard library does.
func TestDecodersAgree(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		cat := rapid.Make[catFacts]().Draw(t, "cat")
		agree(t, cat)
		agree(t, rapid.Make[shelterProfile]().Draw(t, "shelter"))
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

func TestDatesKeepTheDay(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1900, 1, 1+rapid.IntRange(0, 200_000).Draw(t, "days"), 0, 0, 0, 0, time.UTC)
		if got := dateOf(day).time(); !got.Equal(day) {
			t.Errorf("%v came back as %v", day, got)
		}
	})
	if d := dateOf(time.Time{}); d != 0 || !d.time().IsZero() {
		t.Errorf("no date came back as %v", d.time())
	}
}
