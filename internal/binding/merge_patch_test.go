package binding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/binding"
)

// patched is an object of every kind of member.
type patched struct {
	Name   string            `json:"name" maxLength:"20"`
	Kind   string            `json:"kind,omitempty" enums:"a,b"`
	Count  *int64            `json:"count,omitempty" minimum:"0" maximum:"10"`
	Share  *float64          `json:"share,omitempty"`
	Flag   *bool             `json:"flag,omitempty"`
	Words  []string          `json:"words,omitempty"`
	Inner  *patched          `json:"inner,omitempty"`
	Texts  map[string]string `json:"texts,omitempty"`
	Anyone any               `json:"anyone,omitempty"`
}

func decodePatch(body []byte) (binding.MergePatch, bool) {
	var patch binding.MergePatch
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return patch, decoder.Decode(&patch) == nil && patch != nil
}

// FuzzApplyPatch checks that no patch makes ApplyPatch fail or take long, and that applying it
// twice is the same as applying it once.
func FuzzApplyPatch(f *testing.F) {
	for _, patch := range []string{
		`{}`, `{"name":null}`, `{"name":"Ann","kind":"a","count":3,"share":1e300,"flag":true}`, `{"inner":{"inner":{"name":"Bo"}}}`, `{"inner":null,"words":["a",1]}`,
		`{"texts":{"a":"b","c":null},"anyone":[{"a":[]}]}`, `{"unknown":1,"nama":"Ann","a/b~c":2}`, `{"count":99999999999999999999}`,
	} {
		f.Add([]byte(patch))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		started := time.Now()
		patch, ok := decodePatch(body)
		if !ok {
			return
		}
		once, errs, err := binding.ApplyPatch(patch, patched{Name: "Zoë", Texts: map[string]string{"a": "1"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(errs) == 0 {
			twice, errs, err := binding.ApplyPatch(patch, once)
			if diff := cmp.Diff(once, twice); diff != "" || len(errs) > 0 || err != nil {
				t.Errorf("applied twice: errors %v, %v (-once +twice):\n%s", errs, err, diff)
			}
		}
		if took, limit := time.Since(started), 5*time.Second+time.Duration(len(body))*10*time.Microsecond; took > limit {
			t.Errorf("took %v, want at most %v", took, limit)
		}
	})
}

// The time for a patch must not grow with the square of the number of its errors.
func TestApplyPatch_ManyUnknownNames(t *testing.T) {
	t.Parallel()

	apply := func(names int) time.Duration {
		patch := binding.MergePatch{}
		for n := range names {
			patch[fmt.Sprintf("unknown/%d", n)] = json.Number("1")
		}
		started := time.Now()
		_, errs, err := binding.ApplyPatch(patch, patched{Name: "Zoë"})
		if err != nil || len(errs) != names {
			t.Errorf("got %d errors and %v, want one for each of %d names", len(errs), err, names)
		}
		return time.Since(started)
	}
	var ratio float64
	for range 5 { // a busy machine may slow down one of the two
		if ratio = float64(apply(16_000)) / float64(apply(2_000)); ratio < 24 {
			return
		}
	}
	t.Errorf("eight times as many names took %.0f times as long, want about 8", ratio)
}
