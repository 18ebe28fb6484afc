package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/ingest"
)

func snapshotOf(t *testing.T, text string) *ingest.Dataset {
	t.Helper()
	l, err := ingest.Read(strings.NewReader(text), parse(t, plain), ingest.Options{Now: now, AllowEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
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
		doubt   string
	}{
		"all are there":                      {ids(2), header + rows(2), nil, ""},
		"one is gone":                        {ids(3), header + rows(2), []string{"A3"}, ""},
		"half is gone":                       {ids(12), header + rows(6), ids(12)[6:], ""},
		"more than half is gone":             {ids(12), header + rows(5), ids(12)[5:], "The file would remove 7 of 12 listings, which is more than half."},
		"more than half, but only 5":         {ids(6), header + rows(1), ids(6)[1:], ""},
		"an empty file":                      {ids(2), header, ids(2), "The file tells of no cat. As a snapshot it would remove all 2 listings."},
		"an empty file where nothing was":    {nil, header, nil, ""},
		"only dogs":                          {ids(1), header + "D1,Rex,dog,A\n", ids(1), "The file tells of no cat. As a snapshot it would remove all 1 listings."},
		"a refused row is there":             {ids(2), header + "A1,Zoë,cat,A\nA2,Bo,cat,Q\n", nil, ""},
		"a row that cannot be read is there": {ids(2), header + "A1,Zoë,cat,A\nA2,\"Bo,cat\n", nil, ""},
		"one that came twice is there":       {ids(1), header + "A1,Zoë,cat,A\nA1,Zoë,cat,A\n", nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			plan := ingest.PlanSnapshot(test.before, snapshotOf(t, test.file))
			if diff := cmp.Diff(test.missing, plan.Missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
			if plan.ConfirmationReason() != test.doubt {
				t.Errorf("doubt is %q, want %q", plan.ConfirmationReason(), test.doubt)
			}
		})
	}
}

func TestAPageOfAListIsADoubtfulSnapshot(t *testing.T) {
	t.Parallel()

	l := readSystem(t, "shelterluv.json", "auto")
	if doubt := ingest.PlanSnapshot([]string{"381", "382", "900"}, l).ConfirmationReason(); !strings.Contains(doubt, "one page of a longer list") {
		t.Errorf("doubt is %q", doubt)
	}
	if doubt := ingest.PlanSnapshot([]string{"381", "382"}, l).ConfirmationReason(); doubt != "" {
		t.Errorf("nothing would be removed, and yet %q", doubt)
	}
}

func TestATokenIsOfOneFileAndOneShelter(t *testing.T) {
	t.Parallel()

	token := ingest.ConfirmationToken("aa", "shl_1")
	if token != ingest.ConfirmationToken("aa", "shl_1") {
		t.Error("the same file of the same shelter has two tokens")
	}
	for _, other := range []string{ingest.ConfirmationToken("ab", "shl_1"), ingest.ConfirmationToken("aa", "shl_2"), ingest.ConfirmationToken("a", "ashl_1")} {
		if other == token {
			t.Error("a token confirms something else too")
		}
	}
}
