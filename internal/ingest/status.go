package ingest

import (
	"slices"

	"trailcat/internal/catalog"
)

// statusRule says which status a row has when it meets a condition.
type statusRule struct {
	status     catalog.Status
	reason     string
	reasonFrom column // a column whose words are the reason
	when       condition
}

// statusRule is the first rule that holds for a row.
func (f *Format) statusRule(r row) (statusRule, bool) {
	for _, rule := range f.statuses {
		if rule.when.matches(r) {
			return rule, true
		}
	}
	return statusRule{}, false
}

func (s statusRule) apply(facts *catalog.Facts, r row) {
	facts.Status, facts.StatusReason = s.status, s.reason
	if s.reasonFrom.key != "" {
		facts.StatusReason = r.value(s.reasonFrom)
	}
}

// setsStatus says whether a table says anything of the status. One that does
// not leaves it as it is.
func (f *Format) setsStatus(t *table) bool {
	columns := f.statusColumns()
	return len(f.statuses) > 0 && (len(columns) == 0 || slices.ContainsFunc(columns, t.hasColumn))
}

// statusColumns are those that the status depends on, the first one first.
func (f *Format) statusColumns() []column {
	var out []column
	for _, rule := range f.statuses {
		out = append(out, rule.when.columns()...)
	}
	return out
}
