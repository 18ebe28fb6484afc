package catalog_test

import (
	"testing"
	"time"

	"trailcat/internal/catalog"
)

func TestOutcome_Validation(t *testing.T) {
	t.Parallel()

	adopted := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	today := adopted.AddDate(0, 0, 70)
	tests := map[string]struct {
		change func(*catalog.Outcome)
		want   string // code of the first field error
	}{
		"a valid report":                 {func(*catalog.Outcome) {}, ""},
		"a week early":                   {func(o *catalog.Outcome) { o.ReportedOn = adopted.AddDate(0, 0, 53) }, ""},
		"more than a week early":         {func(o *catalog.Outcome) { o.ReportedOn = adopted.AddDate(0, 0, 52) }, "too_early"},
		"before the adoption":            {func(o *catalog.Outcome) { o.ReportedOn = adopted.AddDate(0, 0, -1) }, "before_adoption"},
		"in the future":                  {func(o *catalog.Outcome) { o.ReportedOn = today.AddDate(0, 0, 1) }, "in_the_future"},
		"an unknown follow-up day":       {func(o *catalog.Outcome) { o.Days = 45 }, "unknown_value"},
		"tried without a count":          {func(o *catalog.Outcome) { o.CalmOutings = nil }, "required"},
		"tried, with a reason why not":   {func(o *catalog.Outcome) { o.NotTriedReason = "no_time" }, "conflict"},
		"not tried with a count of 0":    {func(o *catalog.Outcome) { o.Tried, o.CalmOutings = false, new(0) }, ""},
		"not tried with calm activities": {func(o *catalog.Outcome) { o.Tried = false }, "not_tried"},
		"a negative count":               {func(o *catalog.Outcome) { o.Escapes = new(-1) }, "out_of_range"},
		"not tried with escapes":         {func(o *catalog.Outcome) { o.Tried, o.CalmOutings, o.Escapes = false, nil, new(1) }, "not_tried"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := catalog.Outcome{Activity: "hike", Days: 60, Tried: true, CalmOutings: new(2), ReportedOn: adopted.AddDate(0, 0, 62)}
			test.change(&o)
			got := ""
			if bad := o.Validate(catalog.Cat{Facts: catalog.Facts{AdoptedOn: adopted}}, today); len(bad) > 0 {
				got = string(bad[0].Code)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
