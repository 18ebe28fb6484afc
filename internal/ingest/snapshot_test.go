package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		"empty file":                         {ids(2), header, ids(2), "The file contains no cats. As a snapshot it would remove all 2 listings."},
		"empty file, nothing listed":         {nil, header, nil, ""},
		"only dogs":                          {ids(1), header + "D1,Rex,dog,A\n", ids(1), "The file contains no cats. As a snapshot it would remove all 1 listings."},
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
