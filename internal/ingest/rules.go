package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// skipRule skips rows that are no listing of a cat.
type skipRule struct {
	reason string // a code for the report, such as not_a_cat
	when   condition
}

// duplicatePolicy decides between several rows of one cat.
type duplicatePolicy struct {
	reject      bool     // reject all but the first row; otherwise the newest counts
	dateColumns []column // dates that decide which row is newest, the most important first; on a tie the later row
}

// dates returns the times of a row that decide which row is newest, in milliseconds. Times
// without a zone are in the given one; order returns the order of day and month in a column.
func (p duplicatePolicy) dates(r row, zone *time.Location, order func(column) vocab.DateOrder) []int64 {
	dates := make([]int64, len(p.dateColumns))
	for i, c := range p.dateColumns {
		t, _, _ := parseMoment(r.value(c), zone, order(c)) // a row without a date is the oldest
		dates[i] = t.UnixMilli()
	}
	return dates
}

// timeLayouts are the accepted forms of a time of day.
var timeLayouts = []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "3:04:05PM", "3:04PM"}

// parseMoment parses what tells an earlier row from a later one: a date, a date with a
// time, a time of day, or seconds since 1970. Times of day are on the same day.
func parseMoment(text string, zone *time.Location, order vocab.DateOrder) (t time.Time, known bool, unparsed string) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, strings.ToUpper(text)); err == nil {
			return t.AddDate(1, 0, 0), true, "" // later than no time
		}
	}
	if t, known, unparsed = parseZoned(text, zone, order); !known && unparsed != "" {
		return parseUnix(text)
	}
	return t, known, unparsed
}

// condition is a list of tests, all of which a row must pass. An empty condition
// matches every row.
type condition []columnTest

// columnTest tests the value of one column. All tests that are set must hold.
type columnTest struct {
	column   column
	anyOf    []string // the value is one of these; see normalize
	noneOf   []string // the value is none of these
	prefixes []string // the value begins with one of these
	blank    *bool
	cat      *bool // the value names the species cat
}

func (c condition) matches(r row) bool {
	for _, t := range c {
		if !t.matches(r.value(t.column)) {
			return false
		}
	}
	return true
}

func (t columnTest) matches(value string) bool {
	text := normalize(value)
	switch {
	case len(t.anyOf) > 0 && !slices.Contains(t.anyOf, text):
		return false
	case slices.Contains(t.noneOf, text):
		return false
	case len(t.prefixes) > 0 && !slices.ContainsFunc(t.prefixes, func(b string) bool { return strings.HasPrefix(text, b) }):
		return false
	case t.blank != nil && *t.blank != isBlankValue(text):
		return false
	case t.cat != nil && *t.cat != vocab.IsCat(value):
		return false
	default:
		return true
	}
}

// isBlankValue reports whether a normalized value is blank, or what software writes for
// nothing. Other placeholders, such as pending and not available, may be statuses.
func isBlankValue(text string) bool {
	switch text {
	case "", "-", "none", "null", "nil", "nan", "nat", "n/a", "na", "undefined", "0000-00-00", "0000-00-00 00:00:00":
		return true
	default:
		return false
	}
}

func (c condition) columns() []column {
	var out []column
	for _, t := range c {
		out = append(out, t.column)
	}
	return out
}

// statusRule is the status of rows that meet a condition.
type statusRule struct {
	status     catalog.Status
	reason     string
	reasonFrom column // a column with the reason; overrides reason
	when       condition
	words      column // a column with the status in words, see vocab.ParseStatus; set instead of status
}

// statusRule returns the first rule that matches a row.
func (f *Format) statusRule(r row) (statusRule, bool) {
	for _, rule := range f.statuses {
		if !rule.when.matches(r) {
			continue
		}
		if rule.words.key == "" {
			return rule, true
		}
		if status, reason, ok := vocab.ParseStatus(r.value(rule.words)); ok {
			return statusRule{status: catalog.Status(status), reason: cmp.Or(r.value(rule.reasonFrom), reason)}, true
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

// setsStatus reports whether a table has a column for the status. If not,
// statuses stay unchanged.
func (f *Format) setsStatus(t *table) bool {
	columns := f.statusColumns()
	return len(f.statuses) > 0 && (len(columns) == 0 || slices.ContainsFunc(columns, t.hasColumn))
}

// statusColumns returns the columns that the status depends on.
func (f *Format) statusColumns() []column {
	var out []column
	for _, rule := range f.statuses {
		if out = append(out, rule.when.columns()...); rule.words.key != "" {
			out = append(out, rule.words)
		}
	}
	return out
}

// undatedColumns are the columns of duplicatePolicy that had values but no date so far.
type undatedColumns map[column]undatedValue

// undatedValue is the first value of a column that is no date. Its line is 0 if the
// column has dates.
type undatedValue struct {
	line int
	text string
}

// note notes the values of a row.
func (u undatedColumns) note(p duplicatePolicy, r row, zone *time.Location, order func(column) vocab.DateOrder) {
	for _, c := range p.dateColumns {
		first, seen := u[c]
		if seen && first.line == 0 {
			continue
		}
		text := r.value(c)
		if _, known, unparsed := parseMoment(text, zone, order(c)); known {
			u[c] = undatedValue{line: 0, text: ""}
		} else if unparsed != "" && !seen {
			u[c] = undatedValue{line: r.line, text: shorten(text)}
		}
	}
}

// check returns an error if a column has values, none of which is a date.
func (u undatedColumns) check(f *Format) error {
	for _, c := range f.duplicates.dateColumns {
		if first := u[c]; first.line != 0 {
			return fileError(errcode.NoDates, fmt.Sprintf("Column %q has no dates or times, so it cannot decide which row of a cat is the newest (repeats, by). It has %q in line %d.", c.name, first.text, first.line))
		}
	}
	return nil
}
