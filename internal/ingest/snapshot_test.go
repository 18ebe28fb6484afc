package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/ingest"
)

func readSnapshot(t *testing.T, text string) *ingest.Dataset {
	t.Helper()
	d, err := ingest.Read(strings.NewReader(text), parse(t, smallFormat), ingest.Options{Now: now, AllowEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPlanSnapshot(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status\n"
	ids := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("A%d", i+1))
		}
		return out
	}
	rows := func(n int) string {
		var b strings.Builder
		for _, id := range ids(n) {
			b.WriteString(id + ",Zoë,cat,A\n")
		}
		return b.String()
	}
	tests := map[string]struct {
		before  []string
		file    string
		missing []string
		reason  string
	}{
		"all present":                        {ids(2), header + rows(2), nil, ""},
		"one missing":                        {ids(3), header + rows(2), []string{"A3"}, ""},
		"half missing":                       {ids(12), header + rows(6), ids(12)[6:], ""},
		"more than half missing":             {ids(12), header + rows(5), ids(12)[5:], "The file would remove 7 of 12 listings, which is more than half."},
		"more than half, but only 5 missing": {ids(6), header + rows(1), ids(6)[1:], ""},
		"header only, 5 missing":             {ids(5), header, ids(5), ""},
		"header only, 6 missing":             {ids(6), header, ids(6), "The file contains no cats. As a snapshot it would remove all 6 listings."},
		"header only, nothing listed":        {nil, header, nil, ""},
		"only dogs, 1 missing":               {ids(1), header + "D1,Rex,dog,A\n", ids(1), ""},
		"only dogs, 6 missing":               {ids(6), header + "D1,Rex,dog,A\n", ids(6), "The file contains no cats. As a snapshot it would remove all 6 listings."},
		"blank file":                         {ids(1), "", ids(1), "The file is empty. As a snapshot it would remove all 1 listings. A list without cats has at least a header, or is [] in JSON."},
		"only rows without IDs":              {ids(1), header + ",Zoë,cat,A\n", ids(1), "None of the 1 rows could be read. As a snapshot the file would remove all 1 listings."},
		"rejected row is present":            {ids(2), header + "A1,Zoë,cat,A\nA2,Bo,cat,Q\n", nil, ""},
		"unreadable row is present":          {ids(2), header + "A1,Zoë,cat,A\nA2,\"Bo,cat\n", nil, ""},
		"repeated row is present":            {ids(1), header + "A1,Zoë,cat,A\nA1,Zoë,cat,A\n", nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			plan := ingest.PlanSnapshot(test.before, readSnapshot(t, test.file))
			if diff := cmp.Diff(test.missing, plan.Missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
			if plan.ConfirmationReason() != test.reason {
				t.Errorf("got reason %q, want %q", plan.ConfirmationReason(), test.reason)
			}
		})
	}
}

func TestPlanSnapshot_RepetitionConfirmsOnlyCompleteFiles(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status\n"
	for file, want := range map[string]bool{
		header:                               true,
		header + "D1,Rex,dog,A\n":            true,
		header + "A1,Zoë,cat,A\n":            true,
		header + "A1,Zoë,cat,Q\n":            true, // rejected, but present
		"":                                   false,
		header + ",Zoë,cat,A\n":              false,
		header + "A1,Zoë,cat,A\nA2,\"Bo,c\n": false,
	} {
		if got := ingest.PlanSnapshot([]string{"B1"}, readSnapshot(t, file)).ConfirmsByRepetition(); got != want {
			t.Errorf("%q: got %t, want %t", file, got, want)
		}
	}
	if ingest.PlanSnapshot([]string{"900"}, readSystem(t, "shelterluv.json", "auto")).ConfirmsByRepetition() {
		t.Error("page of a list: got true, want false")
	}
}

// A snapshot that is taken without confirmation removes few listings, or at most half of
// them and not all.
func TestPlanSnapshot_LimitsWhatGoesWithoutAsking(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z][0-9]{1,3}`), 0, 40, rapid.ID[string]).Draw(t, "before")
		var file strings.Builder
		file.WriteString("Id,Name,Kind,Status\n")
		kept := 0
		for _, id := range before {
			if rapid.Bool().Draw(t, "kept") {
				kept++
				fmt.Fprintf(&file, "%s,Zoë,cat,A\n", id)
			}
		}
		f, err := ingest.ParseFormat([]byte(smallFormat))
		if err != nil {
			t.Fatal(err)
		}
		d, err := ingest.Read(strings.NewReader(file.String()), f, ingest.Options{Now: now, AllowEmpty: true})
		if err != nil {
			t.Fatal(err)
		}
		plan := ingest.PlanSnapshot(before, d)
		missing := len(before) - kept
		if len(plan.Missing) != missing {
			t.Fatalf("got %d missing, want %d", len(plan.Missing), missing)
		}
		if asks := plan.ConfirmationReason() != ""; asks != (missing > 5 && missing*2 > len(before)) {
			t.Errorf("%d of %d missing: got asked %t", missing, len(before), asks)
		}
		shuffled := plan
		shuffled.Missing = rapid.Permutation(plan.Missing).Draw(t, "order")
		if plan.MissingDigest() != shuffled.MissingDigest() {
			t.Error("the digest depends on the order of the missing cats")
		}
		if missing > 0 {
			shuffled.Missing = shuffled.Missing[1:]
			if plan.MissingDigest() == shuffled.MissingDigest() {
				t.Error("got the same digest for another set of missing cats")
			}
		}
	})
}

func TestPlanSnapshot_PageOfAListNeedsConfirmation(t *testing.T) {
	t.Parallel()

	d := readSystem(t, "shelterluv.json", "auto")
	if reason := ingest.PlanSnapshot([]string{"381", "382", "900"}, d).ConfirmationReason(); !strings.Contains(reason, "one page of a longer list") {
		t.Errorf("got reason %q, want one about a page of a list", reason)
	}
	if reason := ingest.PlanSnapshot([]string{"381", "382"}, d).ConfirmationReason(); reason != "" {
		t.Errorf("got reason %q, want none when nothing is removed", reason)
	}
}

func TestConfirmationToken_DependsOnFileAndShelter(t *testing.T) {
	t.Parallel()

	token := ingest.ConfirmationToken("aa", "shl_1")
	if token != ingest.ConfirmationToken("aa", "shl_1") {
		t.Error("got two tokens for the same file and shelter, want one")
	}
	for _, other := range []string{ingest.ConfirmationToken("ab", "shl_1"), ingest.ConfirmationToken("aa", "shl_2"), ingest.ConfirmationToken("a", "ashl_1")} {
		if other == token {
			t.Error("got the same token for another file or shelter, want a different one")
		}
	}
}
